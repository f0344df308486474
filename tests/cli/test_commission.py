"""Commissioning: a technician's laptop against a good and a broken charger, seen from outside. UX CLI-22"""

import asyncio
import json
import os
import pty
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.simulator import Backoff, RealTime, VirtualCharger
from tests.cli.conftest import Cli, Result
from tests.support.loaded import loaded

GOLDEN = Path(__file__).parent / "golden"
SPEED = 240.0
STEPS = ["boot", "status", "meter", "clock", "settings", "start", "charge", "stop", "unlock", "reset"]
BROKEN = "RemoteStartTransaction=reject,UnlockConnector=error,Reset=lie"


@asynccontextmanager
async def charger(url: str, **more: Any) -> AsyncIterator[VirtualCharger]:
    """A charger beside the laptop; its time runs fast."""
    made = VirtualCharger(
        url,
        "LAP-1",
        connectors=2,
        time=RealTime(SPEED),
        metering=True,
        backoff=Backoff(first_s=0.1, longest_s=1),
        **more,
    )
    async with made:
        await made.dial_again()
        yield made


SERVING = ("commission", "--serve", "--listen", "127.0.0.1:0")


async def commissioned(folder: Path, *args: str, begun: Sequence[str] = (), **more: Any) -> Result:
    """What `commission --serve` says of a charger that connects to the URL that it tells."""
    words = [*(begun or loaded()), *SERVING, *args]
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    assert process.stderr is not None
    first = (await process.stderr.readline()).decode()
    url = re.search(r"ws://[\d.:]+/", first)
    if url is None:
        out, err = await process.communicate()
        return Result(await process.wait(), out.decode(), first + err.decode())
    async with charger(url[0], **more):
        out, err = await asyncio.wait_for(process.communicate(), 50)
    return Result(await process.wait(), out.decode(), first + err.decode())


def results(told: Sequence[dict[str, Any]]) -> dict[str, str]:
    """How each step ended."""
    return {step["step"]: step["result"] for step in told}


def left_in(folder: Path) -> list[str]:
    """The temporary folders that are still there."""
    return [path.name for path in folder.glob("cpoctl-*")]


def normal(text: str) -> str:
    """A report's part above the evidence without what differs from run to run."""
    above = text.partition("## Evidence")[0]
    for pattern, shown in (
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"transaction \d+", "transaction NUMBER"),
        (r"\d+(\.\d+)? (Wh|W|A|V)\b", r"N \2"),
        (r"\| \d+s \|", "| TOOK |"),
        (r"back after \d+ s", "back after N s"),
        (r"cpoctl \| [\w.+]+", "cpoctl | VERSION"),
    ):
        above = re.sub(pattern, shown, above)
    return above


async def test_a_good_charger_passes_and_the_report_says_so(tmp_path: Path) -> None:
    begun = [sys.executable, "-m", "cpoctl"]
    done = await commissioned(tmp_path, "--yes", "--report", "good.md", begun=begun)

    assert done.code == 0, done.err
    assert normal((tmp_path / "good.md").read_text()) == (GOLDEN / "commission-good.md").read_text()


async def test_a_charger_of_2_1_passes_each_step_as_one_of_1_6_does(tmp_path: Path) -> None:
    done = await commissioned(tmp_path, "--yes", "--json", version=Version.V21)

    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert results(report["steps"]) == dict.fromkeys(STEPS, "pass")
    assert (report["vendor"], report["model"], report["violations"]) == ("Simulated", "AC-22", [])


async def test_a_broken_charger_fails_with_11_and_the_report_says_what_to_try(tmp_path: Path) -> None:
    args = ("--yes", "--within", "1500ms", "--report", "broken.md")
    done = await commissioned(tmp_path, *args, misbehave=BROKEN, vendor="ABB", model="Terra AC W22", firmware="1.6.6")

    assert done.code == 11, done.err
    assert "error: LAP-1 failed start, unlock, reset" in done.err
    assert "hint:  cpoctl charger reset LAP-1 --hard --confirm LAP-1    a hard one" in done.err
    assert "hint:  cpoctl serve --ephemeral --accept-all    first" in done.err  # its own server has ended
    assert normal((tmp_path / "broken.md").read_text()) == (GOLDEN / "commission-broken.md").read_text()


async def test_where_nobody_can_be_asked_what_disturbs_is_skipped_and_that_is_no_failure(tmp_path: Path) -> None:
    done = await commissioned(tmp_path, "--json")

    assert done.code == 0, done.err
    report = json.loads(done.out)
    disturbing = ("start", "charge", "stop", "unlock", "reset")
    assert results(report["steps"]) == {step: "skipped" if step in disturbing else "pass" for step in STEPS}
    assert report["passed"] is True
    assert report["steps"][-1]["found"] == "it disturbs the charger, and nobody could be asked"


async def test_a_charger_that_answers_nothing_fails_each_step_in_its_time_and_the_rest_goes_on(tmp_path: Path) -> None:
    args = ("--yes", "--timeout", "300ms", "--within", "300ms", "--json", "--skip", "reset", "--skip", "unlock")
    done = await commissioned(tmp_path, *args, misbehave="*=drop")

    assert done.code == 11, done.err
    told = results(json.loads(done.out)["steps"])
    assert told == dict.fromkeys(STEPS, "fail") | {
        "boot": "pass", "status": "pass", "clock": "pass", "charge": "skipped", "stop": "skipped", "unlock": "skipped",
        "reset": "skipped",
    }  # fmt: skip


async def test_the_report_holds_the_frames_of_each_step_and_may_be_json(tmp_path: Path) -> None:
    skip = [word for step in STEPS[1:] for word in ("--skip", step)]
    done = await commissioned(tmp_path, "--yes", *skip, "--report", "r.json", "-q")

    assert done.code == 0, done.err
    boot, *others = json.loads((tmp_path / "r.json").read_text())["steps"]
    assert boot["evidence"][0]["action"] == "BootNotification"
    assert json.loads(boot["evidence"][0]["answer"])[2]["status"] == "Accepted"
    assert {step["found"] for step in others} == {"as asked for"}


def test_without_a_server_it_names_the_way_with_one_of_its_own(cli: Cli) -> None:
    told = cli("commission", "HQ-01")
    assert told.code == 5
    assert "hint:  cpoctl commission --serve" in told.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--serve", "--skip", "rest"), "no such step (did you mean reset?)"),
        (("--serve", "--listen", "9000"), "--listen 9000 is not HOST:PORT"),
        (("--serve", "--within", "soon"), "--within: 'soon' is not a duration"),
        (("HQ-01", "--listen", "0.0.0.0:9000"), "--listen belongs to --serve"),
        (("HQ-01", "--read-only"), "this is read-only"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(cli: Cli, args: tuple[str, ...], said: str) -> None:
    told = cli("commission", *args)
    assert told.code in (2, 4)
    assert said in told.err
    assert "hint:" in told.err


@pytest.mark.parametrize(("report", "why"), [("nowhere/r.md", "there is no directory nowhere"), (".", "a directory")])
def test_a_report_that_cannot_be_written_is_told_before_the_charger_is_disturbed(
    cli: Cli, report: str, why: str
) -> None:
    told = cli("commission", "--serve", "--listen", "127.0.0.1:0", "--arrives-within", "0.2s", "--report", report)
    assert told.code == 2
    assert why in told.err
    assert "hint:  cpoctl commission --serve --report report.md" in told.err


def test_a_port_that_is_taken_has_another_in_the_hint_for_the_same_command(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = cli("commission", "--serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert told.code == 10
    assert "hint:  cpoctl commission --serve --listen 127.0.0.1:0" in told.err


def test_a_charger_that_does_not_come_ends_the_wait_with_8(cli: Cli) -> None:
    told = cli("commission", "--serve", "--listen", "127.0.0.1:0", "--arrives-within", "0.2s")
    assert told.code == 8
    assert "no charger connected within 0.2 s" in told.err


async def test_at_a_terminal_a_person_is_asked_and_may_try_things_before_the_server_ends(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = [*loaded(), *SERVING, "--within", "3s"]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=tmp_path, stdin=theirs, stdout=asyncio.subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    said = ""

    async def asked(word: str, reply: str = "") -> None:
        nonlocal said
        while word not in said:
            said += (await asyncio.to_thread(os.read, ours, 65536)).decode()
        os.write(ours, reply.encode())

    try:
        async with asyncio.timeout(40):
            await asked("Ctrl-C ends it")
            found = re.search(r"ws://[\d.:]+/", said)
            assert found
            async with charger(found[0], misbehave="Reset=reject"):
                await asked("[y/N]", "y\n")
                await asked("please plug a car in at LAP-1:1", "s\n")
                await asked("Enter ends it", "\n")
                out, _ = await process.communicate()
    finally:
        os.close(ours)
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert process.returncode == 11
    assert re.search(r"try things in another terminal:\s+cpoctl --server unix:/\S+ charger", said)
    assert re.search(r"^start\t.*\tskipped\tas answered", out.decode(), re.MULTILINE)
    assert re.search(r"^unlock\t.*\tpass\t", out.decode(), re.MULTILINE)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_signal_in_the_middle_keeps_the_report_of_what_was_done(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    words = [*loaded(), *SERVING]
    skipped = [word for step in ("status", "meter", "clock", "settings") for word in ("--skip", step)]
    process = await asyncio.create_subprocess_exec(
        *words,
        *skipped,
        "--yes",
        "--report",
        "r.json",
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    found = re.search(r"ws://[\d.:]+/", (await process.stderr.readline()).decode())
    assert found
    async with asyncio.timeout(30), charger(found[0], misbehave="RemoteStartTransaction=drop"):
        await process.stderr.readuntil(b"remote start")
        process.send_signal(number)
        await process.communicate()

    assert process.returncode == code
    report = json.loads((tmp_path / "r.json").read_text())
    results = {step["step"]: (step["result"], step["found"]) for step in report["steps"]}
    assert results["boot"][0] == "pass"
    assert results["reset"] == ("skipped", "not done: the checklist was ended before")
    assert not report["passed"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_signal_ends_it_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals, code: int) -> None:
    words = [*loaded(), *SERVING]
    process = await asyncio.create_subprocess_exec(
        *words, env=os.environ | {"TMPDIR": str(tmp_path)}, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    await process.stderr.readuntil(b"Ctrl-C")
    process.send_signal(number)
    _, said = await process.communicate()

    assert process.returncode == code
    assert b"Traceback" not in said
    assert left_in(tmp_path) == []
