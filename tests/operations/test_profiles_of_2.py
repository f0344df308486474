"""Limits on chargers of 2.x: set, cleared, asked for, changed while they apply. OCPP 2.0.1 K01, K08, K09, K10 · OCPP 2.1 K21, K28"""

import asyncio
import json
from typing import Any

import pytest

from cpoctl.errors import Conflict, NotFound, Refused, TimedOut, Unsupported, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.profile.add import AddProfile
from cpoctl.operations.profile.ask import AskProfiles
from cpoctl.operations.profile.clear import ClearProfile
from cpoctl.operations.profile.composite import AskComposite
from cpoctl.operations.profile.installed import ListInstalled
from cpoctl.operations.profile.set import SetProfile
from cpoctl.operations.profile.update import UpdateProfile
from cpoctl.operations.session.allow import AllowTransfer
from cpoctl.operations.session.priority import SetPriority
from tests.csms.conftest import Make
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

BEGIN = {
    "eventType": "Started", "timestamp": "2026-11-22T13:00:00Z", "triggerReason": "Authorized", "seqNo": 0,
    "transactionInfo": {"transactionId": "t-1"}, "evse": {"id": 2, "connectorId": 1},
    "idToken": {"idToken": "ANNA", "type": "ISO14443"},
}  # fmt: skip
SETPOINT = {
    "id": 5, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Dynamic",
    "chargingSchedule": [{
        "id": 5, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "setpoint": -4000}],
    }],
}  # fmt: skip


@pytest.fixture
async def csms(make_csms: Make) -> Csms:
    """A central system that knows the tag."""
    made: Csms = await make_csms()
    await made.tag("ANNA")
    return made


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that speaks 2.0.1."""
    return await csms.booted("HQ-07", version=Version.V201)


@pytest.fixture
async def newer(csms: Csms) -> RawCharger:
    """A charger that speaks 2.1."""
    return await csms.booted("HQ-08", version=Version.V21)


async def answered(csms: Csms, charger: RawCharger, act: Act, *answers: dict[str, Any]) -> tuple[Any, list[Any]]:
    """What an act comes to, and the payloads of its Calls."""
    doing = asyncio.create_task(csms.do(act))
    sent = [(await charger.reply(answer))[2:] for answer in answers or ({"status": "Accepted"},)]
    return await doing, sent


async def installed(csms: Csms, name: str) -> list[tuple[Any, ...]]:
    """What is remembered of a charger, in short."""
    found = await csms.store.reading(ListInstalled(charger=name).select)
    return [(row.evse_id, row.purpose, row.limits, row.status, row.profile_id) for row in found]


async def test_a_plain_limit_is_a_profile_of_2_and_is_remembered(csms: Csms, charger: RawCharger) -> None:
    _, [(action, payload)] = await answered(csms, charger, SetProfile(charger="HQ-07", limit="11kW"))
    profile = payload["chargingProfile"]
    assert (action, payload["evseId"], profile["chargingProfilePurpose"]) == (
        "SetChargingProfile", 0, "ChargingStationMaxProfile",
    )  # fmt: skip
    (schedule,) = profile["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 11000}]
    assert await installed(csms, "HQ-07") == [(0, "charge-point-max", "11000 W", "Accepted", profile["id"])]


async def test_a_limit_of_the_running_session_names_its_transaction_as_the_charger_does(
    csms: Csms, charger: RawCharger
) -> None:
    await charger.call("TransactionEvent", BEGIN)
    _, [(_, payload)] = await answered(csms, charger, SetProfile(charger="HQ-07", limit="16A", purpose="tx"))
    assert (payload["evseId"], payload["chargingProfile"]["transactionId"]) == (2, "t-1")


async def test_one_kept_profile_serves_chargers_of_every_version(csms: Csms, charger: RawCharger) -> None:
    await csms.do(AddProfile(name="night", limit="16A", id=9))
    older = await csms.booted("CP-1")
    _, [(_, new)] = await answered(csms, charger, SetProfile(charger="HQ-07:2", kept="night"))
    _, [(_, old)] = await answered(csms, older, SetProfile(charger="CP-1:2", kept="night"))
    assert (new["chargingProfile"]["id"], old["csChargingProfiles"]["chargingProfileId"]) == (9, 9)
    assert new["chargingProfile"]["chargingSchedule"] == [{"id": 9, **old["csChargingProfiles"]["chargingSchedule"]}]


async def test_what_only_21_can_say_is_refused_by_name_on_older_chargers(csms: Csms, charger: RawCharger) -> None:
    await csms.booted("CP-1")
    for name, speaks in (("HQ-07", "2.0.1"), ("CP-1", "1.6")):
        with pytest.raises(Unsupported) as refused:
            await csms.do(SetProfile(charger=f"{name}:1", profile=json.dumps(SETPOINT)))
        assert refused.value.message.startswith(
            f"{name} cannot: profiles of OCPP {speaks} have no kind Dynamic, setpoint"
        )
        assert refused.value.hints[0] == f"needs OCPP 2.1, {name} speaks {speaks}"
    assert (charger.unasked, await csms.count("installed_profile")) == (0, 0)


async def test_clearing_everything_is_asked_purpose_by_purpose_and_summed_up(csms: Csms, charger: RawCharger) -> None:
    """K10.FR.02"""
    await answered(csms, charger, SetProfile(charger="HQ-07", limit="11kW"))
    unknown, fine = {"status": "Unknown"}, {"status": "Accepted"}
    outcome, sent = await answered(csms, charger, ClearProfile(charger="HQ-07"), unknown, fine, unknown)
    assert outcome.ok
    assert [payload["chargingProfileCriteria"] for _, payload in sent] == [
        {"chargingProfilePurpose": "ChargingStationMaxProfile"},
        {"chargingProfilePurpose": "TxDefaultProfile"},
        {"chargingProfilePurpose": "TxProfile"},
    ]
    assert await installed(csms, "HQ-07") == []
    with pytest.raises(Refused, match="Unknown"):
        await answered(csms, charger, ClearProfile(charger="HQ-07"), unknown, unknown, unknown)


async def test_one_purpose_that_is_not_cleared_is_a_refusal(csms: Csms, charger: RawCharger) -> None:
    await answered(csms, charger, SetProfile(charger="HQ-07", limit="11kW"))
    doing = asyncio.create_task(csms.do(ClearProfile(charger="HQ-07")))
    await charger.reply({"status": "Accepted"})
    await charger.refuse("InternalError", "no")
    await charger.reply({"status": "Accepted"})
    with pytest.raises(Refused, match="InternalError"):
        await doing
    assert len(await installed(csms, "HQ-07")) == 1


async def test_what_limits_add_up_to_is_told_period_by_period(csms: Csms, charger: RawCharger) -> None:
    schedule = {
        "evseId": 1, "duration": 3600, "scheduleStart": "2026-03-01T12:00:00+01:00", "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}, {"startPeriod": 600, "limit": 6.0}],
    }  # fmt: skip
    answer = {"status": "Accepted", "schedule": schedule}
    rows, [(_, payload)] = await answered(csms, charger, AskComposite(charger="HQ-07:1", duration=3600.0), answer)
    assert payload == {"duration": 3600, "evseId": 1}
    assert [(row.start_at, row.limit, row.unit) for row in rows] == [
        ("2026-03-01T11:00:00.000Z", 16.0, "A"), ("2026-03-01T11:10:00.000Z", 6.0, "A"),
    ]  # fmt: skip


async def test_a_charger_tells_its_profiles_in_several_messages(csms: Csms, charger: RawCharger) -> None:
    """K09"""
    doing = asyncio.create_task(csms.do(AskProfiles(charger="HQ-07", purpose="tx-default")))
    call = await charger.reply({"status": "Accepted"})
    assert call[3]["chargingProfile"] == {"chargingProfilePurpose": "TxDefaultProfile"}
    profile = {
        "id": 9, "stackLevel": 1, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative",
        "chargingSchedule": [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]}],
    }  # fmt: skip
    for evse_id, source, more in ((1, "CSO", True), (2, "EMS", False)):
        part = {"requestId": call[3]["requestId"], "chargingLimitSource": source, "evseId": evse_id, "tbc": more}
        await charger.call("ReportChargingProfiles", {**part, "chargingProfile": [profile]})
    assert [(row.evse_id, row.purpose, row.limits, row.source, row.profile_id) for row in await doing] == [
        (1, "tx-default", "6 A", "CSO", 9), (2, "tx-default", "6 A", "EMS", 9),
    ]  # fmt: skip


async def test_a_charger_without_profiles_has_none_to_tell(csms: Csms, charger: RawCharger) -> None:
    assert (await answered(csms, charger, AskProfiles(charger="HQ-07:1"), {"status": "NoProfiles"}))[0] == []


async def test_profiles_that_never_come_are_missed(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(TimedOut, match="promised its profiles"):
        await answered(csms, charger, AskProfiles(charger="HQ-07", timeout=0.1))


@pytest.mark.parametrize("given", [{"purpose": "tx"}, {"stack_level": 0}])
async def test_a_number_says_already_which_profile_is_meant(
    csms: Csms, charger: RawCharger, given: dict[str, Any]
) -> None:
    """K09.FR.03"""
    with pytest.raises(UsageProblem, match="by itself"):
        await csms.do(AskProfiles(charger="HQ-07", id=9, **given))


async def test_an_older_charger_cannot_be_asked_and_our_memory_is_named_instead(csms: Csms) -> None:
    await csms.booted("CP-1")
    with pytest.raises(Unsupported) as refused:
        await csms.do(AskProfiles(charger="CP-1"))
    assert any("cpoctl profile installed" in hint for hint in refused.value.hints)


async def test_a_dynamic_limit_is_changed_remembered_and_told_when_asked_for(csms: Csms, newer: RawCharger) -> None:
    """K28"""
    await answered(csms, newer, SetProfile(charger="HQ-08:1", limit="16A", kind="dynamic", id=5))
    _, [(action, payload)] = await answered(csms, newer, UpdateProfile(charger="HQ-08", number=5, limit=10.0))
    assert (action, payload) == (
        "UpdateDynamicSchedule", {"chargingProfileId": 5, "scheduleUpdate": {"limit": 10.0}},
    )  # fmt: skip
    assert await installed(csms, "HQ-08") == [(1, "tx-default", "10 A", "Accepted", 5)]
    pulled = await newer.call("PullDynamicScheduleUpdate", {"chargingProfileId": 5})
    assert pulled == {"scheduleUpdate": {"limit": 10.0}, "status": "Accepted"}


async def test_a_dynamic_limit_that_is_refused_stays_as_it_was(csms: Csms, newer: RawCharger) -> None:
    await answered(csms, newer, SetProfile(charger="HQ-08:1", limit="16A", kind="dynamic", id=5))
    with pytest.raises(Refused):
        await answered(csms, newer, UpdateProfile(charger="HQ-08", number=5, limit=10.0), {"status": "Rejected"})
    assert [limits for _, _, limits, *_ in await installed(csms, "HQ-08")] == ["16 A"]
    with pytest.raises(UsageProblem, match="--setpoint"):
        await csms.do(UpdateProfile(charger="HQ-08", number=5))


async def test_a_running_session_gets_priority_and_its_ways_of_transfer(csms: Csms, newer: RawCharger) -> None:
    """K21, Q01"""
    await newer.call("TransactionEvent", BEGIN)
    number = str((await csms.session())["session_id"])
    for session in (number, "HQ-08:2"):
        _, [sent] = await answered(csms, newer, SetPriority(session=session, state="on"))
        assert sent == ["UsePriorityCharging", {"transactionId": "t-1", "activate": True}]
    _, [sent] = await answered(csms, newer, AllowTransfer(session=number, mode=("DC", "DC_BPT")))
    assert sent == ["NotifyAllowedEnergyTransfer", {"transactionId": "t-1", "allowedEnergyTransfer": ["DC", "DC_BPT"]}]
    with pytest.raises(Refused, match="NoProfile") as refused:
        await answered(csms, newer, SetPriority(session=number, state="on"), {"status": "NoProfile"})
    assert "--purpose priority" in refused.value.hints[0]


@pytest.mark.parametrize(
    "act", [SetPriority(session="77", state="off"), AllowTransfer(session="77", mode=("DC",))], ids=lambda act: act.path
)
async def test_a_session_that_is_not_there_has_no_priority_and_no_ways(csms: Csms, act: Act) -> None:
    with pytest.raises((NotFound, Conflict), match="no session 77"):
        await csms.do(act)
