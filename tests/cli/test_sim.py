"""`cpoctl sim`, against a real server process."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.servers import Server, database, warm

Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server works."""
    return tmp_path_factory.mktemp("sim")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A server that lets everybody in."""
    with warm(folder) as running:
        yield running


@pytest.fixture
def here(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, as the one that this machine's commands find."""
    monkeypatch.setenv("CPOCTL_DB", str(database(folder)))
    return server


def test_a_charger_runs_for_a_while_and_tells_every_frame_as_json_lines(cli: Cli, here: Server) -> None:
    result = cli("sim", "run", "CP-1", "--for", "1s", "--json")

    assert result.code == 0, result.err
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line["sender"] for line in lines[:2]] == ["charger", "csms"]
    assert json.loads(lines[0]["frame"])[2] == "BootNotification"
    assert "booted  Accepted" in result.err


def test_without_a_format_nothing_is_data(cli: Cli, server: Server) -> None:
    result = cli("sim", "run", "CP-1", "--url", server.url, "--for", "500ms", "-q")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_what_its_boot_tells_and_its_heartbeat_can_be_chosen(cli: Cli, here: Server) -> None:
    told = ("--vendor", "ACME", "--model", "M1", "--firmware", "9", "--serial", "S-1", "--heartbeat", "1")
    result = cli("sim", "run", "CP-1", *told, "--speed", "4", "--for", "1s", "-o", "jsonl")
    frames = [json.loads(json.loads(line)["frame"]) for line in result.out.splitlines()]
    assert frames[0][3] == {
        "chargePointVendor": "ACME",
        "chargePointModel": "M1",
        "chargePointSerialNumber": "S-1",
        "firmwareVersion": "9",
    }
    assert any(frame[2] == "Heartbeat" for frame in frames)


def test_by_hand_it_does_what_stdin_says_and_ends_with_it(process: Process, here: Server) -> None:
    said = "plug\ntag ANNA-K\nnonsense\nstop\nunplug\n"
    done = process("sim", "run", "CP-HAND", "--by-hand", input=said)

    assert done.returncode == 0, done.stderr
    assert "CP-HAND:1  session started  tag ANNA-K" in done.stderr
    assert "error: no deed nonsense" in done.stderr
    assert done.stderr.rindex("Available") > done.stderr.index("session stopped")


def test_by_hand_before_it_is_accepted_every_line_is_answered_at_once(cli: Cli, process: Process, here: Server) -> None:
    assert cli("charger", "add", "CP-HELD").code == 0
    assert cli("charger", "reject", "CP-HELD", "--yes").code == 0
    done = process("sim", "run", "CP-HELD", "--by-hand", "--for", "2s", input="plug\n?\nnonsense\n")

    assert done.returncode == 0, done.stderr
    why = "the server answers Rejected to its boot; cpoctl charger approve CP-HELD lets it in"
    assert f"plug: it waits; {why}" in done.stderr
    assert "by hand: plug, tag TAG, " in done.stderr
    assert f"nothing of it now: {why}" in done.stderr
    assert "error: no deed nonsense" in done.stderr


def test_a_reader_that_leaves_ends_it_quietly(here: Server) -> None:
    command = f"{sys.executable} -m cpoctl sim run CP-1 --json -q | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


def test_a_server_that_is_not_there_is_exit_code_5(cli: Cli) -> None:
    result = cli("sim", "run", "CP-1", "--url", "ws://127.0.0.1:1/")
    assert result.code == 5
    assert "error: ws://127.0.0.1:1/: cannot connect" in result.err


def test_without_a_url_and_without_a_server_the_hint_says_both_ways(cli: Cli) -> None:
    result = cli("sim", "run", "CP-1")
    assert result.code == 5
    assert "hint:  cpoctl serve --ephemeral --accept-all" in result.err
    assert "--url ws://" in result.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("sim", "run", "CP-1", "--url", "http://x"), "--url http://x is not ws://HOST:PORT/…"),
        (("sim", "run", "CP-1", "--misbehave", "Rest=drop"), "did you mean Reset?"),
        (("sim", "run", "CP-1", "--for", "soon"), "--for: 'soon' is not a duration"),
        (("sim", "run", "CP-1", "--evses", "0"), "--evses 0 is not 1 to 64"),
        (("sim", "run", "CP-1", "--speed", "nan"), "--speed nan is not 0.1 to 1000"),
        (("sim", "run", "CP-1", "--by-hand", "--sessions", "1"), "contradict"),
        (("sim", "fleet", "--count", "0"), "--count 0 is not 1 to 10000"),
        (("sim", "fleet", "--count", "10", "--misbehaving", "110%"), "neither a share such as 5% nor a number up to 10"),
        (("sim", "send", "CP-1", "Hartbeat"), "chargers send no Hartbeat (did you mean Heartbeat?)"),
        (("sim", "send", "CP-1", "Authorize", "{}"), "breaks the schema of Authorize: idTag: is missing"),
        (("sim", "send", "CP-1", "Authorize", "{"), "payload is not JSON"),
        (("sim", "send", "CP-1", "BootNotification", "{}", "--ocpp", "2.1"), "cpoctl ocpp schema BootNotification --ocpp 2.1"),
        (("sim", "frobnicate",), "frobnicate"),
        (("sim", "run", ""), "a charger's id cannot be empty"),
        (("sim", "send", " ", "Heartbeat"), "a charger's id cannot be empty"),
        (("sim", "replay", "-", "--as", ""), "--as: a charger's id cannot be empty"),
        (("sim", "replay", "-", "--charger", ""), "--charger: a charger's id cannot be empty"),
        (("sim", "run", "CP-1", "--ocpp", "3"), "--ocpp 3 is none of 1.6, 2.0.1, 2.1"),
        (("sim", "fleet", "--count", "2", "--ocpp", "1.6,2"), "--ocpp 2 is none of 1.6, 2.0.1, 2.1"),
        (("sim", "send", "CP-1", "StartTransaction", "--ocpp", "2.0.1"), "hint:  cpoctl sim send CP-1 StartTransaction --ocpp 1.6"),
        (("sim", "send", "CP-1", "TransactionEvent", "{}", "--ocpp", "2.1"), "breaks the schema of TransactionEvent"),
        (("sim", "scenario", "run", "late-stop", "--ocpp", "2.1"), "late-stop does not happen in OCPP 2.1"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_exit_code_2_and_nothing_is_sent(cli: Cli, args: tuple[str, ...], said: str) -> None:
    result = cli(*args)
    assert result.code == 2, result.err
    assert said in result.err


def test_read_only_lets_no_simulated_charger_speak(cli: Cli) -> None:
    assert cli("sim", "send", "CP-1", "Heartbeat", "--read-only").code == 4


def test_a_fleet_boots_misbehaves_and_sums_up(cli: Cli, here: Server) -> None:
    result = cli("sim", "fleet", "--count", "20", "--prefix", "F-", "--misbehaving", "10%", "--for", "2s", "--json")
    assert result.code == 0, result.err
    told = json.loads(result.out)
    assert (told["chargers"], told["accepted"], told["misbehaving"]) == (20, 20, 2)
    assert "20 of 20 accepted" not in result.err.splitlines()[0]


def test_a_fleet_of_every_version_is_let_in(cli: Cli, here: Server) -> None:
    spoken = ("--ocpp", "1.6,2.0.1,2.1", "--sessions", "60", "--speed", "500")
    result = cli("sim", "fleet", "--count", "6", "--prefix", "M-", *spoken, "--for", "2s", "--json")
    assert result.code == 0, result.err
    told = json.loads(result.out)
    assert told["accepted"] == 6
    assert told["sessions"] >= 6


def test_a_message_of_2_is_sent_and_what_gets_no_answer_is_sent_too(cli: Cli, here: Server) -> None:
    event = json.loads(cli("sim", "send", "CP-2", "transactionevent", "--ocpp", "2.0.1", "--boot", "--json").out)
    assert (event["action"], event["ok"], event["request"]["seqNo"]) == ("TransactionEvent", True, 0)
    sent = json.loads(cli("sim", "send", "CP-2", "NotifyPeriodicEventStream", "--ocpp", "2.1", "--json").out)
    assert (sent["status"], sent["answer"]) == ("Sent", {})


def test_a_fleet_that_nobody_lets_in_says_why_and_is_exit_code_11(cli: Cli, here: Server) -> None:
    result = cli("sim", "fleet", "--count", "2", "--prefix", "no/", "--for", "1s")
    assert result.code == 11
    assert "cannot connect: the server refused the handshake: HTTP" in result.err


def test_a_message_is_sent_with_a_payload_that_was_left_out(cli: Cli, here: Server) -> None:
    result = cli("sim", "send", "CP-2", "bootnotification", "--json")
    assert result.code == 0, result.err
    told = json.loads(result.out)
    assert (told["action"], told["ok"], told["status"]) == ("BootNotification", True, "Accepted")
    assert told["answer"]["currentTime"]


def test_a_no_of_the_server_is_exit_code_7_with_its_answer_on_stdout(cli: Cli, here: Server) -> None:
    result = cli("sim", "send", "CP-2", "DataTransfer", '{"vendorId": "x"}', "--json")
    assert result.code == 7
    assert json.loads(result.out)["answer"] == {"status": "UnknownVendorId"}


def test_raw_sends_what_no_schema_allows(cli: Cli, here: Server) -> None:
    result = cli("sim", "send", "CP-2", "Nonsense", '{"a": 1}', "--raw", "--json")
    assert result.code == 7
    assert json.loads(result.out)["status"] == "NotImplemented"


@pytest.mark.parametrize("named", [False, True])
def test_a_refusal_of_our_server_leads_to_what_it_saw(cli: Cli, here: Server, named: bool) -> None:
    url = ("--url", here.url) if named else ()
    result = cli("sim", "send", "CP-2", "BootNotification", "[]", "--raw", *url)
    assert result.code == 7
    assert "request\t[]\n" in result.out
    assert "hint:  cpoctl log list CP-2 --last 5" in result.err
    assert "hint:  cpoctl charger quirks CP-2" in result.err
    assert "doctor" not in result.err


def test_the_log_is_exported_and_played_again_with_the_same_answers(cli: Cli, here: Server, tmp_path: Path) -> None:
    cli("sim", "scenario", "run", "happy-charge", "--charger", "REC-1", "-q")
    exported = cli("log", "export", "--charger", "rec-1")
    assert exported.code == 0, exported.err
    file = tmp_path / "rec.jsonl"
    file.write_text(exported.out, encoding="utf-8")

    played = cli("sim", "replay", str(file), "--as", "REC-2", "--speed", "1000", "--json")
    assert (played.code, json.loads(played.out)) == (0, []), played.err
    session = json.loads(cli("session", "list", "--json").out)[0]
    assert (session["charger_id"], session["state"]) == ("REC-2", "closed")

    file.write_text(exported.out.replace("Accepted", "Blocked"), encoding="utf-8")
    differing = cli("sim", "replay", str(file), "--as", "REC-3", "--speed", "1000", "--json")
    assert differing.code == 11
    assert "status: Blocked, now Accepted" in [row["difference"] for row in json.loads(differing.out)]


def test_an_export_is_of_the_time_that_was_asked_for(cli: Cli, here: Server) -> None:
    cli("sim", "send", "CP-3", "Heartbeat")
    assert cli("log", "export", "--from", "1h", "--last", "3").out.count("\n") == 3
    assert cli("log", "export", "--to", "1h").out == ""
    assert cli("log", "export", "--from", "never").code == 2


def test_a_recording_of_several_chargers_needs_one_of_them(cli: Cli, tmp_path: Path) -> None:
    line = {"at": "2026-11-22T10:00:00.000Z", "sender": "charger", "action": "Heartbeat", "answer": None}
    file = tmp_path / "two.jsonl"
    request = '[2,"1","Heartbeat",{}]'
    file.write_text("".join(json.dumps(line | {"charger_id": name, "request": request}) + "\n" for name in "AB"))
    assert "the traffic of 2 chargers: A, B" in cli("sim", "replay", str(file)).err
    assert cli("sim", "replay", str(file), "--charger", "C").code == 3


def test_a_frame_that_cannot_be_read_is_left_out_of_a_replay(cli: Cli, here: Server, tmp_path: Path) -> None:
    line = {"at": "2026-11-22T10:00:00.000Z", "sender": "charger", "action": "Heartbeat", "answer": None}
    frames = [("A", '[2,"1","Heartbeat",{}]'), ("A", '[2,"1","X\u2028","\\q"]'), ("A", "[2,"), ("B", "[2,")]
    lines = [json.dumps(line | {"charger_id": name, "request": frame}, ensure_ascii=False) for name, frame in frames]
    file = tmp_path / "odd.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    result = cli("sim", "replay", str(file), "--charger", "a", "--as", "ODD-1", "--speed", "1000")
    assert result.code == 11, result.err  # the answer of then is not in the recording
    assert "note: 2 frames were left out: no requests that can be read" in result.err
    assert "1 of 1 requests played" in result.err
    file.write_text("\n".join([*lines, "{"]), encoding="utf-8")
    broken = cli("sim", "replay", str(file), "--charger", "a")
    assert (broken.code, "line 5 is no JSON" in broken.err) == (2, True)


def test_scenarios_are_listed_by_name_and_played(cli: Cli, here: Server) -> None:
    names = cli("sim", "scenario", "list", "-o", "ids").out.split()
    assert {"happy-charge", "offline-charge", "power-loss", "boot-loop", "late-stop"} <= set(names)
    result = cli("sim", "scenario", "run", "repeated-start", "late-stop", "--json")
    assert result.code == 0, result.err
    assert all(check["ok"] for check in json.loads(result.out))


def test_a_scenario_that_is_none_is_exit_code_3(cli: Cli) -> None:
    result = cli("sim", "scenario", "run", "happy-chrge")
    assert (result.code, "did you mean happy-charge?" in result.err) == (3, True)
