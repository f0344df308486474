"""Words that can mean nothing: empty ids, bytes that are no text, numbers that are none. All of them are exit 2."""

import io

import pytest

from tests.cli.conftest import Cli
from tests.http.face import Running

NO_TEXT = b"\xff".decode(errors="surrogateescape")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("charger", "show", ""), "CHARGER"),
        (("charger", "show", " "), "CHARGER"),
        (("session", "show", ""), "SESSION"),
        (("tag", "show", ""), "TAG"),
        (("site", "show", ""), "SITE"),
        (("charger", "reset", "", "--yes"), "CHARGER"),
        (("charger", "ping", "HQ-01", ""), "CHARGER"),
        (("display", "set", "", "hi"), "CHARGER"),
        (("session", "start", "HQ-01", "--tag", ""), "--tag"),
        (("session", "list", "--charger", ""), "--charger"),
    ],
)
def test_an_empty_id_is_told_as_that(api: Running, cli: Cli, words: tuple[str, ...], named: str) -> None:
    result = cli(*words)
    assert (result.code, result.err.splitlines()[0]) == (2, f"error: {named} is empty")


@pytest.mark.parametrize(
    "words",
    [
        ("charger", "show", NO_TEXT),
        ("charger", "list", "--where", f"vendor:{NO_TEXT}"),
        ("sim", "run", "--serial", NO_TEXT),
        ("tariff", "push", "HQ-01", f'{{"tariffId":"{NO_TEXT}"}}'),
        ("display", "set", "HQ-01", NO_TEXT),
    ],
)
def test_an_argument_that_is_no_text_is_told_as_that(cli: Cli, words: tuple[str, ...]) -> None:
    result = cli(*words)
    assert result.code == 2
    assert "is not UTF-8" in result.err
    assert r"\xff" in result.err


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_targets_on_stdin_that_are_no_text_are_told_as_that(
    api: Running, cli: Cli, monkeypatch: pytest.MonkeyPatch, errors: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\n"), "utf-8", errors))
    result = cli("charger", "ping", "-")
    assert (result.code, result.err.splitlines()[0]) == (
        2,
        "error: standard input is not UTF-8, so it is not read as targets",
    )


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e400"])
def test_what_is_no_number_is_told_before_anything_is_sent(cli: Cli, number: str) -> None:
    result = cli("monitor", "set", "HQ-01", "EVSE:1.Power", "--type", "upper", f"--value={number}")
    assert result.code == 2
    assert result.err.startswith(f"error: --value: '{number}' is no number")


def test_a_number_in_json_must_be_one_as_well(cli: Cli) -> None:
    result = cli("ocpp", "validate", "CostUpdated", '{"totalCost": 1e400, "transactionId": "t"}', "--ocpp", "2.1")
    assert (result.code, "1e400 is no number" in result.err) == (2, True)


def test_what_needs_no_server_takes_no_notice_of_one_that_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPOCTL_SERVER", "https://csms.example.com:9443")
    assert cli("ocpp", "validate", "Reset", '{"type": "Soft"}').code == 0
    assert cli("db", "check").code == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("display set HQ-01 hi --id -1", "--id is -1: it goes from 0 to 2147483647"),
        ("display clear HQ-01 --id 2147483648", "--id is 2147483648: it goes from 0 to 2147483647"),
        ("monitor clear HQ-01 --id 1 --id -1", "--id is -1: it goes from 0 to 2147483647"),
        ("monitor set HQ-01 X --type upper --value 1 --severity 10", "--severity is 10: it goes from 0 to 9"),
        ("monitor level HQ-01 10", "SEVERITY is 10: it goes from 0 to 9"),
        ("der set HQ-01 --fixed-var 5 --for 0s", "--for is 0: it is 1 at least"),
        ("firmware publish HQ-01 --url ftp://x/y --checksum x --retries -1", "--retries is -1: it goes from 0 to 2147483647"),
        ("charger web-payment HQ-01:1 --within 0s", "--within is 0: it goes from 1 to 2147483647"),
        ("charger network HQ-01 --slot -1 --url ws://x --security-profile 1", "--slot is -1: it goes from 0 to 2147483647"),
        ("charger network HQ-01 --slot 1 --url ws://x --security-profile 4", "--security-profile is 4: it goes from 0 to 3"),
        ("charger network HQ-01 --slot 1 --url ws://x --security-profile 1 --message-timeout 0", "--message-timeout is 0: it goes from 1 to 2147483647"),
    ],
)  # fmt: skip
def test_a_number_that_no_charger_can_want_is_told_before_anything_is_sent(cli: Cli, line: str, says: str) -> None:
    result = cli(*line.split())
    assert (result.code, result.err.splitlines()[0]) == (2, f"error: {says}")
