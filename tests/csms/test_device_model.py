"""NotifyReport: the device model that a charger tells, part by part. OCPP 2.0.1 B07, B08"""

import json
from typing import Any

import pytest

from cpoctl.csms.actions import ACTIONS, notify_report
from cpoctl.ocpp import Version, v2
from tests.csms.worlds import World

INTERVAL = {
    "component": {"name": "SampledDataCtrlr"},
    "variable": {"name": "TxUpdatedInterval"},
    "variableAttribute": [
        {"value": "60", "mutability": "ReadWrite"},
        {"type": "MaxSet", "value": "900", "mutability": "ReadOnly"},
    ],
    "variableCharacteristics": {
        "unit": "s", "dataType": "integer", "minLimit": 0, "maxLimit": 900, "supportsMonitoring": False,
    },
}  # fmt: skip


def report(*data: Any, number: int = 7, seq_no: int = 0, **more: Any) -> dict[str, Any]:
    """A NotifyReport."""
    return {"requestId": number, "generatedAt": "2026-11-22T14:00:00Z", "seqNo": seq_no, "reportData": data, **more}


def kept(world: World) -> dict[str, Any]:
    """What is remembered, by name."""
    return {row["name"]: row for row in world.select("SELECT * FROM variable")}


def entry(component: str, variable: str, value: str | None = None, **evse: int) -> dict[str, Any]:
    """One variable."""
    part: dict[str, Any] = {"name": component, **({"evse": evse} if evse else {})}
    return {"component": part, "variable": {"name": variable}, "variableAttribute": [{"value": value}]}


@pytest.fixture(params=v2.VERSIONS)
def world(request: pytest.FixtureRequest) -> World:
    """A charger of 2.x."""
    return World(request.param)


def test_each_attribute_is_remembered_with_what_it_may_be(world: World) -> None:
    assert world.tell("NotifyReport", report(INTERVAL)).answer == {}
    actual, most = kept(world).values()
    assert (actual["name"], actual["value"], actual["mutability"]) == (
        "SampledDataCtrlr.TxUpdatedInterval", "60", "ReadWrite",
    )  # fmt: skip
    assert (actual["component"], actual["data_type"], actual["unit"]) == ("SampledDataCtrlr", "integer", "s")
    assert (actual["min_limit"], actual["max_limit"], actual["report_id"]) == (0, 900, 7)
    assert (most["name"], most["value"]) == ("SampledDataCtrlr.TxUpdatedInterval/MaxSet", "900")


def test_a_report_of_many_parts_is_put_together_in_any_order(world: World) -> None:
    world.tell("NotifyReport", report(entry("EVSE", "Power", "11000", id=1), seq_no=1, tbc=True))
    world.tell(
        "NotifyReport", report(entry("Connector", "ConnectorType", "cType2", id=1, connectorId=2), seq_no=0, tbc=True)
    )
    world.tell("NotifyReport", report(seq_no=2))
    assert sorted(kept(world)) == ["Connector:1.2.ConnectorType", "EVSE:1.Power"]


def test_a_variable_that_is_told_again_keeps_its_spelling_and_what_was_known(world: World) -> None:
    world.tell("NotifyReport", report(INTERVAL))
    world.tell("NotifyReport", report(entry("sampleddatactrlr", "TXUPDATEDINTERVAL", "30"), number=8))
    again = kept(world)["SampledDataCtrlr.TxUpdatedInterval"]
    assert (again["value"], again["unit"], again["report_id"]) == ("30", "s", 8)


def test_a_secret_is_never_kept_not_even_with_the_message(world: World) -> None:
    world.tell("NotifyReport", report(entry("SecurityCtrlr", "BasicAuthPassword", "hunter2hunter2")))
    assert kept(world)["SecurityCtrlr.BasicAuthPassword"]["value"] == "********"
    assert "hunter2" not in json.dumps([*world.select("SELECT * FROM report_part"), *kept(world).values()])


@pytest.mark.parametrize(
    "data",
    [
        entry("", "Power", "1"), entry("EVSE", "", "1"), entry("EVSE", "Power", "1", id=-1),
        entry("EVSE", "Power", "1", id=2**70), entry("E" * 400, "Power", "1"), None, {}, "x", {"component": {}},
        {**INTERVAL, "variableAttribute": [{"type": "Foo", "value": "1"}]},
        {**INTERVAL, "variableAttribute": None},
    ],
)  # fmt: skip
def test_what_no_charger_can_have_is_answered_and_not_remembered(world: World, data: Any) -> None:
    world.tell("NotifyReport", report(data))
    assert kept(world) == {}


def test_hostile_texts_are_cut_and_escaped(world: World) -> None:
    odd = entry("A.B/C[", "\x1b[31m", "x" * 1_000_000)
    odd["variableCharacteristics"] = {
        "unit": "u" * 999,
        "dataType": "d" * 999,
        "valuesList": "v" * 9999,
        "maxLimit": 1e999,
    }
    world.tell("NotifyReport", report(odd))
    ((name, row),) = kept(world).items()
    assert name == "A%2EB%2FC%5B.%1B%5B31m"
    assert (len(row["value"]), len(row["unit"]), len(row["allowed"]), row["max_limit"]) == (2500, 16, 1000, None)


def test_a_charger_keeps_so_many_names_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify_report, "NAMES_MOST", 3)
    for number in range(4):
        world.tell("NotifyReport", report(*(entry("C", f"V{number}{each}", "1") for each in range(2)), seq_no=number))
    assert len(kept(world)) == 3
    assert len(world.select("SELECT * FROM report_part")) == 4


@pytest.mark.parametrize("action", ["NotifyReport", "NotifyMonitoringReport", "NotifyEvent"])
def test_a_charger_that_waits_for_approval_may_tell_them(action: str) -> None:  # B02
    assert all(ACTIONS[version][action].unregistered for version in v2.VERSIONS)


def test_a_report_that_nobody_asked_for_is_remembered_too() -> None:
    world = World(Version.V201)
    world.tell("NotifyReport", {"reportData": [INTERVAL]})
    assert "SampledDataCtrlr.TxUpdatedInterval" in kept(world)
