"""The rules of alerts, on values: what is a fault, what is silence, and what is tried then."""

import re
from datetime import timedelta

import pytest

from cpoctl import knowledge
from cpoctl.alerts import Finding, Moment, charger_silent, evse_faulted, rules
from cpoctl.clock import stored
from cpoctl.config import AlertSettings
from cpoctl.domain.live import Evse, Link, LiveCharger, OpenSession
from cpoctl.ocpp import Version, schemas
from tests.house.commands import commands_in, problem_with
from tests.support.fake_clock import START

NOW = Moment(START, START - timedelta(hours=1), AlertSettings(silent_after_s=60, after_start_s=600))
AT = stored(START)
CODES = schemas.schema(Version.V16, "StatusNotification")["properties"]["errorCode"]["enum"]


def faulted(status: str = "Faulted", **told: str | None) -> Finding | None:
    """What is found at an EVSE that tells this."""
    charger = LiveCharger("CP-1", evses={1: Evse(1, status, since=AT, **told)})  # type: ignore[arg-type] # only texts
    return evse_faulted.finding(charger, 1, NOW)


def away(left_at: str | None = AT, because: str = "", **known: object) -> Finding | None:
    """What is found of a charger without a connection."""
    charger = LiveCharger("CP-1", last_seen=START, left_at=left_at, left_because=because)
    for name, value in known.items():
        setattr(charger, name, value)
    return charger_silent.finding(charger, None, NOW)


@pytest.mark.parametrize("status", ["Available", "Charging", "Unavailable", "Unknown"])
def test_only_a_faulted_evse_is_one_whatever_code_it_tells_beside(status: str) -> None:
    assert faulted(status, error_code="WeakSignal") is None


def test_a_fault_tells_everything_that_the_charger_says_of_it() -> None:
    found = faulted(error_code="GroundFailure", vendor_error_code="E-112", info="RCD tripped")
    assert found == Finding(AT, "GroundFailure, vendor code E-112, RCD tripped")


def test_a_fault_without_a_code_says_so_and_hides_no_earlier_word() -> None:
    assert faulted(error_code="NoError") == Finding(AT, "no error code", telling=False)


def test_an_endless_text_is_cut() -> None:
    found = faulted(info="x" * 100_000)
    assert found is not None
    assert len(found.what) == 200


def test_a_charger_is_silent_a_while_after_it_left() -> None:
    found = away(because="ping unanswered")
    assert found == Finding(AT, "connection lost: ping unanswered", START + timedelta(seconds=60))


def test_after_a_start_of_the_server_chargers_get_longer() -> None:
    found = away(left_at=None)
    due = NOW.started_at + timedelta(seconds=600)
    assert found == Finding(AT, "not connected since the server started", due, telling=False)


def test_a_silent_charger_tells_the_sessions_that_are_open_there() -> None:
    session = OpenSession(12, 1, "4711", "ANNA", "Accepted", AT, 0.0)
    found = away(sessions={"4711": session})
    assert found is not None
    assert found.what == "connection lost, session 12 open"


def test_neither_a_connected_charger_nor_one_that_never_was_is_silent() -> None:
    assert away(link=Link(1, "", "1.6", "none", AT)) is None
    assert away(last_seen=None) is None


@pytest.mark.parametrize("name", rules())
def test_what_is_tried_for_a_rule_are_commands_that_exist(name: str) -> None:
    assert wrong(rules()[name].TRIES) == []


@pytest.mark.parametrize("code", [code for code in CODES if code != "NoError"])
def test_every_error_code_of_the_standard_is_explained(code: str) -> None:
    meaning = knowledge.fault(code)
    assert meaning is not None
    assert meaning.means
    assert wrong(meaning.tries) == []


def wrong(tries: tuple[str, ...]) -> list[str]:
    """What is wrong with commands that somebody may copy."""
    said = [re.split(r"\s{3,}", line)[0].replace("{charger}", "HQ-07") for line in tries]
    return [problem for line in said for words in commands_in(line) if (problem := problem_with(words))]
