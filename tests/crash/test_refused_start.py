"""A server that cannot work on a file says why, leaves the file alone, and names the way out. RELIABILITY D-06, D-19"""

import asyncio
import shlex
from pathlib import Path

import pytest

from tests.crash.history import problems
from tests.crash.operator import OperatorShell
from tests.crash.sequence_charger import SequenceCharger
from tests.support.servers import ServerFailed, database, warm


async def _charged(charger: SequenceCharger, folder: Path) -> None:
    """Let a charger have a session on a server of its own, back the file up, then charge once more."""
    with warm(folder) as server:
        await charger.finish(server.url)
        backup = await asyncio.to_thread(OperatorShell(folder).run, "db", "backup", f"{database(folder)}.backup-1")
        assert backup.returncode == 0, backup.stderr
        assert await asyncio.to_thread(server.stop) == 0


def _serve(folder: Path) -> tuple[int, str]:
    """Start a server that is expected to refuse; return its exit code and what it said."""
    with pytest.raises(ServerFailed) as failed:
        warm(folder)
    return failed.value.code, str(failed.value)


def test_a_second_server_on_the_same_file_is_refused_by_name(tmp_path: Path) -> None:
    with warm(tmp_path) as first:
        code, said = _serve(tmp_path)
        assert code == 10, said
        assert f"pid {first.pid}" in said
        assert OperatorShell(tmp_path).run("status").returncode == 0, "the first one is disturbed"


@pytest.mark.parametrize("place", [0, 4096 + 8])
async def test_a_damaged_file_is_refused_and_the_hint_brings_the_backup_back(tmp_path: Path, place: int) -> None:
    charger = SequenceCharger("DAMAGED-0")
    await _charged(charger, tmp_path)
    with database(tmp_path).open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 2048)
    damaged = database(tmp_path).read_bytes()
    code, said = await asyncio.to_thread(_serve, tmp_path)
    assert code == 1, said
    assert database(tmp_path).read_bytes() == damaged, "a damaged file must be left as it is"
    assert f"{database(tmp_path)} is damaged" in said
    assert f"{database(tmp_path)}.backup-1" in said
    assert "Traceback" not in said
    command = shlex.split(said[said.index("cpoctl db restore") :].splitlines()[0])
    restored = await asyncio.to_thread(OperatorShell(tmp_path).run, *command[1:])
    assert restored.returncode == 0, restored.stderr
    assert problems(charger.sessions, database(tmp_path)) == []
    with warm(tmp_path):
        pass


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    database(tmp_path).write_text("meter readings, by hand\n" * 100, encoding="ascii")
    code, said = _serve(tmp_path)
    assert code == 1, said
    assert "is damaged" in said
    assert "there is no good backup" in said
