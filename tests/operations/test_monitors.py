"""Monitors set, listed and cleared, and what they saw. OCPP 2.0.1 N02 to N08 · OCPP 2.1 N14, N15"""

import asyncio
from typing import Any

import pytest

from cpoctl.errors import Refused, Unsupported, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.monitor.adjust import AdjustStream
from cpoctl.operations.monitor.base import SetMonitoringBase
from cpoctl.operations.monitor.clear import ClearMonitors
from cpoctl.operations.monitor.events import ListMonitorEvents
from cpoctl.operations.monitor.level import SetMonitoringLevel
from cpoctl.operations.monitor.list import AskMonitors
from cpoctl.operations.monitor.set import SetMonitor
from cpoctl.operations.monitor.streams import AskStreams
from tests.csms.test_monitors import notify, seen, state
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
UPPER = SetMonitor(charger="DC-01", name="EVSE:1.Power", kind="upper", value=11000, severity=4)


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger of 2.1 that is connected."""
    return await csms.booted("DC-01", version=Version.V21)


def answered(status: str, **more: Any) -> dict[str, Any]:
    """An answer to SetVariableMonitoring."""
    return {"setMonitoringResult": [{"status": status, "type": "UpperThreshold", "severity": 4, **POWER, **more}]}


async def test_a_monitor_gets_the_chargers_number(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(UPPER))
    call = await charger.reply(answered("Accepted", id=17))
    assert call[3]["setMonitoringData"][0]["value"] == 11000
    outcome = await act
    assert (outcome.status, outcome.monitor_id) == ("Accepted", 17)


async def test_a_monitor_that_is_refused_says_why_and_what_to_look_at(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(UPPER))
    await charger.reply(answered("UnsupportedMonitorType", statusInfo={"reasonCode": "NotFound"}))
    with pytest.raises(Refused, match="UnsupportedMonitorType: NotFound") as refused:
        await act
    assert "cpoctl var report DC-01 --component EVSE:1.Power" in refused.value.hints[0]


async def test_the_monitors_are_listed(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(AskMonitors(charger="DC-01", component=("EVSE",), criteria=("threshold",))))
    call = await charger.reply({"status": "Accepted"})
    assert (call[2], call[3]["monitoringCriteria"]) == ("GetMonitoringReport", ["ThresholdMonitoring"])
    told = {"id": 17, "transaction": False, "value": 11000.0, "type": "UpperThreshold", "severity": 4,
            "eventNotificationType": "CustomMonitor"}  # fmt: skip
    number, at = call[3]["requestId"], "2026-11-22T14:00:00Z"
    whole = {"requestId": number, "seqNo": 0, "generatedAt": at, "monitor": [{**POWER, "variableMonitoring": [told]}]}
    await charger.call("NotifyMonitoringReport", whole)
    (row,) = await act
    assert (row.monitor_id, row.variable, row.kind, row.value, row.source) == (
        17, "EVSE:1.Power", "upper", 11000.0, "CustomMonitor",
    )  # fmt: skip


async def test_a_charger_without_monitors_lists_none(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(AskMonitors(charger="DC-01")))
    await charger.reply({"status": "EmptyResultSet"})
    assert await act == []


@pytest.mark.parametrize(
    ("act", "action", "answer"),
    [
        (ClearMonitors(charger="DC-01", ids=(3,)), "ClearVariableMonitoring",
         {"clearMonitoringResult": [{"status": "Accepted", "id": 3}]}),
        (SetMonitoringBase(charger="DC-01", base="all"), "SetMonitoringBase", {"status": "Accepted"}),
        (SetMonitoringLevel(charger="DC-01", severity=5), "SetMonitoringLevel", {"status": "Accepted"}),
        (AdjustStream(charger="DC-01", stream=1, values=9), "AdjustPeriodicEventStream", {"status": "Accepted"}),
    ],
)  # fmt: skip
async def test_what_is_watched_can_be_changed(
    csms: Csms, charger: RawCharger, act: Act, action: str, answer: dict[str, Any]
) -> None:
    doing = asyncio.create_task(csms.do(act))
    assert (await charger.reply(answer))[2] == action
    assert (await doing).ok


async def test_a_monitor_that_is_not_there_cannot_be_cleared(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ClearMonitors(charger="DC-01", ids=(3, 4))))
    await charger.reply({"clearMonitoringResult": [{"status": "Accepted", "id": 3}, {"status": "NotFound", "id": 4}]})
    with pytest.raises(Refused, match="NotFound") as refused:
        await act
    assert refused.value.message.endswith("; 3 Accepted, 4 NotFound")
    assert refused.value.detail["outcome"].results == {"3": "Accepted", "4": "NotFound"}


MOST = {"component": {"name": "MonitoringCtrlr"},
        "variable": {"name": "ItemsPerMessage", "instance": "ClearVariableMonitoring"}}  # fmt: skip
THREE = ClearMonitors(charger="DC-01", ids=(3, 4, 5))


def gone(call: list[Any], **other: str) -> dict[str, Any]:
    """The answer to a ClearVariableMonitoring; `m4="NotFound"` says otherwise of one of them."""
    wanted = call[3]["id"]
    results = [{"id": number, "status": other.get(f"m{number}", "Accepted")} for number in wanted]
    return {"clearMonitoringResult": results}


async def cleared(charger: RawCharger, **other: str) -> list[int]:
    """The next monitors that are to go, answered."""
    call = await charger.asked()
    assert call[2] == "ClearVariableMonitoring"
    await charger.say([3, call[1], gone(call, **other)])
    return list(call[3]["id"])


async def test_monitors_are_cleared_in_parts_of_what_the_charger_takes(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(THREE))
    call = await charger.refuse("OccurrenceConstraintViolation", "too many")
    assert call[3] == {"id": [3, 4, 5]}
    asked = await charger.reply({"getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": "2", **MOST}]})
    assert asked[3] == {"getVariableData": [MOST]}
    assert [await cleared(charger), await cleared(charger)] == [[3, 4], [5]]
    outcome = await act
    assert (outcome.ok, outcome.results) == (True, {"3": "Accepted", "4": "Accepted", "5": "Accepted"})
    act = asyncio.create_task(csms.do(THREE))  # it is remembered
    assert [await cleared(charger, m4="NotFound"), await cleared(charger)] == [[3, 4], [5]]
    with pytest.raises(Refused, match="NotFound") as refused:
        await act
    assert refused.value.detail["outcome"].results == {"3": "Accepted", "4": "NotFound", "5": "Accepted"}


async def test_a_charger_that_takes_so_many_and_refuses_all_the_same_has_refused(
    csms: Csms, charger: RawCharger
) -> None:
    act = asyncio.create_task(csms.do(THREE))
    await charger.refuse("InternalError", "no memory")
    await charger.reply({"getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": "9", **MOST}]})
    with pytest.raises(Refused, match="no memory"):
        await act


async def test_the_streams_are_listed(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(AskStreams(charger="DC-01")))
    await charger.reply({"constantStreamData": [{"id": 1, "variableMonitoringId": 17, "params": {"interval": 60}}]})
    (row,) = await act
    assert (row.stream_id, row.monitor_id, row.interval_s, row.values) == (1, 17, 60, None)


async def test_adjusting_nothing_is_refused_before_anything_is_sent(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(UsageProblem, match="--interval"):
        await csms.do(AdjustStream(charger="DC-01", stream=1))
    assert charger.unasked == 0


async def test_a_charger_of_1_6_has_no_monitors(csms: Csms) -> None:
    await csms.booted("HQ-07")
    for act in (AskMonitors(charger="HQ-07"), SetMonitoringLevel(charger="HQ-07", severity=1)):
        with pytest.raises(Unsupported):
            await csms.do(act)


async def test_what_monitors_saw_is_listed_by_component_and_severity(csms: Csms, charger: RawCharger) -> None:
    power = seen("EVSE", "Power", "12000", evse=1, trigger="Alerting", severity=4)
    await charger.call("NotifyEvent", notify(power, state("Occupied"), seen("", "", "odd")))

    async def listed(**chosen: Any) -> list[str]:
        return [row.variable for row in await csms.store.reading(ListMonitorEvents(**chosen).select)]

    assert await listed(charger="dc-01") == ["EVSE:1.Power", "Connector:1.1.AvailabilityState", "?"]
    assert await listed(component="connector") == ["Connector:1.1.AvailabilityState"]
    assert await listed(component="EVSE:1.Power", severity=4) == ["EVSE:1.Power"]
    assert await listed(severity=3) == []
    assert await listed(last=1) == ["?"]
