"""One command on many chargers, on a server with chargers behind it. CLI-09, CLI-11, CLI-12, CLI-13"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpoctl.cli.listed import said
from cpoctl.config import ServeSettings
from cpoctl.errors import UsageProblem
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.approve import ApproveCharger
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.running import Running, running
from tests.cli.conftest import Cli
from tests.cli.test_acting import at_terminal
from tests.support.csms import BOOT, start
from tests.support.raw_charger import RawCharger, dial

NAMES = [f"HQ-{number:02}" for number in range(1, 21)]
AWAY, REFUSING = {"HQ-03", "HQ-07", "HQ-11"}, {"HQ-05", "HQ-13"}


class Yard:
    """A server in a thread, with chargers that answer."""

    def __init__(self, server: Running, loop: asyncio.AbstractEventLoop) -> None:
        self.server, self._loop = server, loop
        self.asked: list[tuple[str, str]] = []
        self.flying, self.most = 0, 0
        self.hold: asyncio.Event | None = None
        self.chargers: dict[str, RawCharger] = {}
        self._answering: dict[str, asyncio.Task[None]] = {}

    def do(self, work: Any) -> Any:
        """Run a coroutine on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def add(self, name: str) -> None:
        """A charger that is known."""
        await self.server.central.tasks.perform(AddCharger(charger=name), "yard")

    async def knock(self, name: str) -> None:
        """A charger that came by itself, was approved, and went."""
        charger = await dial(self.server.charger_port, f"/{name}")
        await self.server.central.tasks.perform(ApproveCharger(charger=name), "yard")
        await charger.hang_up()
        while self.server.central.fleet.connection(name) is not None:
            await self.server.central.store.read("SELECT 1")

    async def connect(self, name: str, status: str = "Accepted") -> None:
        """A charger that is there and answers everything with this status."""
        charger = self.chargers[name] = await dial(self.server.charger_port, f"/{name}")
        await charger.call("BootNotification", BOOT)
        self._answering[name] = asyncio.get_running_loop().create_task(self._answer(name, charger, status))

    async def _answer(self, name: str, charger: RawCharger, status: str) -> None:
        while True:
            try:
                call = await charger.asked()
            except TimeoutError:
                continue
            self.asked.append((name, call[2]))
            self.flying += 1
            self.most = max(self.most, self.flying)
            if self.hold is not None:
                await self.hold.wait()
            self.flying -= 1
            await charger.reply({"status": status}, to=call)

    async def leave(self, name: str) -> None:
        """Let a charger go, and wait until the server has noticed."""
        self._answering.pop(name).cancel()
        await self.chargers.pop(name).hang_up()
        while self.server.central.fleet.connection(name) is not None:
            await self.server.central.store.read("SELECT 1")

    async def tidy(self) -> None:
        """Make it again what the next test expects."""
        central = self.server.central
        if self.hold is not None:
            self.hold.set()
        for name in AWAY & self.chargers.keys():
            await self.leave(name)
        for charger in [*central.fleet.live.chargers.values()]:
            await central.tasks.drop(charger.charger_id)
            if charger.charger_id not in NAMES:
                await central.tasks.perform(RemoveCharger(charger=charger.charger_id), "yard")
        self.asked.clear()
        self.most, self.hold = 0, None

    async def close(self) -> None:
        """Let the chargers go."""
        for name in list(self.chargers):
            await self.leave(name)


@pytest.fixture(scope="module")
def whole_yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """Twenty chargers: three are away, two refuse."""
    folder = tmp_path_factory.mktemp("yard")
    ready, stop = threading.Event(), asyncio.Event()
    held: list[Yard] = []
    settings = ServeSettings(listen="127.0.0.1:0", db=str(folder / "y.db"), socket=str(folder / "y.sock"))

    async def serve() -> None:
        async with running(settings) as server:
            made = Yard(server, asyncio.get_running_loop())
            for name in NAMES:
                await made.add(name)
                if name not in AWAY:
                    await made.connect(name, "Rejected" if name in REFUSING else "Accepted")
            held.append(made)
            ready.set()
            await stop.wait()
            await made.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="yard")
    thread.start()
    try:
        assert ready.wait(30)
        yield held[0]
    finally:
        held[0].do(_set(stop))
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def yard(whole_yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    """The yard, found through the environment."""
    monkeypatch.setenv("CPOCTL_SOCKET", str(whole_yard.server.socket))
    yield whole_yard
    whole_yard.do(whole_yard.tidy())


async def _set(event: asyncio.Event) -> None:
    event.set()


def rows(out: str) -> dict[str, Any]:
    """JSON lines by target."""
    return {line["target"]: line for line in map(json.loads, out.splitlines())}


def test_every_target_has_a_true_line_and_the_code_says_partial(yard: Yard, cli: Cli) -> None:
    result = cli("charger", "clear-cache", "--all", "--yes", "--parallel", "4", "-o", "jsonl")
    told = rows(result.out)
    assert result.code == 9
    assert list(told) != []
    assert set(told) == set(NAMES)
    assert {name for name, row in told.items() if not row["ok"]} == AWAY | REFUSING
    assert {told[name]["error"]["exit"] for name in AWAY} == {6}
    assert {told[name]["error"]["exit"] for name in REFUSING} == {7}
    assert yard.most <= 4
    assert sorted(yard.asked) == [(name, "ClearCache") for name in NAMES if name not in AWAY]
    assert result.err.startswith("20 targets: 15 ok, 3 Offline, 2 Rejected; task ")


def test_failures_of_one_kind_have_its_code(yard: Yard, cli: Cli) -> None:
    assert cli("charger", "clear-cache", *AWAY, "--yes").code == 6
    assert cli("charger", "clear-cache", *REFUSING, "--yes").code == 7
    assert cli("charger", "clear-cache", "HQ-03", "HQ-05", "--yes").code == 9
    assert cli("charger", "clear-cache", "HQ-01", "HQ-02", "--yes").code == 0


def test_fail_fast_stops_at_the_first_failure(yard: Yard, cli: Cli) -> None:
    result = cli("charger", "clear-cache", *NAMES[:6], "--yes", "--parallel", "1", "--fail-fast", "-o", "jsonl")
    assert [row["status"] for row in rows(result.out).values()] == [
        "Accepted", "Accepted", "Offline", "Skipped", "Skipped", "Skipped",
    ]  # fmt: skip
    assert yard.asked == [("HQ-01", "ClearCache"), ("HQ-02", "ClearCache")]
    assert result.code == 9


def test_a_line_tells_target_status_time_and_what_went_wrong(yard: Yard, cli: Cli, monkeypatch: Any) -> None:
    out = cli("charger", "clear-cache", "HQ-01", "HQ-03", "--yes").out.splitlines()
    assert [line.split("\t")[:2] for line in sorted(out)] == [["HQ-01", "Accepted"], ["HQ-03", "Offline"]]
    assert "HQ-03 is not connected" in sorted(out)[1]
    monkeypatch.setenv("CPOCTL_FORCE_TTY", "80")
    assert cli("charger", "clear-cache", "HQ-01", "HQ-02", "--yes", "-q").out == ""
    assert cli("charger", "clear-cache", "HQ-01", "HQ-02", "--yes").out.startswith("HQ-0")


@pytest.mark.parametrize(
    "words",
    [
        ("HQ-01", "HQ-02"),
        ("HQ-01,HQ-02",),
        ("HQ-0[12]",),
        ("@ids.txt",),
        ("@array.json",),
        ("@laid-out.json",),
        ("@names.json",),
        ("-",),
        ("--model", "ac-*", "--status", "unknown", "--label", "row=1"),
    ],
)
def test_the_same_set_however_it_is_named(
    yard: Yard, cli: Cli, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # CLI-12
    monkeypatch.chdir(tmp_path)
    for name in ("HQ-01", "HQ-02"):
        assert cli("charger", "edit", name, "--label", "row=1").code == 0
    Path("ids.txt").write_text('HQ-01\n\n{"charger_id": "HQ-02", "status": "Available"}\n')
    chosen = [{"charger_id": "HQ-01"}, {"charger_id": "HQ-02"}]
    Path("array.json").write_text(json.dumps(chosen))
    Path("laid-out.json").write_text("\n".join(json.dumps(each, indent=2) for each in chosen))
    Path("names.json").write_text('["HQ-01", "HQ-02"]')
    with Path("ids.txt").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        picked = cli("charger", "clear-cache", *words, "--yes", "-o", "jsonl")
    assert set(rows(picked.out)) == {"HQ-01", "HQ-02"}
    assert picked.code == 0


def test_the_targets_may_come_from_another_commands_pipe(yard: Yard, cli: Cli) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"HQ-01\nHQ-02\n")
    os.close(writing)
    picked = cli("charger", "clear-cache", f"@/dev/fd/{reading}", "--yes", "-o", "jsonl")  # bash: @<(command)
    os.close(reading)
    assert set(rows(picked.out)) == {"HQ-01", "HQ-02"}


@pytest.mark.parametrize("words", [("Z*",), ("--status", "faulted"), ("HQ-01", "--site", "x"), ("HQ-01", "HQ-99")])
def test_an_empty_selection_is_3_and_nothing_is_sent(yard: Yard, cli: Cli, words: tuple[str, ...]) -> None:
    result = cli("charger", "clear-cache", *words, "--yes")
    assert (result.code, result.out, yard.asked) == (3, "", [])
    assert "hint:  cpoctl charger list" in result.err


@pytest.mark.parametrize("text", ["charger_id\nHQ-01\n", "target\tstatus\nHQ-01\tAvailable\n", "HQ-01\n"])
def test_a_heading_is_no_target(
    yard: Yard, cli: Cli, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ids").write_text(text)
    with (tmp_path / "ids").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert cli("charger", "clear-cache", "-", "--yes").code == 0
    assert yard.asked == [("HQ-01", "ClearCache")]


def test_a_file_that_is_not_there_is_2(yard: Yard, cli: Cli) -> None:
    result = cli("charger", "clear-cache", "@missing.txt", "--yes")
    assert (result.code, yard.asked) == (2, [])
    assert result.err.startswith("error: cannot read missing.txt for targets: No such file")


def test_a_charger_may_be_called_like_a_file(yard: Yard, cli: Cli) -> None:
    yard.do(yard.knock("@HOME"))  # `charger add` takes no such id
    assert cli("charger", "pick", "@HOME").out.startswith("@HOME")
    assert cli("charger", "clear-cache", "@home", "--yes").code == 6


def test_json_without_an_id_is_2(yard: Yard, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text('{"charger_id": "HQ-01"}\n{"name": "HQ-02"}\n')
    result = cli("charger", "clear-cache", f"@{tmp_path}/wrong", "--yes")
    assert (result.code, yard.asked) == (2, [])


def test_no_target_at_all_is_2(yard: Yard, cli: Cli) -> None:
    result = cli("charger", "clear-cache", "--yes")
    assert result.code == 2
    assert "cpoctl charger clear-cache needs CHARGER" in result.err
    assert "hint:  cpoctl help targets" in result.err


def test_the_picked_targets_are_printed_for_a_script(yard: Yard, cli: Cli) -> None:
    assert cli("charger", "pick", "HQ-0[1-3]", "--status", "offline").out == "HQ-03\n"
    assert cli("charger", "list", "--status", "offline", "-o", "ids").out.split() == sorted(AWAY)


# Danger


def test_several_targets_want_a_yes_even_where_one_does_not(yard: Yard, cli: Cli) -> None:
    result = cli("charger", "clear-cache", "HQ-01", "HQ-02")
    assert (result.code, yard.asked) == (2, [])
    assert "2 targets" in result.err
    assert "--yes" in result.err


def test_more_than_twenty_want_their_number_or_a_scripts_yes(yard: Yard, cli: Cli) -> None:
    yard.do(yard.add("HQ-21"))
    for wrong in (), ("--confirm", "20"):
        refused = cli("charger", "clear-cache", "--all", *wrong)
        assert refused.code == 2
        assert "--confirm 21" in refused.err
    assert yard.asked == []
    assert cli("charger", "clear-cache", "--all", "--confirm", "21").code == 9
    assert cli("charger", "clear-cache", "--all", "--yes").code == 9


def test_what_is_severe_for_one_wants_the_number_of_several(yard: Yard, cli: Cli) -> None:
    assert cli("charger", "reset", "HQ-01", "HQ-02", "--hard", "--yes").code == 2
    assert yard.asked == []
    assert cli("charger", "reset", "HQ-01", "HQ-02", "--hard", "--confirm", "2").code == 0


def test_read_only_refuses_several_as_it_does_one(yard: Yard, cli: Cli) -> None:
    assert cli("charger", "clear-cache", "--all", "--yes", "--read-only").code == 4
    assert yard.asked == []


# Dry run


def test_a_dry_run_prints_the_frame_and_sends_nothing(yard: Yard, cli: Cli) -> None:
    assert cli("charger", "reset", "HQ-01", "--hard", "-n").out == '[2,"<id>","Reset",{"type":"Hard"}]\n'
    both = cli("charger", "trigger", "HQ-01", "HQ-03", "Heartbeat", "--dry-run", "--json")
    assert [(row["target"], json.loads(row["frame"])[3]) for row in json.loads(both.out)] == [
        ("HQ-01", {"requestedMessage": "Heartbeat"}), ("HQ-03", {"requestedMessage": "Heartbeat"}),
    ]  # fmt: skip
    assert json.loads(both.out)[1]["note"].startswith("HQ-03 was never connected")
    assert yard.asked == []


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(yard: Yard, cli: Cli) -> None:
    result = cli("tag", "add", "ANNA", "-n")
    assert (result.code, result.out) == (0, "")
    assert "would write Tag" in result.err
    assert cli("tag", "show", "ANNA").code == 3


def test_a_dry_run_goes_on_after_what_a_charger_would_agree_to(yard: Yard, cli: Cli) -> None:
    out = cli("authlist", "push", "HQ-01", "-n").out.splitlines()
    assert [json.loads(frame)[2] for frame in out][-1] == "SendLocalList"


def test_a_dry_run_is_judged_by_the_schema(yard: Yard, cli: Cli) -> None:
    result = cli("ocpp", "call", "HQ-01", "Reset", '{"type":"Gentle"}', "-n")
    assert result.code == 2
    assert "breaks the schema" in result.err


def test_what_lists_takes_no_plan(yard: Yard, cli: Cli) -> None:
    result = cli("tag", "block", "ANNA", "--queue", "--yes")
    assert result.code == 2
    assert "does not take --queue" in result.err


# Waiting


def test_what_is_queued_is_told_as_waiting_and_delivered_later(yard: Yard, cli: Cli) -> None:  # CLI-13
    result = cli("charger", "clear-cache", "HQ-03", "--queue-for", "10m", "-o", "jsonl")
    assert result.code == 0
    assert (rows(result.out)["HQ-03"]["ok"], rows(result.out)["HQ-03"]["status"]) == (None, "Waiting")
    task = cli("task", "list", "--running", "--fields", "task_id").out.strip()
    yard.do(yard.connect("HQ-03"))
    assert cli("task", "wait", task).code == 0
    assert ("HQ-03", "ClearCache") in yard.asked
    shown = json.loads(cli("task", "show", task, "--json").out)
    assert (shown["state"], shown["results"][0]["status"]) == ("finished", "Accepted")


@pytest.mark.parametrize("more", [(), ("--wait",), ("--queue",)])
def test_one_target_named_plainly_is_one_object_however_it_is_sent(yard: Yard, cli: Cli, more: tuple[str, ...]) -> None:
    told = json.loads(cli("charger", "clear-cache", "HQ-01", "--json", *more).out)
    assert (told["target"], told["status"]) == ("HQ-01", "Accepted")


@pytest.mark.parametrize("words", [("HQ-01*",), ("HQ-0[12]",), ("--where", "charger_id:HQ-01")])
def test_a_selection_is_an_array_however_many_it_finds(yard: Yard, cli: Cli, words: tuple[str, ...]) -> None:
    told = json.loads(cli("charger", "clear-cache", *words, "--json", "--yes").out)
    assert {row["status"] for row in told} == {"Accepted"}


def test_an_offline_charger_hints_at_the_queue(yard: Yard, cli: Cli) -> None:
    result = cli("charger", "clear-cache", "HQ-03")
    assert result.code == 6
    assert "--queue" in result.err


def test_wait_is_over_in_time_or_8(yard: Yard, cli: Cli) -> None:  # CLI-13
    result = cli("charger", "reset", "HQ-01", "--yes", "--wait-for", "50ms")
    assert result.code == 8
    assert "agreed (Accepted), but within 0.05 s this did not come: the charger's next boot" in result.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whoever_is_told_to_end_leaves_the_task_running_and_says_which(
    yard: Yard, number: signal.Signals, code: int
) -> None:
    yard.hold = yard.do(_event())
    with subprocess.Popen(
        [sys.executable, "-m", "cpoctl", "charger", "clear-cache", "HQ-01", "HQ-02", "HQ-03", "--yes", "-o", "jsonl"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["target"] == "HQ-03"
        process.send_signal(number)
        said = process.stderr.read().decode()
        process.wait(20)
    assert process.returncode == code
    task_id = int(said.split()[1])
    assert said.startswith(
        f"task {task_id} goes on in the server: 1 of 3 targets have a result\nhint:  cpoctl task watch"
    )
    yard.do(_set(yard.hold))
    yard.do(yard.server.central.tasks.finished(task_id, 10))
    assert len(yard.asked) == 2


async def _event() -> asyncio.Event:
    return asyncio.Event()


# Tasks


def test_a_refusal_is_explained(yard: Yard, cli: Cli) -> None:
    assert cli("charger", "clear-cache", "HQ-05").code == 7
    task = cli("task", "list", "--limit", "1", "--fields", "task_id").out.strip()
    said = cli("task", "show", task, "--explain").out
    assert "the charger's own answer decided" in said
    assert '"ClearCache",{}]' in said
    assert '{"status":"Rejected"}]' in said
    assert "try: cpoctl var get HQ-05 AuthorizationCacheEnabled" in said


def test_a_retry_takes_what_failed(yard: Yard, cli: Cli) -> None:
    cli("charger", "clear-cache", "HQ-01", "HQ-03", "--yes")
    task = cli("task", "list", "--limit", "1", "--fields", "task_id").out.strip()
    yard.do(yard.connect("HQ-03"))
    again = cli("task", "retry", task, "--yes", "--json")
    number = str(json.loads(again.out)["task_id"])
    assert cli("task", "watch", number).out.startswith('{"target": "HQ-03", "ok": true')
    assert cli("task", "cancel", number, "--yes").code == 10


def test_whoever_waits_for_a_task_that_failed_is_told_its_targets(yard: Yard, cli: Cli) -> None:
    cli("charger", "clear-cache", "HQ-01", "HQ-05", "--yes")
    task = cli("task", "list", "--limit", "1", "--fields", "task_id").out.strip()
    waited = cli("task", "wait", task, "-o", "jsonl")
    assert waited.code == 9
    assert {name: row["status"] for name, row in rows(waited.out).items()} == {"HQ-01": "Accepted", "HQ-05": "Rejected"}
    assert cli("task", "wait", task).out.splitlines()[1].endswith("\tHQ-05 answered ClearCache with Rejected")


def test_a_task_that_never_was_is_3(yard: Yard, cli: Cli) -> None:
    for verb in ("show", "wait", "watch"):
        assert cli("task", verb, "999").code == 3


def test_what_waits_for_a_charger_is_listed_and_dropped(yard: Yard, cli: Cli) -> None:
    assert cli("charger", "reset", "HQ-03", "HQ-07", "--yes", "--queue").code == 0
    listed = json.loads(cli("charger", "queue", "hq-03", "--json").out)
    assert [(row["target"], row["operation"], row["waits_for"], row["given"]) for row in listed] == [
        ("HQ-03", "charger reset", "online", {})
    ]
    assert "Dropped 1" in cli("charger", "unqueue", "HQ-03").out
    assert [row["target"] for row in json.loads(cli("charger", "queue", "--json").out)] == ["HQ-07"]
    yard.do(yard.connect("HQ-03"))
    assert cli("charger", "clear-cache", "HQ-03").code == 0
    assert yard.asked == [("HQ-03", "ClearCache")]


def test_who_is_meant_is_listed_before_the_question(yard: Yard) -> None:
    code, said = at_terminal("n\n", "charger", "reset", "HQ-01", "HQ-02")
    assert code == 2
    assert "HQ-01, HQ-02" in said
    assert said.index("HQ-01, HQ-02") < said.index("soft reset of 2 targets")
    assert yard.asked == []


# What is said raw


@pytest.mark.parametrize("words", [("HQ-01,HQ-02", "ClearCache"), ("HQ-0[12]", "ClearCache", "{}")])
def test_a_raw_call_takes_many_targets(yard: Yard, cli: Cli, words: tuple[str, ...]) -> None:
    result = cli("ocpp", "call", *words, "--yes", "-o", "jsonl")
    assert result.code == 0, result.err
    assert {name: row["status"] for name, row in rows(result.out).items()} == {"HQ-01": "Accepted", "HQ-02": "Accepted"}
    assert sorted(yard.asked) == [("HQ-01", "ClearCache"), ("HQ-02", "ClearCache")]


def test_a_raw_call_takes_selectors(yard: Yard, cli: Cli) -> None:
    assert len(rows(cli("ocpp", "call", "--all", "ClearCache", "--yes", "-o", "jsonl").out)) == len(NAMES)
    assert {action for _, action in yard.asked} == {"ClearCache"}


def test_a_raw_call_of_one_tells_both_frames(yard: Yard, cli: Cli) -> None:
    told = json.loads(cli("ocpp", "call", "HQ-01", "ClearCache", "--yes", "--json").out)
    assert (told["target"], told["action"], told["answer"]) == ("HQ-01", "ClearCache", {"status": "Accepted"})
    assert "ClearCache" in told["sent"]
    assert "Accepted" in told["received"]


@pytest.mark.parametrize("words", [("HQ-01",), ("--all",), ("--where", "charger:HQ-01")])
def test_a_raw_call_needs_its_action(yard: Yard, cli: Cli, words: tuple[str, ...]) -> None:
    result = cli("ocpp", "call", *words, "--yes")
    assert (result.code, result.err.splitlines()[0]) == (2, "error: cpoctl ocpp call needs ACTION")


def test_a_raw_call_of_nobody_asks_whom_first(yard: Yard, cli: Cli) -> None:
    assert cli("ocpp", "call").err.startswith("error: cpoctl ocpp call needs CHARGER")


def test_what_tells_a_list_of_one_charger_says_how_to_ask_several(yard: Yard, cli: Cli) -> None:
    result = cli("var", "get", "HQ-*")
    assert result.code == 2
    assert "for each in $(cpoctl charger pick 'HQ-*' -o ids)" in result.err


# Rows of another command


@pytest.mark.parametrize(
    "rows_of_sessions",
    [
        '{"session_id": "41", "charger_id": "HQ-01"}\n{"session_id": "42", "charger_id": "HQ-01"}\n',
        '[{"charger_id": "HQ-01", "session_id": 41}, {"charger_id": "HQ-01", "session_id": 42}]',
        "charger_id\tsession_id\nHQ-01\t41\nHQ-01\t42\n",
        'charger_id,session_id,note\r\nHQ-01,41,"a, b\nc"\r\nHQ-01,42,\r\n',
    ],
)
def test_a_row_names_the_session_where_sessions_are_meant(rows_of_sessions: str, tmp_path: Path) -> None:
    (tmp_path / "rows").write_text(rows_of_sessions)
    assert said([f"@{tmp_path}/rows"], "session") == ["41", "42"]


@pytest.mark.parametrize(
    "text", ['{"charger_id": "HQ-01"}\n', "charger_id,status\nHQ-01,Charging\n", "charger_id\nHQ-01\n"]
)
def test_a_row_without_a_session_stops_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "rows").write_text(text)
    with pytest.raises(UsageProblem, match="session_id"):
        said([f"@{tmp_path}/rows"], "session")


@pytest.mark.parametrize(
    "text",
    [
        "charger_id,status\r\nHQ-01,Available\r\nHQ-02,Charging\r\n",
        "status,charger_id\nAvailable,HQ-01\nCharging,HQ-02\n",
        "status\tcharger_id\nAvailable\tHQ-01\nCharging\tHQ-02\n",
        '\ufeffcharger_id,name\nHQ-01,"Kern, A."\nHQ-02,\n',
        "HQ-01\tAvailable\nHQ-02\tCharging\n",
    ],
)
def test_the_column_of_the_ids_is_found_by_its_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "rows").write_text(text, encoding="utf-8")
    assert said([f"@{tmp_path}/rows"], "charger") == ["HQ-01", "HQ-02"]


def test_an_id_that_csv_guards_against_spreadsheets_is_the_id(tmp_path: Path) -> None:
    (tmp_path / "rows").write_text("charger_id,status\n'-01,Offline\n'@x,Offline\n'plain,Offline\n")
    assert said([f"@{tmp_path}/rows"], "charger") == ["-01", "@x", "'plain"]


def test_a_line_may_be_a_list_where_nothing_is_headed(tmp_path: Path) -> None:
    (tmp_path / "rows").write_text("HQ-01,HQ-02\nHQ-03\n")
    assert said([f"@{tmp_path}/rows"], "charger") == ["HQ-01,HQ-02", "HQ-03"]


@pytest.mark.parametrize("words", [("HQ-0[19]:1",), ("HQ-01:1,HQ-09:1",), ("HQ-01", "HQ-09:1")])
def test_sessions_are_stopped_at_the_places_that_globs_and_lists_name(
    yard: Yard, cli: Cli, words: tuple[str, ...]
) -> None:
    for name, evse_id in (("HQ-01", 1), ("HQ-09", 1), ("HQ-09", 2)):
        given = start(evse_id, meter=evse_id * 100 + len(words) + len(words[0]))
        yard.do(yard.chargers[name].call("StartTransaction", given))
    result = cli("session", "stop", *words, "--yes", "-o", "jsonl")
    assert result.code == 0, result.err
    assert len(rows(result.out)) == 2
    assert sorted(yard.asked) == [("HQ-01", "RemoteStopTransaction"), ("HQ-09", "RemoteStopTransaction")]
    for row in json.loads(cli("session", "list", "--open", "--json").out):
        assert cli("session", "close", row["session_id"], "--reason", "tidy", "--yes").code == 0


def test_a_glob_that_fits_no_open_session_stops_none(yard: Yard, cli: Cli) -> None:
    result = cli("session", "stop", "HQ-0*:1", "--yes")
    assert (result.code, yard.asked) == (3, [])
    assert "no open session fits HQ-0*:1" in result.err
