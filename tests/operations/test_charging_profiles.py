"""Limits: set plainly or as a whole profile, cleared, and what they add up to."""

import asyncio
import json
from typing import Any

import pytest

from cpoctl.errors import ChargerOffline, Conflict, NotFound, Refused, UsageProblem
from cpoctl.operations import Act
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.profile.clear import ClearProfile
from cpoctl.operations.profile.composite import AskComposite
from cpoctl.operations.profile.set import SetProfile
from cpoctl.operations.session.start import StartSession
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.support.csms import BOOT, Csms, start
from tests.support.raw_charger import RawCharger

WHOLE = {
    "chargingSchedule": {"chargingSchedulePeriod": [{"limit": 8.1, "startPeriod": 0}], "chargingRateUnit": "A"},
    "chargingProfileKind": "Relative", "chargingProfilePurpose": "TxProfile", "stackLevel": 1, "chargingProfileId": 9,
}  # fmt: skip


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("HQ-07")


async def sent(csms: Csms, charger: RawCharger, act: Act) -> dict[str, Any]:
    """What an act sends to a charger that accepts."""
    doing = asyncio.create_task(csms.do(act))
    call = await charger.reply({"status": "Accepted"})
    assert (await doing).ok
    return dict(call[3])


async def test_a_plain_limit_of_an_evse_is_a_default_for_its_sessions(csms: Csms, charger: RawCharger) -> None:
    payload = await sent(csms, charger, SetProfile(charger="HQ-07:2", limit="16A", phases=3, until="2h"))
    now = csms.clock.now()
    profile = payload["csChargingProfiles"]
    assert payload["connectorId"] == 2
    assert list(profile) == [
        "chargingProfileId", "stackLevel", "chargingProfilePurpose", "chargingProfileKind", "validTo",
        "chargingSchedule",
    ]  # fmt: skip
    assert (profile["stackLevel"], profile["chargingProfilePurpose"]) == (0, "TxDefaultProfile")
    assert profile["chargingProfileKind"] == "Absolute"
    assert profile["validTo"] == f"{now.replace(hour=now.hour + 2):%Y-%m-%dT%H:%M:%SZ}"
    assert profile["chargingSchedule"] == {
        "startSchedule": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16, "numberPhases": 3}],
    }


async def test_a_plain_limit_of_a_charger_is_its_maximum(csms: Csms, charger: RawCharger) -> None:
    payload = await sent(csms, charger, SetProfile(charger="HQ-07", limit="11kW"))
    assert (payload["connectorId"], payload["csChargingProfiles"]["chargingProfilePurpose"]) == (
        0,
        "ChargePointMaxProfile",
    )


@pytest.mark.parametrize(
    ("limit", "unit", "value"),
    [("8.1A", "A", 8.1), ("16.29 a", "A", 16.2), ("0A", "A", 0), ("7400W", "W", 7400), ("7,36kw", "W", 7360)],
)
async def test_a_limit_is_sent_in_the_unit_it_was_said_in_with_one_decimal(
    csms: Csms, charger: RawCharger, limit: str, unit: str, value: float
) -> None:
    payload = await sent(csms, charger, SetProfile(charger="HQ-07", limit=limit))
    schedule = payload["csChargingProfiles"]["chargingSchedule"]
    assert (schedule["chargingRateUnit"], schedule["chargingSchedulePeriod"][0]["limit"]) == (unit, value)


async def test_a_later_limit_of_the_same_place_has_the_same_number_and_another_place_another(
    csms: Csms, charger: RawCharger
) -> None:
    numbers = [
        (await sent(csms, charger, SetProfile(charger=name, limit="16A")))["csChargingProfiles"]["chargingProfileId"]
        for name in ("HQ-07", "HQ-07:1", "HQ-07:2", "HQ-07:2")
    ]
    assert numbers[2] == numbers[3]
    assert len(set(numbers)) == 3


async def test_a_limit_of_the_running_session_names_its_transaction(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(NotFound, match="no open session"):
        await csms.do(SetProfile(charger="HQ-07", limit="16A", purpose="tx"))
    number = (await charger.call("StartTransaction", start(2)))["transactionId"]
    payload = await sent(csms, charger, SetProfile(charger="HQ-07", limit="16A", purpose="tx"))
    assert payload["connectorId"] == 2
    assert payload["csChargingProfiles"]["transactionId"] == number
    await charger.call("StartTransaction", start(1))
    with pytest.raises(Conflict, match="several open sessions"):
        await csms.do(SetProfile(charger="HQ-07", limit="16A", purpose="tx"))


async def test_a_charger_that_never_answers_an_absolute_profile_gets_a_relative_one(csms: Csms) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    charger = await csms.dial("HQ-07")
    await charger.call("BootNotification", {**BOOT, "chargePointVendor": "Timxon"})
    profile = (await sent(csms, charger, SetProfile(charger="HQ-07:1", limit="16A")))["csChargingProfiles"]
    assert profile["chargingProfileKind"] == "Relative"
    assert "startSchedule" not in profile["chargingSchedule"]


async def test_a_whole_profile_is_sent_as_it_is_in_the_order_of_the_standard(csms: Csms, charger: RawCharger) -> None:
    payload = await sent(csms, charger, SetProfile(charger="HQ-07:1", profile=json.dumps(WHOLE)))
    assert payload == {"connectorId": 1, "csChargingProfiles": WHOLE}
    assert list(payload["csChargingProfiles"]) == [
        "chargingProfileId", "stackLevel", "chargingProfilePurpose", "chargingProfileKind", "chargingSchedule",
    ]  # fmt: skip
    assert list(payload["csChargingProfiles"]["chargingSchedule"]) == ["chargingRateUnit", "chargingSchedulePeriod"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "say --limit"),
        ({"limit": "16"}, "no limit"),
        ({"limit": "-16A"}, "no limit"),
        ({"limit": "16A", "until": "soon"}, "neither a time nor a duration"),
        ({"profile": "{"}, "not JSON"),
        ({"profile": "[]"}, "a JSON object"),
        ({"profile": "{}"}, "chargingProfileId"),
        ({"profile": json.dumps(WHOLE), "limit": "16A", "stack_level": 0}, "--limit, --stack-level"),
    ],
)
async def test_a_limit_that_cannot_be_meant_is_not_sent(
    csms: Csms, charger: RawCharger, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageProblem, match=says) as wrong:
        await csms.do(SetProfile(charger="HQ-07", **given))
    assert wrong.value.hints
    assert (charger.unasked, await csms.count("command")) == (0, 0)


async def test_a_refused_limit_comes_with_other_forms_to_try(csms: Csms, charger: RawCharger) -> None:
    whole = json.dumps(WHOLE)
    for given, other in [
        (SetProfile(charger="HQ-07", limit="16A"), "cpoctl profile set HQ-07:1 --limit"),
        (SetProfile(charger="HQ-07:2", limit="16A"), "--kind relative"),
        (SetProfile(charger="HQ-07:2", profile=whole), "session list --open"),
    ]:
        act = asyncio.create_task(csms.do(given))
        await charger.reply({"status": "Rejected"})
        with pytest.raises(Refused) as refused:
            await act
        assert any(other in hint for hint in refused.value.hints)


@pytest.mark.parametrize(
    ("act", "payload"),
    [
        (ClearProfile(charger="HQ-07"), {}),
        (ClearProfile(charger="HQ-07:0"), {"connectorId": 0}),
        (
            ClearProfile(charger="HQ-07:2", id=9, purpose="tx", stack_level=1),
            {"id": 9, "connectorId": 2, "chargingProfilePurpose": "TxProfile", "stackLevel": 1},
        ),
    ],
)
async def test_limits_are_cleared_by_what_the_operator_named(
    csms: Csms, charger: RawCharger, act: ClearProfile, payload: dict[str, Any]
) -> None:
    assert list((await sent(csms, charger, act)).items()) == list(payload.items())


async def test_clearing_what_is_not_there_tells_how_to_see_what_is(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ClearProfile(charger="HQ-07", id=9)))
    await charger.reply({"status": "Unknown"})
    with pytest.raises(Refused, match="Unknown") as refused:
        await act
    assert any("profile composite" in hint for hint in refused.value.hints)


async def test_what_limits_add_up_to_is_told_period_by_period(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(AskComposite(charger="HQ-07:1", duration=3600.0, unit="A")))
    periods = [{"startPeriod": 0, "limit": 16.0, "numberPhases": 3}, {"startPeriod": 600, "limit": "6"}, "junk"]
    call = await charger.reply({
        "status": "Accepted", "connectorId": 1, "scheduleStart": "2026-03-01T12:00:00+01:00",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
    })  # fmt: skip
    assert list(call[3].items()) == [("connectorId", 1), ("duration", 3600), ("chargingRateUnit", "A")]
    assert [(row.start_at, row.limit, row.unit, row.phases) for row in await act] == [
        ("2026-03-01T11:00:00.000Z", 16.0, "A", 3), ("2026-03-01T11:10:00.000Z", 6.0, "A", None),
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [{"status": "Accepted"}, {"status": "Accepted", "chargingSchedule": {}}])
async def test_an_answer_without_a_schedule_is_an_empty_list(
    csms: Csms, charger: RawCharger, answer: dict[str, Any]
) -> None:
    act = asyncio.create_task(csms.do(AskComposite(charger="HQ-07", duration=60.0)))
    assert (await charger.reply(answer))[3] == {"connectorId": 0, "duration": 60}
    assert await act == []


@pytest.mark.parametrize(
    "act",
    [
        SetProfile(charger="HQ-07", limit="16A"),
        ClearProfile(charger="HQ-07"),
        AskComposite(charger="HQ-07", duration=9),
    ],
    ids=["set", "clear", "composite"],
)
async def test_an_offline_charger_has_no_limits_to_change(csms: Csms, act: Act) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    with pytest.raises(ChargerOffline):
        await csms.do(act)


async def test_a_session_starts_with_its_profile_inside(csms: Csms, charger: RawCharger) -> None:
    act = StartSession(charger="HQ-07:1", tag="ANNA", profile=json.dumps(WHOLE))
    payload = await sent(csms, charger, act)
    assert list(payload) == ["connectorId", "idTag", "chargingProfile"]
    assert payload["chargingProfile"] == WHOLE
    with pytest.raises(UsageProblem, match="no charging profile"):
        await csms.do(StartSession(charger="HQ-07:1", tag="ANNA", profile="{}"))


async def test_a_simulated_charger_obeys_a_limit_until_it_is_cleared(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    async with VirtualCharger(f"ws://127.0.0.1:{csms.port}/", "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        await csms.do(SetProfile(charger="CP-1", limit="6kW"))
        limited = await csms.do(AskComposite(charger="CP-1:1", duration=60.0, unit="W"))
        assert limited[0].limit == 6000
        await csms.do(ClearProfile(charger="CP-1"))
        assert (await csms.do(AskComposite(charger="CP-1:1", duration=60.0, unit="W")))[0].limit > 6000
