"""Charging profiles under a name, and our memory of what chargers were given."""

import asyncio
import json
from typing import Any

import pytest

from cpoctl.errors import Conflict, NotFound, Refused, TimedOut, UsageProblem
from cpoctl.ocpp import Version, profiles
from cpoctl.operations import Act, Query
from cpoctl.operations.profile._rules import broken
from cpoctl.operations.profile.add import AddProfile
from cpoctl.operations.profile.clear import ClearProfile
from cpoctl.operations.profile.edit import EditProfile
from cpoctl.operations.profile.installed import ListInstalled
from cpoctl.operations.profile.list import ListProfiles
from cpoctl.operations.profile.rm import RemoveProfile
from cpoctl.operations.profile.set import SetProfile
from cpoctl.operations.profile.show import ShowProfile
from cpoctl.operations.session.start import StartSession
from tests.support.csms import Csms, start, stop
from tests.support.raw_charger import RawCharger

WHOLE = {
    "chargingProfileId": 9, "stackLevel": 1, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}, {"startPeriod": 60, "limit": 16}],
    },
}  # fmt: skip


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("HQ-07")


async def rows(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query."""
    return await csms.store.reading(query.select)


async def answered(csms: Csms, charger: RawCharger, act: Act, status: str = "Accepted") -> dict[str, Any]:
    """What an act sends to a charger that answers so."""
    doing = asyncio.create_task(csms.do(act))
    call = await charger.reply({"status": status})
    await asyncio.wait([doing])
    doing.exception()
    return dict(call[3])


async def installed(csms: Csms) -> list[tuple[Any, ...]]:
    """What is remembered of the charger, in short."""
    found = await rows(csms, ListInstalled(charger="hq-07"))
    return [(row.evse_id, row.purpose, row.limits, row.status, row.state) for row in found]


async def test_a_plain_limit_is_kept_listed_changed_and_forgotten(csms: Csms) -> None:
    kept = await csms.do(AddProfile(name="night", limit="16A", phases=3, note="quiet"))
    assert (kept.limits, kept.purpose, kept.kind, kept.warnings) == ("16 A", "tx-default", "Relative", [])
    await csms.do(AddProfile(name="day", profile=json.dumps(WHOLE)))
    assert [(row.name, row.limits) for row in await rows(csms, ListProfiles())] == [
        ("day", "6 to 16 A in 2 periods"), ("night", "16 A"),
    ]  # fmt: skip
    edited = await csms.do(EditProfile(name="NIGHT", limit="11kW", stack_level=2, note=""))
    assert (edited.name, edited.limits, edited.stack_level, edited.note) == ("night", "11000 W", 2, None)
    (shown,) = await rows(csms, ShowProfile(name="Night"))
    assert {name: getattr(shown, name) for name in vars(edited)} == vars(edited)
    assert [(period.start_s, period.limit, period.unit) for period in shown.periods] == [(0, 11000, "W")]
    assert (await csms.do(RemoveProfile(name="night"))).status == "Removed"
    assert [row.name for row in await rows(csms, ListProfiles())] == ["day"]


async def test_each_kept_limit_has_a_number_of_its_own(csms: Csms) -> None:
    made = [await csms.do(AddProfile(name=name, limit="16A")) for name in ("a", "b")]
    assert made[0].profile_id != made[1].profile_id


async def test_a_kind_that_is_changed_changes_the_start(csms: Csms) -> None:
    await csms.do(AddProfile(name="night", limit="16A"))
    edited = await csms.do(EditProfile(name="night", kind="absolute"))
    (schedule,) = edited.profile["chargingSchedule"]
    assert list(schedule) == ["id", "startSchedule", "chargingRateUnit", "chargingSchedulePeriod"]
    (schedule,) = (await csms.do(EditProfile(name="night", kind="relative"))).profile["chargingSchedule"]
    assert "startSchedule" not in schedule


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (AddProfile(name="night", limit="10A"), Conflict),
        (AddProfile(name="a name", limit="10A"), UsageProblem),
        (AddProfile(name="other"), UsageProblem),
        (AddProfile(name="other", profile="{}"), UsageProblem),
        (AddProfile(name="other", profile=json.dumps(WHOLE), limit="10A"), UsageProblem),
        (EditProfile(name="night"), UsageProblem),
        (EditProfile(name="night", phases=1), UsageProblem),
        (EditProfile(name="nihgt", limit="10A"), NotFound),
        (RemoveProfile(name="nihgt"), NotFound),
        (SetProfile(charger="HQ-07", kept="nihgt"), NotFound),
        (SetProfile(charger="HQ-07", kept="night", limit="10A"), UsageProblem),
        (SetProfile(charger="HQ-07", kept="night", profile=json.dumps(WHOLE)), UsageProblem),
        (StartSession(charger="HQ-07", tag="ANNA", profile="nihgt"), NotFound),
    ],
)
async def test_what_cannot_be_meant_is_told_and_nothing_is_sent(
    csms: Csms, charger: RawCharger, act: Act, kind: type[Exception]
) -> None:
    await csms.do(AddProfile(name="night", limit="16A"))
    with pytest.raises(kind) as refused:
        await csms.do(act)
    if kind is NotFound:
        assert "did you mean night?" in str(refused.value)
    assert charger.unasked == 0


async def test_a_kept_profile_is_set_by_its_name_and_remembered(csms: Csms, charger: RawCharger) -> None:
    kept = await csms.do(AddProfile(name="night", limit="16A"))
    payload = await answered(csms, charger, SetProfile(charger="HQ-07:2", kept="Night"))
    assert payload == {"connectorId": 2, "csChargingProfiles": profiles.spelled(kept.profile, Version.V16)}
    assert await installed(csms) == [(2, "tx-default", "16 A", "Accepted", "in force")]
    assert [row.name for row in await rows(csms, ListInstalled(charger="HQ-07"))] == ["night"]


async def test_a_kept_profile_of_the_running_session_names_its_transaction(csms: Csms, charger: RawCharger) -> None:
    await csms.do(AddProfile(name="slow", profile=json.dumps(WHOLE)))
    number = (await charger.call("StartTransaction", start(2)))["transactionId"]
    payload = await answered(csms, charger, SetProfile(charger="HQ-07", kept="slow"))
    assert payload["connectorId"] == 2
    assert list(payload["csChargingProfiles"])[:3] == ["chargingProfileId", "transactionId", "stackLevel"]
    assert payload["csChargingProfiles"]["transactionId"] == number
    await charger.call("StopTransaction", stop(number))
    assert [state for *_, state in await installed(csms)] == ["session over"]


async def test_a_kept_profile_goes_along_with_a_start(csms: Csms, charger: RawCharger) -> None:
    await csms.do(AddProfile(name="slow", profile=json.dumps(WHOLE)))
    payload = await answered(csms, charger, StartSession(charger="HQ-07:1", tag="ANNA", profile="slow"))
    assert payload == {"connectorId": 1, "idTag": "ANNA", "chargingProfile": WHOLE}


async def test_a_refused_profile_is_remembered_beside_the_one_that_stays(csms: Csms, charger: RawCharger) -> None:
    await answered(csms, charger, SetProfile(charger="HQ-07:1", limit="16A"))
    await answered(csms, charger, SetProfile(charger="HQ-07:1", limit="32A"), "Rejected")
    purpose = "tx-default"
    assert await installed(csms) == [
        (1, purpose, "16 A", "Accepted", "in force"), (1, purpose, "32 A", "Rejected", "not taken"),
    ]  # fmt: skip
    await answered(csms, charger, SetProfile(charger="HQ-07:1", limit="10A"))
    assert await installed(csms) == [(1, purpose, "10 A", "Accepted", "in force")]


async def test_a_profile_with_the_same_number_takes_the_place_of_another(csms: Csms, charger: RawCharger) -> None:
    await answered(csms, charger, SetProfile(charger="HQ-07:1", limit="16A", id=5))
    await answered(csms, charger, SetProfile(charger="HQ-07:1", limit="10A", id=5, stack_level=3))
    assert [limits for _, _, limits, *_ in await installed(csms)] == ["10 A"]


async def test_silence_is_remembered_as_such(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(TimedOut):
        await csms.do(SetProfile(charger="HQ-07:1", limit="16A", timeout=0.05))
    assert [(status, state) for *_, status, state in await installed(csms)] == [("NoAnswer", "not taken")]


async def test_a_profile_that_has_ended_is_told_as_expired(csms: Csms, charger: RawCharger) -> None:
    ended = {**WHOLE, "chargingProfilePurpose": "TxDefaultProfile", "validTo": "2020-01-01T00:00:00Z"}
    await answered(csms, charger, SetProfile(charger="HQ-07:1", profile=json.dumps(ended)))
    assert [state for *_, state in await installed(csms)] == ["expired"]


@pytest.mark.parametrize(
    ("clear", "left"),
    [
        (ClearProfile(charger="HQ-07"), []),
        (ClearProfile(charger="HQ-07:1"), [0, 2]),
        (ClearProfile(charger="HQ-07", purpose="charge-point-max"), [1, 2]),
        (ClearProfile(charger="HQ-07:2", stack_level=7), [0, 1, 2]),
        (ClearProfile(charger="HQ-07", id=11), [0, 2]),
    ],
)
async def test_what_a_charger_cleared_is_forgotten(
    csms: Csms, charger: RawCharger, clear: ClearProfile, left: list[int]
) -> None:
    for name, number in (("HQ-07", 10), ("HQ-07:1", 11), ("HQ-07:2", 12)):
        await answered(csms, charger, SetProfile(charger=name, limit="16A", id=number))
    await answered(csms, charger, clear, "NotSupported")
    assert [evse for evse, *_ in await installed(csms)] == [0, 1, 2]
    await answered(csms, charger, clear)
    assert [evse for evse, *_ in await installed(csms)] == left


async def test_a_charger_that_has_none_of_them_corrects_our_memory(csms: Csms, charger: RawCharger) -> None:
    await answered(csms, charger, SetProfile(charger="HQ-07", limit="16A"))
    await answered(csms, charger, ClearProfile(charger="HQ-07"), "Unknown")
    assert await installed(csms) == []


async def test_a_refusal_says_which_rules_the_profile_breaks_and_it_was_sent_all_the_same(
    csms: Csms, charger: RawCharger
) -> None:
    act = asyncio.create_task(csms.do(SetProfile(charger="HQ-07:1", limit="16A", purpose="charge-point-max")))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused) as refused:
        await act
    assert any("whole charger" in sentence for sentence in refused.value.detail["why"])


KEPT = {
    "id": 9, "stackLevel": 1, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
    "chargingSchedule": [{"id": 9, **WHOLE["chargingSchedule"]}],  # type: ignore[dict-item]  # a mixed dict
}  # fmt: skip


def scheduled(*begins: int) -> dict[str, Any]:
    """A schedule whose periods begin so."""
    return {"chargingSchedulePeriod": [{"startPeriod": begin} for begin in begins]}


def test_a_profile_that_keeps_the_rules_breaks_none() -> None:
    assert broken(KEPT) == []
    assert broken({**KEPT, "transactionId": "7"}, 1) == []


@pytest.mark.parametrize(
    ("change", "evse", "says"),
    [
        ({"chargingProfileKind": "Recurring"}, None, "recurrencyKind"),
        ({"chargingProfileKind": "Absolute"}, None, "startSchedule"),  # K01.FR.40
        ({"chargingProfilePurpose": "ChargingStationMaxProfile"}, None, "no session"),  # K01.FR.38
        ({"chargingProfilePurpose": "ChargingStationMaxProfile"}, 1, "whole charger"),
        ({"chargingProfilePurpose": "ChargingStationExternalConstraints"}, None, "not ours to set"),  # K01.FR.22
        ({"chargingProfilePurpose": "TxDefaultProfile", "transactionId": "7"}, None, "only a TxProfile"),
        ({}, 0, "on one EVSE"),  # K01.FR.16
        ({}, 1, "names its transaction"),  # K01.FR.03
        ({"chargingSchedule": [scheduled(60)]}, None, "begins at 0"),  # K01.FR.31
        ({"chargingSchedule": [scheduled(0, 9, 5)]}, None, "in the order"),  # K01.FR.35
        ({"chargingSchedule": [scheduled(0), scheduled(0, 9, 5)]}, None, "in the order"),
        ({"chargingSchedule": [{**scheduled(0), "startSchedule": ""}]}, None, "no startSchedule"),  # K01.FR.41
        ({"chargingProfileKind": "Dynamic"}, None, "one schedule with one period"),  # K28.FR.01
    ],
)
def test_each_rule_that_is_broken_is_told(change: dict[str, Any], evse: int | None, says: str) -> None:
    assert any(says in sentence for sentence in broken({**KEPT, **change}, evse))
