"""The command line against a whole server with chargers: exit codes, signals, watching, lists that hold something.

UX §7 CLI-05, 07, 14, 19, 20
"""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cpoctl.table import fields
from tests.cli.conftest import Cli, Result
from tests.cli.test_contract import PLAIN
from tests.support.raw_charger import RawCharger, dial
from tests.support.servers import Server, warm

PATIENCE = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server works."""
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A server of its own process that lets everybody in."""
    with warm(folder) as running:
        yield running


@pytest.fixture(autouse=True)
def found(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is found through the environment."""
    monkeypatch.setenv("CPOCTL_SOCKET", str(folder / "c.sock"))


_begun: list[Process] = []


@pytest.fixture(autouse=True)
async def nothing_runs_on() -> AsyncIterator[None]:
    """Whatever a failed test left running ends with it."""
    yield
    for process in _begun:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    _begun.clear()


async def begun(*args: str) -> Process:
    """A command that runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cpoctl", *args, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE
    )
    _begun.append(process)
    return process


async def done(*args: str) -> Result:
    """A command that has run."""
    process = await begun(*args)
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    return Result(process.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def charger(server: Server, name: str) -> AsyncIterator[RawCharger]:
    """A charger that has booted."""
    raw = await dial(server.port, f"/{name}")
    try:
        await raw.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "AC-22"})
        await raw.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
        yield raw
    finally:
        await raw.hang_up()


async def lines(process: Process, number: int) -> list[dict[str, Any]]:
    """The next JSON lines of a command that runs."""
    assert process.stdout
    return [json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE)) for _ in range(number)]


async def test_0_is_for_what_went_well_an_empty_list_included(server: Server) -> None:
    assert (await done("tag", "list", "--where", "nobody", "--json")) == Result(0, "[]\n", "")


async def test_1_is_for_what_the_disk_refuses(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert (await done("man", "--out", str(tmp_path / "file" / "below"))).code == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["charger", "list", "--nonsense"], 2), (["charger", "rm", "CP-1"], 2), (["charger", "show", "nobody"], 3),
        (["charger", "reset", "--where", "nobody", "--yes"], 3), (["tag", "add", "T1", "--read-only"], 4),
        (["--server", "unix:/nowhere/s", "charger", "list"], 5), (["--config", "/nowhere.toml", "charger", "list"], 12),
        (["--server", "unix:/nowhere/s", "status"], 11),
    ],
)  # fmt: skip
async def test_what_no_charger_is_needed_for_has_its_code_and_a_hint(words: list[str], code: int) -> None:
    said = await done(*words)
    assert said.code == code
    assert said.err.startswith("error: ")
    assert "\nhint:  " in said.err


async def test_6_is_for_a_charger_that_is_away(server: Server) -> None:
    async with charger(server, "AWAY"):
        pass
    said = await done("charger", "clear-cache", "AWAY", "--json")
    assert said.code == json.loads(said.err)["error"]["exit"] == 6


async def test_7_is_for_a_charger_that_says_no(server: Server) -> None:
    async with charger(server, "NO") as raw:
        process = await begun("charger", "clear-cache", "NO")
        await raw.reply({"status": "Rejected"})
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 7


async def test_8_is_for_a_charger_that_says_nothing(server: Server) -> None:
    async with charger(server, "DUMB") as raw:
        process = await begun("charger", "clear-cache", "DUMB", "--timeout", "0.2s")
        await raw.asked()
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 8


async def test_9_is_for_some_that_did_and_some_that_did_not(server: Server) -> None:
    async with charger(server, "HALF-2"):
        pass
    async with charger(server, "HALF-1") as raw:
        process = await begun("charger", "clear-cache", "HALF-*", "--yes", "-o", "jsonl")
        await raw.reply({"status": "Accepted"})
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 9
    assert {row["target"]: row["ok"] for row in map(json.loads, out.splitlines())} == {"HALF-1": True, "HALF-2": False}


async def test_an_outcome_that_tells_more_is_still_one_line_in_a_pipe(server: Server) -> None:
    async with charger(server, "DIAG") as raw:
        process = await begun("diag", "fetch", "DIAG", "--url", "ftp://10.0.0.1/d/", "--yes")
        await raw.reply({"fileName": "d.zip"})
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, err
    assert out.startswith(b"DIAG\tAnswered\t")
    assert out.count(b"\n") == 1


async def test_10_is_for_what_exists_already() -> None:
    await done("tag", "add", "TWICE")
    said = await done("tag", "add", "TWICE")
    assert said.code == 10
    assert "hint:  cpoctl " in said.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
async def test_a_signal_ends_what_follows_quietly(server: Server, number: signal.Signals, code: int) -> None:
    async with charger(server, "SIGNAL"):
        process = await begun("log", "tail", "SIGNAL", "-f")
        await lines(process, 1)
        process.send_signal(number)
        _, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, err) == (code, b"")  # a shell calls -15 143


async def test_a_second_interrupt_leaves_at_once(server: Server) -> None:
    async with charger(server, "SECOND-2"):
        pass
    async with charger(server, "SECOND") as raw:
        process = await begun("charger", "clear-cache", "SECOND", "SECOND-2", "--yes")
        await raw.asked()
        for _ in range(2):
            os.kill(process.pid, signal.SIGINT)  # send_signal would take the exit status from the one who waits for it
        began = time.monotonic()
        _, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode in (130, -signal.SIGINT)
    assert time.monotonic() - began < 2
    assert b"Traceback" not in err


async def test_a_reader_that_leaves_ends_a_list_with_0(folder: Path) -> None:
    line = f'"{sys.executable}" -m cpoctl spec | head -1; echo "${{PIPESTATUS[0]}}"'
    process = await asyncio.create_subprocess_exec("bash", "-c", line, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (out.split(), err) == ([b"{", b"0"], b"")


async def test_following_the_log_loses_nothing_and_keeps_the_order(server: Server) -> None:
    async with charger(server, "MANY") as raw:
        process = await begun("log", "tail", "MANY", "-f", "--last", "1", "--json")
        await lines(process, 1)  # whatever comes after what is stored is heard
        for number in range(300):
            await raw.call("DataTransfer", {"vendorId": "v", "messageId": str(number)})
        told = [json.loads(row["request"])[3].get("messageId") for row in await lines(process, 300)]
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), PATIENCE)
    assert told == [str(number) for number in range(300)]


async def test_watching_in_a_pipe_tells_what_comes_changes_and_goes(server: Server) -> None:
    watched = await begun("charger", "list", "--watch", "--fields", "charger_id,status", "--where", "charger:WATCH-*")
    unwatched = await begun("charger", "list", "--watch", "--fields", "charger_id", "--where", "charger:OTHER-*")
    async with charger(server, "WATCH-1") as raw:
        (added,) = await lines(watched, 1)
        assert (added["type"], added["object"]["charger_id"]) == ("add", "WATCH-1")
        while added["object"]["status"] != "Available":  # it was seen before its first status
            (added,) = await lines(watched, 1)
        await raw.call("StatusNotification", {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted"})
        assert await lines(watched, 1) == [{"type": "update", "object": {"charger_id": "WATCH-1", "status": "Faulted"}}]
    assert await lines(watched, 1) == [{"type": "update", "object": {"charger_id": "WATCH-1", "status": "Offline"}}]
    await done("charger", "rm", "WATCH-1", "--confirm", "WATCH-1")
    assert await lines(watched, 1) == [{"type": "remove", "object": {"charger_id": "WATCH-1", "status": "Offline"}}]
    for process in (watched, unwatched):
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert (process.returncode, out, err) == (130, b"", b"")


async def test_a_burst_of_changes_ends_with_the_last_of_them(server: Server) -> None:
    async with charger(server, "BURST") as raw:
        process = await begun("charger", "list", "--watch", "--fields", "status", "--where", "charger:BURST")
        await lines(process, 1)
        for number in range(100):
            status = "Charging" if number % 2 else "Preparing"
            await raw.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": status})
        await raw.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Finishing"})
        told = 0
        while (await lines(process, 1))[0]["object"]["status"] != "Finishing":
            told += 1
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), PATIENCE)
    assert told < 20  # not each of them


async def test_watching_needs_a_server_and_a_form_that_can_go_on(tmp_path: Path) -> None:
    said = await done("--server", f"unix:{tmp_path}/none", "charger", "list", "--watch")
    assert (said.code, said.out) == (5, "")
    assert (await done("charger", "list", "--watch", "-o", "csv")).code == 2
    assert (await done("tag", "block", "T1", "--yes", "--watch")).code == 2
    assert "--every" in (await done("charger", "list", "--watch", "--every", "soon")).err


async def test_watching_ends_with_5_when_the_server_does(tmp_path: Path) -> None:
    with warm(tmp_path) as other:
        process = await begun("--server", f"unix:{tmp_path}/c.sock", "status", "--watch")
        await lines(process, 1)
        other.stop()
        _, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 5
    assert err.startswith(b"error: ")


async def test_json_has_every_key_when_there_is_something_to_tell(server: Server, cli: Cli) -> None:
    await done("tag", "add", "ANNA")
    async with charger(server, "FULL") as raw:
        session = {"connectorId": 1, "idTag": "ANNA", "meterStart": 0, "timestamp": "2026-11-22T10:00:00Z"}
        started = await raw.call("StartTransaction", session)
        sample = {"timestamp": "2026-11-22T10:05:00Z", "sampledValue": [{"value": "1000"}]}
        number = {"connectorId": 1, "transactionId": started["transactionId"]}
        await raw.call("MeterValues", {**number, "meterValue": [sample]})
        for leaf in PLAIN:
            said = cli(*leaf.path.split(), "--json")
            assert said.code == 0, said.err
            told = json.loads(said.out)
            assert leaf.operation
            expected = {field.name for field in fields(leaf.operation.row)}
            assert all(row.keys() == expected for row in (told if isinstance(told, list) else [told])), leaf.path


async def test_a_stopped_server_leaves_reads_that_say_so_and_writes_that_fail_at_once(tmp_path: Path) -> None:
    with warm(tmp_path) as other:
        async with charger(other, "LEFT"):
            pass
        other.stop()
    db = str(tmp_path / "cpoctl.db")
    os.environ.pop("CPOCTL_SOCKET")
    read = await done("--db", db, "charger", "list", "--json")
    assert (read.code, [row["stale"] for row in json.loads(read.out)]) == (0, [True])
    assert read.err.startswith("note: server is not running; showing the database as of ")
    written = await done("--db", db, "tag", "add", "T1")
    assert (written.code, written.err) == (
        5, f"error: the server is not running\nhint:  cpoctl serve --db {db}    start it\n"
    )  # fmt: skip
    with warm(tmp_path):  # nothing holds the database
        pass


async def test_a_named_server_that_is_away_names_the_file(folder: Path) -> None:
    said = await done("--server", "unix:/nowhere/s", "--db", str(folder / "cpoctl.db"), "charger", "list")
    assert said.code == 5
    assert f"cpoctl --db {folder}/cpoctl.db charger list    read the database file instead" in said.err


async def test_a_start_that_will_hardly_do_says_so_on_stderr(server: Server) -> None:
    async with charger(server, "DOUBT") as raw:
        assert (await done("charger", "reject", "DOUBT", "--yes")).code == 0
        process = await begun("session", "start", "DOUBT:1", "--tag", "ANNA")
        await raw.reply({"status": "Accepted"})
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, err
    assert out.startswith(b"DOUBT:1\tAccepted\t")
    assert err.startswith(b"note: DOUBT is Rejected: ")
    assert b"hint:  cpoctl charger approve DOUBT" in err


async def test_a_commissioning_leaves_a_session_that_runs_alone(server: Server) -> None:
    async with charger(server, "BUSY") as raw:
        start = {"connectorId": 1, "idTag": "ANNA", "meterStart": 0, "timestamp": "2026-11-22T10:00:00Z"}
        await raw.call("StartTransaction", start)
        number = (await done("session", "list", "--charger", "BUSY", "--open", "-o", "ids")).out.strip()
        skip = [word for step in ("status", "meter", "settings") for word in ("--skip", step)]
        said = await done("commission", "BUSY", "--yes", "--json", *skip)
    found = {step["step"]: (step["result"], step["found"]) for step in json.loads(said.out)["steps"]}
    why = ("skipped", f"it disturbs the charger, which has session {number} open")
    assert {found[step] for step in ("start", "stop", "unlock", "reset")} == {why}
    assert f"note: BUSY has session {number} open" in said.err
