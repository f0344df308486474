"""The inbound actions as what they are: functions from values to values, which nothing may make raise."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpoctl.domain import tags
from cpoctl.domain.energy import DOUBTS, LEAP_WH, WAVERED
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows
from tests.csms.worlds import World
from tests.support.csms import T0, T1, T2, metered, start, stop
from tests.support.fake_clock import START


@pytest.fixture
def world() -> World:
    return World()


def test_a_session_is_one_start_one_stop_and_its_readings(world: World) -> None:
    number = world.tell("StartTransaction", start()).answer["transactionId"]
    world.tell("MeterValues", metered(number, 3000))
    assert world.charger.sessions["100"].energy_wh == 3000
    world.tell("StopTransaction", stop(number))
    assert [row.energy_wh for row in world.of(rows.SessionStop)] == [7000]
    assert world.charger.sessions == {}


def test_a_heartbeat_changes_nothing(world: World) -> None:
    outcome = world.tell("Heartbeat", {})
    assert (outcome.answer, outcome.rows, outcome.events) == ({"currentTime": "2026-11-22T14:00:00Z"}, [], [])


def test_a_tag_expires_at_its_very_second(world: World) -> None:
    world.live.tags["guest"] = tags.Tag("GUEST", tags.ACCEPTED, expires_at=START)
    for seconds, status in ((-1, "Accepted"), (0, "Expired"), (1, "Expired")):
        world.now = START + timedelta(seconds=seconds)
        assert world.tell("Authorize", {"idTag": "GUEST"}).answer["idTagInfo"]["status"] == status


def test_a_time_up_to_a_day_ahead_of_ours_is_believed_and_doubted(world: World) -> None:
    world.tell("StartTransaction", start(at=(START + timedelta(hours=24)).isoformat()))
    world.tell("StartTransaction", start(at=(START + timedelta(hours=24, seconds=1)).isoformat()))
    flags = [json.loads(row.flags) for row in world.of(rows.SessionStart)]
    assert flags == [["timestamp_ahead"], ["timestamp_suspect"]]


def test_a_time_without_zone_is_taken_as_utc_and_flagged(world: World) -> None:
    world.tell("StartTransaction", start(at="2026-11-22T13:00:00"))
    begun = world.of(rows.SessionStart)[0]
    assert (begun.started_at, begun.flags) == ("2026-11-22T13:00:00.000Z", '["timestamp_without_zone"]')


REGISTERS = st.one_of(
    st.integers(-5, 5),
    st.integers(2**31 - 3, 2**31 + 3),
    st.integers(2**63 - 3, 2**63 + 3),
    st.integers(0, 10_000_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.none(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(REGISTERS, REGISTERS), max_size=8))
def test_energy_is_never_negative_and_flagged_if_and_only_if_a_step_is(steps: list[tuple[Any, Any]]) -> None:
    world = World()
    for number, (first, last) in enumerate(steps):
        at = (START - timedelta(hours=20 - number)).isoformat()
        begun = world.tell("StartTransaction", start(number + 1, meter=first, at=at)).answer["transactionId"]
        world.tell("StopTransaction", stop(begun, last, at))
    begun_rows, stopped_rows = world.of(rows.SessionStart), world.of(rows.SessionStop)
    assert len(begun_rows) == len(stopped_rows) == len(steps)
    for begin, end in zip(begun_rows, stopped_rows, strict=True):
        known = begin.meter_start_wh is not None and end.meter_stop_wh is not None
        step = end.meter_stop_wh - begin.meter_start_wh if known else 0
        flags = DOUBTS.intersection(json.loads(end.flags))
        assert bool(flags) == (not known or not 0 <= step <= LEAP_WH)
        assert end.energy_wh is None if flags - {WAVERED} else end.energy_wh == max(0, step)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from([T0, T1, T2, "ANNA", "-1", "0", "100", 100, 1, "Wh", "kWh", "SignedData", "L1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["timestamp", "sampledValue", "value", "measurand", "unit", "phase", "context", "format", "location"]
    ), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip
MESSAGES = st.sampled_from(sorted(v16.REQUESTS)).flatmap(
    lambda action: st.tuples(
        st.just(action),
        st.fixed_dictionaries({}, optional=dict.fromkeys(v16.REQUESTS[action].__struct_encode_fields__, JSON)),
    )
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100, deadline=None)
@given(st.lists(MESSAGES, max_size=8))
def test_no_sequence_of_messages_makes_a_handler_raise(messages: list[tuple[str, dict[str, Any]]]) -> None:
    world = World()
    for action, payload in messages:
        outcome = world.tell(action, payload)
        json.dumps(outcome.answer)
        for row in outcome.rows:
            for value in row:
                assert value is None or isinstance(value, str | int | float), (type(row), value)
                assert not isinstance(value, int) or -(2**63) <= value < 2**63
    assert world.charger.charger_id == "CP-1"


@pytest.mark.parametrize(
    ("version", "good"),
    [
        (Version.V16, {"chargePointVendor": "Acme", "chargePointModel": "W1", "firmwareVersion": "1.0"}),
        (
            Version.V201,
            {"reason": "PowerUp", "chargingStation": {"vendorName": "Acme", "model": "W1", "firmwareVersion": "1.0"}},
        ),
    ],
)
def test_a_boot_that_tells_nothing_takes_away_nothing(version: Version, good: dict[str, Any]) -> None:
    world = World(version)
    world.select("INSERT INTO charger (charger_id, registration, known, added_at) VALUES ('CP-1', 'Accepted', 1, '')")
    world.tell("BootNotification", good)
    world.tell("BootNotification", {})
    assert (world.charger.vendor, world.charger.model, world.charger.firmware) == ("Acme", "W1", "1.0")
    assert world.select("SELECT vendor, model, firmware FROM charger") == [
        {"vendor": "Acme", "model": "W1", "firmware": "1.0"}
    ]
