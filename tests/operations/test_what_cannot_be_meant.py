"""What cannot be meant is not sent. What is about whole chargers, or about EVSEs, is asked of no part of one: nothing that was named is dropped."""

import pytest

from cpoctl.errors import UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.authlist.version import AskVersion
from cpoctl.operations.battery.swap import SwapBattery
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.customer_info import AskCustomer
from cpoctl.operations.charger.network import SetNetwork
from cpoctl.operations.charger.ping import Ping
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.der.set import SetControl
from cpoctl.operations.display.set import SetDisplay
from cpoctl.operations.monitor.set import SetMonitor
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.reservation.add import AddReservation
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.session.stop import StopSession
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.tariff.push import PushTariff
from cpoctl.operations.var.get import GetVariables
from tests.support.csms import Csms

AT, TARIFF = "HQ-07:2", '{"tariffId": "day", "currency": "EUR"}'
OF_CHARGERS = [
    SetControl(charger=AT, fixed_pf_inject=0.9, default=True),
    AskCustomer(charger=AT, tag="ANNA"),
    SwapBattery(charger=AT, tag="ANNA"),
    SetMonitor(charger=AT, name="EVSE:1.Power", kind="upper", value=1),
    CallAction(charger=AT, action="ClearCache"),
    AskVersion(charger=AT),
    GetVariables(charger=AT, names=("EVSE:1.Power",)),
    Ping(charger=AT),
]
OF_EVSES = [
    PushTariff(charger=f"{AT}.1", tariff=TARIFF),
    SetDisplay(charger=f"{AT}.1", text="Free"),
    Reset(charger=f"{AT}.1"),
    StartSession(charger=f"{AT}.1", tag="ANNA"),
    StopSession(session=f"{AT}.1"),
    AddReservation(charger=f"{AT}.1", tag="ANNA", until="2h"),
]


@pytest.mark.parametrize(("acts", "instead"), [(OF_CHARGERS, "HQ-07"), (OF_EVSES, "HQ-07:2")])
async def test_a_part_that_was_named_is_not_dropped(csms: Csms, acts: list[Act], instead: str) -> None:
    await csms.booted("HQ-07", version=Version.V21)
    for act in acts:
        with pytest.raises(UsageProblem, match="this is about") as problem:
            await csms.do(act)
        assert problem.value.detail["instead"] == instead, act.path


async def test_no_id_is_no_charger_that_is_not_known(csms: Csms) -> None:
    for nothing in "", " ":
        with pytest.raises(UsageProblem, match="CHARGER is empty"):
            await csms.do(Ping(charger=nothing))


@pytest.mark.parametrize("name", ["-", "*", "@x", "HQ\n01"])
async def test_an_id_that_commands_read_as_something_else_is_not_given(csms: Csms, name: str) -> None:
    for act in AddCharger(charger=name), AddTag(tag=name):
        with pytest.raises(UsageProblem, match="cannot be a"):
            await csms.do(act)


@pytest.mark.parametrize("name", [" ", " HQ-01", "HQ-01 "])
async def test_a_charger_is_called_nothing_that_begins_or_ends_with_a_blank(csms: Csms, name: str) -> None:
    with pytest.raises(UsageProblem, match="cannot be a charger's id"):
        await csms.do(AddCharger(charger=name))


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        ("", {}, "TEXT is empty"),
        (" ", {}, "TEXT is empty"),
        ("a\x1b[2Jb", {}, r"TEXT holds the control character \\x1b"),
        ("a", {"until": "2020-01-01T00:00:00Z"}, "is over already"),
        ("a", {"since": "2h", "until": "1h"}, "is before --from"),
    ],
)
async def test_a_message_that_no_screen_can_show(csms: Csms, text: str, more: dict[str, str], says: str) -> None:
    await csms.booted("HQ-07", version=Version.V21)
    with pytest.raises(UsageProblem, match=says):
        await csms.do(SetDisplay(charger="HQ-07", text=text, **more))  # type: ignore[arg-type] # only these fields


@pytest.mark.parametrize(
    ("url", "profile", "says"),
    [
        ("ws://csms.example.com/ocpp", 2, "does not fit --security-profile 2"),
        ("ws://csms.example.com/ocpp", 3, "does not fit --security-profile 3"),
        ("wss://csms.example.com/ocpp", 1, "does not fit --security-profile 1"),
        ("wss:///ocpp", 2, "with a host"),
        ("http://csms.example.com/ocpp", 1, "no ws:// or wss://"),
        ("wss://csms.example.com/oc\npp", 2, "control character"),
        ("wss://csms.example.com/ocpp/hq-07/", 2, "ends in HQ-07"),
        ("wss://[::1/ocpp", 2, "no ws:// or wss://"),
    ],
)
async def test_a_url_that_leads_a_charger_nowhere(csms: Csms, url: str, profile: int, says: str) -> None:
    await csms.booted("HQ-07", version=Version.V21)
    with pytest.raises(UsageProblem, match=says):
        await csms.do(SetNetwork(charger="HQ-07", slot=1, url=url, security_profile=profile))
