"""What an older charger cannot do, and what is no payload: the hints name this charger or session and run as they stand."""

import pytest

from cpoctl.errors import Unsupported, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.charger.web_payment import TellWebPayment
from cpoctl.operations.monitor.adjust import AdjustStream
from cpoctl.operations.monitor.streams import AskStreams
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.profile.set import SetProfile
from cpoctl.operations.session.priority import SetPriority
from cpoctl.operations.session.status import AskStatus
from cpoctl.operations.session.tariff import ChangeTariff
from cpoctl.operations.tariff.push import PushTariff
from tests.operations.newer import step
from tests.support.csms import Csms, start

V16, V201 = Version.V16, Version.V201
TARIFF = '{"tariffId": "day", "currency": "EUR"}'


@pytest.mark.parametrize(
    ("version", "act", "hint"),
    [
        (V16, Reset(charger="CP-1:1"), "cpoctl charger reset CP-1 --yes "),
        (V16, Reset(charger="CP-1:1", hard=True), "cpoctl charger reset CP-1 --hard --confirm CP-1 "),
        (V201, TellWebPayment(charger="CP-1:2"), "cpoctl session start CP-1:2 --tag TAG "),
        (V201, AskStreams(charger="CP-1"), "cpoctl monitor set CP-1 EVSE:1.Power --type periodic --value 60 "),
        (V201, AdjustStream(charger="CP-1", stream=1, values=2), "cpoctl monitor set CP-1 "),
        (V16, AskStreams(charger="CP-1"), "cpoctl var set CP-1 MeterValueSampleInterval 60 --yes "),
        (V16, AskStatus(session="CP-1"), "cpoctl session list --charger CP-1 "),
    ],
)
async def test_it_is_told_what_there_is_instead(csms: Csms, version: Version, act: Act, hint: str) -> None:
    await csms.booted("CP-1", version=version)
    with pytest.raises(Unsupported) as problem:
        await csms.do(act)
    assert [each for each in problem.value.hints if each.startswith(hint)], problem.value.hints


@pytest.mark.parametrize("version", [V16, V201])
async def test_of_a_session_it_is_told_with_its_number_and_its_place(csms: Csms, version: Version) -> None:
    charger = await csms.booted("CP-1", version=version)
    await (
        charger.call("StartTransaction", start())
        if version is V16
        else charger.call("TransactionEvent", step("Started", 0))
    )
    with pytest.raises(Unsupported) as problem:
        await csms.do(SetPriority(session="1", state="on"))
    assert problem.value.hints[1].startswith("cpoctl profile set CP-1:1 --limit 32A --yes ")
    with pytest.raises(Unsupported) as problem:
        await csms.do(ChangeTariff(session="1", tariff=TARIFF))
    assert problem.value.hints[1].startswith("cpoctl session stop 1 --yes ")


@pytest.mark.parametrize(
    ("act", "hint"),
    [
        (PushTariff(charger="CP-1", tariff="{}"), "cpoctl ocpp call CP-1 SetDefaultTariff "),
        (SetProfile(charger="CP-1:2", profile="{}"), "cpoctl profile set CP-1:2 --limit 16A --yes "),
        (CallAction(charger="CP-1", action="Reset", payload="[]"), "cpoctl ocpp call CP-1 ClearCache '{}' --yes "),
    ],
)
async def test_what_is_no_payload_is_told_with_the_charger_that_was_meant(csms: Csms, act: Act, hint: str) -> None:
    await csms.booted("CP-1", version=Version.V21)
    with pytest.raises(UsageProblem) as problem:
        await csms.do(act)
    assert [each for each in problem.value.hints if each.startswith(hint)], problem.value.hints
