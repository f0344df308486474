"""A charger's settings in OCPP 2.x: asked for, reported, changed, compared and applied. OCPP 2.0.1 B05 to B08"""

import asyncio
import json
from typing import Any

import pytest

from cpoctl.errors import NotFound, Partial, Refused, TimedOut, Unsupported, UsageProblem
from cpoctl.ocpp import Version, v2
from cpoctl.operations import Role
from cpoctl.operations.var.apply import ApplyVariables
from cpoctl.operations.var.diff import CompareVariables
from cpoctl.operations.var.get import GetVariables
from cpoctl.operations.var.list import CachedRow, ListVariables
from cpoctl.operations.var.report import ReportVariables
from cpoctl.operations.var.set import SetVariable
from cpoctl.operations.var.snapshot import TakeSnapshot
from tests.csms.test_device_model import INTERVAL, entry, report
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

HEARTBEAT = "OCPPCommCtrlr.HeartbeatInterval"
STATE = {**entry("EVSE", "AvailabilityState", "Available", id=1)}
STATE["variableAttribute"] = [{"value": "Available", "mutability": "ReadOnly"}]


@pytest.fixture(params=v2.VERSIONS)
async def charger(csms: Csms, request: pytest.FixtureRequest) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("DC-01", version=request.param)


def place(name: str) -> dict[str, Any]:
    """A variable as the wire names it."""
    component, variable = name.split(".")
    return {"component": {"name": component}, "variable": {"name": variable}}


def told(*, status: str = "Accepted", **values: str) -> dict[str, Any]:
    """An answer to GetVariables; `__` stands for the dot."""
    return {
        "getVariableResult": [
            {"attributeStatus": status, **place(name.replace("__", "."))}
            | ({"attributeValue": value} if status == "Accepted" else {})
            for name, value in values.items()
        ]
    }


async def reports(charger: RawCharger, *parts: Any, action: str = "GetBaseReport") -> dict[str, Any]:
    """Let the charger report; what it was asked."""
    call = await charger.reply({"status": "Accepted"})
    assert call[2] == action
    for number, part in enumerate(parts):
        more = number < len(parts) - 1
        await charger.call("NotifyReport", report(*part, number=call[3]["requestId"], seq_no=number, tbc=more))
    return dict(call[3])


async def remembered(csms: Csms, **choice: Any) -> list[CachedRow]:
    """What is remembered of the charger."""
    return await csms.store.reading(ListVariables(charger="dc-01", **choice).select)


async def test_named_variables_are_asked_for_told_and_remembered(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="DC-01", names=("ocppcommctrlr.heartbeatinterval",))))
    call = await charger.reply(told(OCPPCommCtrlr__HeartbeatInterval="300"))
    assert call[3] == {
        "getVariableData": [{"component": {"name": "ocppcommctrlr"}, "variable": {"name": "heartbeatinterval"}}]
    }
    assert [(row.name, row.value, row.known) for row in await act] == [(HEARTBEAT, "300", True)]
    (row,) = await remembered(csms)
    assert (row.name, row.component, row.kind, row.unit) == (HEARTBEAT, "OCPPCommCtrlr", "integer", "s")


async def test_without_names_the_whole_device_model_is_reported(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="DC-01")))
    asked = await reports(charger, [INTERVAL], [STATE])
    assert asked["reportBase"] == "FullInventory"
    assert [row.name for row in await act] == [
        "SampledDataCtrlr.TxUpdatedInterval", "SampledDataCtrlr.TxUpdatedInterval/MaxSet", "EVSE:1.AvailabilityState",
    ]  # fmt: skip
    assert [row.name for row in await remembered(csms, component="evse")] == ["EVSE:1.AvailabilityState"]
    assert [row.name for row in await remembered(csms, settable=True)] == ["SampledDataCtrlr.TxUpdatedInterval"]


async def test_a_part_is_reported_with_what_each_variable_may_be(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ReportVariables(charger="DC-01", component=("SampledDataCtrlr",))))
    asked = await reports(charger, [INTERVAL], action="GetReport")
    assert asked["componentVariable"] == [{"component": {"name": "SampledDataCtrlr"}}]
    row, _ = await act
    assert (row.value, row.kind, row.unit, row.limits, row.mutability) == ("60", "integer", "s", "0..900", "ReadWrite")


async def test_a_report_of_nothing_is_no_refusal_and_one_that_is_refused_is(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ReportVariables(charger="DC-01", criteria=("problem",))))
    await charger.reply({"status": "EmptyResultSet"})
    assert await act == []
    act = asyncio.create_task(csms.do(ReportVariables(charger="DC-01", base="summary")))
    await charger.reply({"status": "NotSupported", "statusInfo": {"reasonCode": "NoSummary"}})
    with pytest.raises(Refused, match="NotSupported: NoSummary"):
        await act


async def test_a_report_that_does_not_end_is_told_and_what_came_is_kept(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ReportVariables(charger="DC-01", timeout=0.3)))
    call = await charger.reply({"status": "Accepted"})
    await charger.call("NotifyReport", report(INTERVAL, number=call[3]["requestId"], tbc=True))
    with pytest.raises(TimedOut, match="not told all of it in time"):
        await act
    assert len(await remembered(csms)) == 2


async def test_what_is_too_much_at_once_is_asked_for_in_parts(csms: Csms, charger: RawCharger) -> None:  # B06.FR.05
    act = asyncio.create_task(csms.do(GetVariables(charger="DC-01", names=("A.B", "C.D", "E.F"))))
    await charger.reply(told(status="Rejected", A__B="", C__D="", E__F=""))
    limit = {"attributeStatus": "Accepted", "attributeValue": "2", "component": {"name": "DeviceDataCtrlr"},
             "variable": {"name": "ItemsPerMessage", "instance": "GetVariables"}}  # fmt: skip
    await charger.reply({"getVariableResult": [limit]})
    assert len((await charger.reply(told(A__B="1", C__D="2")))[3]["getVariableData"]) == 2
    await charger.reply(told(E__F="3"))
    assert [(row.name, row.value) for row in await act] == [("A.B", "1"), ("C.D", "2"), ("E.F", "3")]


async def test_a_name_that_the_charger_does_not_know_gets_the_nearest_of_its_own(
    csms: Csms, charger: RawCharger
) -> None:
    await charger.call("NotifyReport", report(entry("Fan", "Speed", "1")))
    act = asyncio.create_task(csms.do(GetVariables(charger="DC-01", names=("Fan.Speeed",))))
    await charger.reply(told(status="UnknownVariable", Fan__Speeed=""))
    with pytest.raises(NotFound) as unknown:
        await act
    assert unknown.value.hints[0] == "Fan.Speeed: UnknownVariable (did you mean Fan.Speed?)"


async def test_a_change_is_remembered_and_one_that_waits_for_a_reboot_says_so(csms: Csms, charger: RawCharger) -> None:
    for value, status in (("600", "Accepted"), ("900", "RebootRequired")):
        act = asyncio.create_task(csms.do(SetVariable(charger="DC-01", name=HEARTBEAT, value=value)))
        call = await charger.reply({"setVariableResult": [{"attributeStatus": status, **place(HEARTBEAT)}]})
        assert call[3] == {"setVariableData": [{"attributeValue": value, **place(HEARTBEAT)}]}
        assert (await act).status == status
    assert [(row.name, row.value, row.component) for row in await remembered(csms)] == [
        (HEARTBEAT, "600", "OCPPCommCtrlr")
    ]


async def test_a_refused_change_tells_the_chargers_reason(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(SetVariable(charger="DC-01", name="EVSE:1.Power", value="1")))
    refusal = {"attributeStatus": "Rejected", "attributeStatusInfo": {"reasonCode": "ReadOnly"}, **place("EVSE.Power")}
    await charger.reply({"setVariableResult": [refusal]})
    with pytest.raises(Refused, match="Rejected: ReadOnly"):
        await act


async def test_a_password_is_masked_wherever_it_is_kept_and_wants_an_admin(csms: Csms, charger: RawCharger) -> None:
    name = "SecurityCtrlr.BasicAuthPassword"
    change = SetVariable(charger="DC-01", name=name, value="hunter2hunter2hunter2")
    assert change.role_now() is Role.ADMIN
    assert "hunter2" not in change.consequence()
    act = asyncio.create_task(csms.do(change))
    await charger.reply({"setVariableResult": [{"attributeStatus": "Accepted", **place(name)}]})
    assert (await act).ok
    for table in ("variable", "journal", "task", "event", "report_part"):
        assert "hunter2" not in json.dumps(await csms.rows(f"SELECT * FROM {table}")), table


async def test_a_key_of_1_6_is_asked_for_and_changed_by_its_name_here(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="DC-01", names=("HeartbeatInterval",))))
    assert (await charger.reply(told(OCPPCommCtrlr__HeartbeatInterval="300")))[3] == {
        "getVariableData": [place(HEARTBEAT)]
    }
    assert [(row.name, row.value) for row in await act] == [(HEARTBEAT, "300")]
    change = asyncio.create_task(csms.do(SetVariable(charger="DC-01", name="HeartbeatInterval", value="60")))
    call = await charger.reply({"setVariableResult": [{"attributeStatus": "Accepted", **place(HEARTBEAT)}]})
    assert call[3] == {"setVariableData": [{"attributeValue": "60", **place(HEARTBEAT)}]}
    assert ((await change).name, (await change).note) == (
        HEARTBEAT,
        "HeartbeatInterval is OCPPCommCtrlr.HeartbeatInterval in OCPP 2.x",
    )
    assert [(row.name, row.value) for row in await remembered(csms)] == [(HEARTBEAT, "60")]


async def test_a_snapshot_of_1_6_is_applied_as_far_as_it_means_something_here(csms: Csms, charger: RawCharger) -> None:
    snapshot = (
        '{"HeartbeatInterval": "300", "ConnectionTimeOut": "30", "BlinkRepeat": "3", "AuthorizationKey": null,'
        ' "GetConfigurationMaxKeys": "9", "NumberOfConnectors": "2"}'
    )
    act = asyncio.create_task(csms.do(ApplyVariables(charger="DC-01", snapshot=snapshot)))
    result = told(OCPPCommCtrlr__HeartbeatInterval="60", TxCtrlr__EVConnectionTimeOut="30")
    most = {
        "component": {"name": "DeviceDataCtrlr"},
        "variable": {"name": "ItemsPerMessage", "instance": "GetVariables"},
    }
    result["getVariableResult"].append({"attributeStatus": "Accepted", "attributeValue": "50", **most})
    await charger.reply(result)
    call = await charger.reply({"setVariableResult": [{"attributeStatus": "Accepted", **place(HEARTBEAT)}]})
    assert call[3] == {"setVariableData": [{"attributeValue": "300", **place(HEARTBEAT)}]}
    with pytest.raises(Partial, match="is called BlinkRepeat: it was left out") as caught:
        await act
    rows = caught.value.detail["rows"]
    assert [(row.name, row.status, row.value, row.wanted) for row in rows] == [
        (HEARTBEAT, "Accepted", "60", "300"),
        ("AuthorizationKey", "Secret", None, None),
        ("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", "ReadOnly", "50", "9"),
        ("BlinkRepeat", "NoCounterpart", None, "3"),
    ]


async def test_a_misspelled_setting_is_a_failure(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(Refused, match="is called HeartbeatIntervl: it was left out"):
        await csms.do(ApplyVariables(charger="DC-01", snapshot="HeartbeatIntervl = 3"))


async def test_settings_for_several_are_a_matter_of_campaigns(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(UsageProblem, match="takes one charger") as caught:
        await csms.do(ApplyVariables(charger="DC-01,DC-02", snapshot="HeartbeatInterval = 3"))
    assert caught.value.hints[0].startswith("cpoctl campaign settings")


async def test_a_dry_run_tells_a_setting_without_counterpart_and_goes_well(csms: Csms, charger: RawCharger) -> None:
    rows = await csms.do(ApplyVariables(charger="DC-01", snapshot="HeartbeatIntervl = 3", dry_run=True))
    assert [row.status for row in rows] == ["NoCounterpart"]


async def test_chargers_of_two_versions_are_compared_by_what_their_settings_mean(
    csms: Csms, charger: RawCharger
) -> None:
    old = await csms.booted("HQ-07")
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07")))
    keys = {"HeartbeatInterval": "300", "ConnectionTimeOut": "60"}
    await old.reply({"configurationKey": [{"key": key, "readonly": False, "value": keys[key]} for key in keys]})
    await act
    await charger.call("NotifyReport", report(entry("OCPPCommCtrlr", "HeartbeatInterval", "300")))
    await charger.call("NotifyReport", report(entry("TxCtrlr", "EVConnectionTimeOut", "30")))
    found = await csms.do(CompareVariables(charger="DC-01", other="HQ-07"))
    assert [(row.name, row.change, row.value, row.other) for row in found] == [
        ("TxCtrlr.EVConnectionTimeOut", "changed", "30", "60")
    ]
    found = await csms.do(CompareVariables(charger="HQ-07", other="DC-01"))
    assert [(row.name, row.change) for row in found] == [("ConnectionTimeOut", "changed")]


async def test_a_charger_of_1_6_takes_names_of_2_x_and_refuses_a_choice_of_components(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07", names=(HEARTBEAT,))))
    call = await charger.reply({"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]})
    assert call[3] == {"key": ["HeartbeatInterval"]}
    assert [row.name for row in await act] == ["HeartbeatInterval"]
    with pytest.raises(UsageProblem, match=r"nothing that says the same as TxCtrlr\.TxStartPoint"):
        await csms.do(SetVariable(charger="HQ-07", name="TxCtrlr.TxStartPoint", value="EVConnected"))
    with pytest.raises(Unsupported, match="only as a whole") as lacking:
        await csms.do(ReportVariables(charger="HQ-07", component=("EVSE",)))
    assert "HQ-07" in lacking.value.message
    assert charger.unasked == 0


async def test_a_charger_of_1_6_reports_all_its_keys(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    act = asyncio.create_task(csms.do(ReportVariables(charger="HQ-07")))
    await charger.reply({"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]})
    (row,) = await act
    assert (row.name, row.value, row.kind, row.readonly) == ("HeartbeatInterval", "300", "integer", False)


async def test_a_snapshot_holds_what_can_be_set_and_goes_back(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(TakeSnapshot(charger="DC-01", refresh=True)))
    asked = await reports(charger, [INTERVAL, STATE])
    assert asked["reportBase"] == "ConfigurationInventory"
    snapshot = await act
    assert [(each.name, each.value) for each in snapshot.variables] == [("SampledDataCtrlr.TxUpdatedInterval", "60")]
    text = '{"sampleddatactrlr.txupdatedinterval": "60", "OCPPCommCtrlr.HeartbeatInterval": "300"}'
    applied = asyncio.create_task(csms.do(ApplyVariables(charger="DC-01", snapshot=text)))
    await charger.reply(told(SampledDataCtrlr__TxUpdatedInterval="060", OCPPCommCtrlr__HeartbeatInterval="60"))
    await charger.reply({"setVariableResult": [{"attributeStatus": "Accepted", **place(HEARTBEAT)}]})
    assert [(row.name, row.status, row.value, row.wanted) for row in await applied] == [
        (HEARTBEAT, "Accepted", "60", "300")
    ]


async def test_a_charger_that_was_upgraded_keeps_what_it_told_before(csms: Csms) -> None:
    old = await csms.booted("DC-01")
    act = asyncio.create_task(csms.do(GetVariables(charger="DC-01", names=("HeartbeatInterval",))))
    await old.reply({"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]})
    await act
    await old.hang_up()
    new = await csms.booted("DC-01", version=Version.V201)
    await new.call("NotifyReport", report(INTERVAL))
    snapshot = await csms.do(TakeSnapshot(charger="DC-01"))
    assert [each.name for each in snapshot.variables] == ["SampledDataCtrlr.TxUpdatedInterval"]
    names = [row.name for row in await remembered(csms)]
    assert names == [
        "HeartbeatInterval",
        "SampledDataCtrlr.TxUpdatedInterval",
        "SampledDataCtrlr.TxUpdatedInterval/MaxSet",
    ]
