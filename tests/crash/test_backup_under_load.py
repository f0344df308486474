"""A backup while chargers work: it holds whatever was acknowledged before it began, and can be restored. D-08, D-09"""

import asyncio
import copy
import time
from pathlib import Path

from tests.crash.history import Session, problems
from tests.crash.operator import OperatorShell
from tests.crash.sequence_charger import SequenceCharger
from tests.support.servers import database, warm

_CHARGERS = 8
_LONGEST_ANSWER_SECONDS = 0.25


def _sessions(chargers: list[SequenceCharger]) -> list[Session]:
    return [session for charger in chargers for session in charger.sessions]


def _missing(before: list[Session], backup: Path) -> list[str]:
    """Whatever came after the backup began may be in it or not."""
    return [found for found in problems(before, backup) if not found.endswith(("never sent", "no stop was sent"))]


async def test_a_backup_under_load_holds_all_that_was_acknowledged_before_and_can_be_restored(tmp_path: Path) -> None:
    chargers = [SequenceCharger(f"BACKUP-{number}") for number in range(_CHARGERS)]
    shell, backup = OperatorShell(tmp_path), tmp_path / "taken.db"
    with warm(tmp_path) as server:
        at_work = [asyncio.ensure_future(charger.charge_until_lost(server.url)) for charger in chargers]
        await asyncio.wait(at_work, timeout=1)
        before = copy.deepcopy(_sessions(chargers))
        done = await asyncio.to_thread(shell.run, "db", "backup", str(backup))
        assert done.returncode == 0, done.stderr
        refused = await asyncio.to_thread(shell.run, "db", "restore", str(backup), "--confirm", "restore")
        assert refused.returncode == 10, "a restore under a running server"
        assert await asyncio.to_thread(server.stop) == 0
        await asyncio.gather(*at_work)
    assert sum(session.stop_acked for session in before) > _CHARGERS, "too little traffic to prove anything"
    assert backup.stat().st_mode & 0o077 == 0
    assert _missing(before, backup) == []
    restored = await asyncio.to_thread(shell.run, "db", "restore", str(backup), "--confirm", "restore")
    assert restored.returncode == 0, restored.stderr
    assert _missing(before, database(tmp_path)) == []
    with warm(tmp_path):
        listed = await asyncio.to_thread(shell.run, "session", "list", "--json")
        assert "BACKUP-0" in listed.stdout


async def test_chargers_do_not_wait_long_for_an_answer_during_a_backup(tmp_path: Path) -> None:
    charger, longest = SequenceCharger("BACKUP-0"), 0.0
    with warm(tmp_path) as server:
        async with charger.online(server.url) as wire:
            for number in range(3):
                backup = asyncio.ensure_future(
                    asyncio.to_thread(OperatorShell(tmp_path).run, "db", "backup", str(tmp_path / f"{number}.db"))
                )
                while not backup.done():
                    began = time.monotonic()
                    await charger.step(wire)
                    longest = max(longest, time.monotonic() - began)
                assert backup.result().returncode == 0
    assert longest < _LONGEST_ANSWER_SECONDS
