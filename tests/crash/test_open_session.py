"""A session that is open while the server dies keeps its transaction id and its energy. RELIABILITY D-11"""

import asyncio
import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.crash.history import problems
from tests.crash.operator import OperatorShell
from tests.crash.sequence_charger import SequenceCharger
from tests.support.servers import Server, database, warm


async def _listed(shell: OperatorShell) -> list[dict[str, Any]]:
    done = await asyncio.to_thread(shell.run, "session", "list", "--json")
    assert done.returncode == 0, done.stderr
    listed: list[dict[str, Any]] = json.loads(done.stdout)
    return listed


@pytest.mark.parametrize("end", [Server.kill, Server.stop])
async def test_an_open_session_goes_on_after_a_restart(tmp_path: Path, end: Any) -> None:
    charger, shell = SequenceCharger("OPEN-0"), OperatorShell(tmp_path)
    with warm(tmp_path) as server:
        async with charger.online(server.url) as wire:
            for _ in range(3):  # the start and two meter values
                await charger.step(wire)
            await asyncio.to_thread(end, server)
    session = charger.sessions[-1]
    newest = max(sample.energy_wh for sample in session.samples if sample.acked)
    with warm(tmp_path) as server:
        [row] = await _listed(shell)
        assert row["transaction_id"] == str(session.transaction_id)
        assert row["energy_wh"] == newest - session.meter_start_wh
        await charger.finish(server.url)
        assert await asyncio.to_thread(server.stop) == 0
    assert problems([session], database(tmp_path)) == []
    with contextlib.closing(sqlite3.connect(database(tmp_path))) as stored:
        assert stored.execute("SELECT count(*) FROM orphan").fetchone() == (0,)
