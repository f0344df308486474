"""What chargers of 2.x tell of limits, of cars' wishes, and of profiles. OCPP 2.0.1 K09, K12, K13, K15 · OCPP 2.1 K18, K19, K21, K28"""

import json
from typing import Any

import pytest

from cpoctl import events
from cpoctl.ocpp import Version
from cpoctl.store import rows
from cpoctl.store.sqlite import batch
from tests.csms.worlds import World

SCHEDULE = {
    "id": 1, "chargingRateUnit": "A",
    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}, {"startPeriod": 60, "limit": 16}],
}  # fmt: skip
LIMIT = {
    "evseId": 1,
    "chargingLimit": {"chargingLimitSource": "SO", "isGridCritical": True},
    "chargingSchedule": [SCHEDULE],
}
NEEDS = {
    "evseId": 1, "maxScheduleTuples": 3,
    "chargingNeeds": {
        "requestedEnergyTransfer": "DC", "departureTime": "2026-11-22T18:00:00Z",
        "dcChargingParameters": {"evMaxCurrent": 100, "evMaxVoltage": 400, "energyAmount": 20000, "stateOfCharge": 40},
    },
}  # fmt: skip
DYNAMIC = {
    "id": 5, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Dynamic",
    "chargingSchedule": [{
        "id": 5, "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "setpoint": -4000, "limit": 11000, "operationMode": "CentralSetpoint"}],
    }],
}  # fmt: skip
both = pytest.mark.parametrize("version", [Version.V201, Version.V21])


def given(profile: dict[str, Any], status: str = "Accepted", charger_id: str = "CP-1") -> rows.ProfileInstalled:
    """A profile in our memory."""
    return rows.ProfileInstalled(
        charger_id,
        1,
        "tx-default",
        0,
        status,
        profile["id"],
        None,
        json.dumps(profile),
        "2026-11-22T14:00:00.000Z",
        "x",
    )


def remember(world: World, *known: rows.ProfileInstalled) -> None:
    """Let the world's database hold rows."""
    world.database.execute("BEGIN")
    batch.write(world.database, [list(known)])
    world.database.execute("COMMIT")


@both
def test_a_limit_by_somebody_else_is_told_and_so_is_its_end(version: Version) -> None:
    world = World(version)
    told = world.tell("NotifyChargingLimit", LIMIT)
    assert told.answer == {}
    (limit,) = told.events
    assert isinstance(limit, events.ChargingLimitReported)
    assert (limit.evse_id, limit.source, limit.limits, limit.grid_critical) == (1, "SO", "6 to 16 A in 2 periods", True)
    assert limit.other["chargingSchedule"] == [SCHEDULE]
    cleared = world.tell("ClearedChargingLimit", {"chargingLimitSource": "SO"})
    assert (cleared.answer, cleared.events) == (
        {}, [events.ChargingLimitCleared(charger_id="CP-1", evse_id=None, source="SO")],
    )  # fmt: skip


@pytest.mark.parametrize(("version", "status"), [(Version.V201, "Rejected"), (Version.V21, "NoChargingProfile")])
def test_a_cars_wish_is_answered_with_no_promise_and_without_stopping_it(version: Version, status: str) -> None:
    """K15.FR.04, K18.FR.04: we make no schedules. In 2.1 Rejected would end the transaction (K18.FR.23)."""
    told = World(version).tell("NotifyEVChargingNeeds", NEEDS)
    assert told.answer["status"] == status
    assert told.answer["statusInfo"]["reasonCode"] == "NotEnabled"
    (needs,) = told.events
    assert isinstance(needs, events.ChargingNeedsReported)
    assert (needs.evse_id, needs.transfer, needs.departure) == (1, "DC", "2026-11-22T18:00:00Z")
    assert (needs.energy_wh, needs.soc_percent, needs.status) == (20000.0, 40.0, status)
    assert needs.other["maxScheduleTuples"] == 3


def test_a_car_that_can_give_back_wishes_its_target() -> None:
    """K19.FR.04"""
    wish = {
        "evseId": 1,
        "chargingNeeds": {
            "requestedEnergyTransfer": "AC_BPT", "controlMode": "DynamicControl",
            "v2xChargingParameters": {"evTargetEnergyRequest": 12000},
        },
    }  # fmt: skip
    (needs,) = World(Version.V21).tell("NotifyEVChargingNeeds", wish).events
    assert isinstance(needs, events.ChargingNeedsReported)
    assert (needs.transfer, needs.energy_wh) == ("AC_BPT", 12000.0)


@both
def test_what_a_car_will_do_is_taken_note_of(version: Version) -> None:
    call = {"timeBase": "2026-11-22T14:00:00Z", "evseId": 1, "chargingSchedule": SCHEDULE}
    told = World(version).tell("NotifyEVChargingSchedule", call)
    assert told.answer == {"status": "Accepted"}
    (chosen,) = told.events
    assert isinstance(chosen, events.ChargingScheduleChosen)
    assert (chosen.evse_id, chosen.limits) == (1, "6 to 16 A in 2 periods")


@both
def test_profiles_that_were_asked_for_are_kept_as_parts_of_a_report(version: Version) -> None:
    world = World(version)
    call = {"requestId": 7, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [], "tbc": True}
    first, last = (
        world.tell("ReportChargingProfiles", call),
        world.tell("ReportChargingProfiles", {**call, "tbc": False}),
    )
    assert [outcome.events[0].last for outcome in (first, last)] == [False, True]  # type: ignore[attr-defined]  # a ReportReceived
    assert [row.request_id for row in world.of(rows.ReportPart)] == [7, 7]


def test_a_dynamic_profile_of_ours_is_told_when_it_is_asked_for() -> None:
    """K28"""
    world = World(Version.V21)
    remember(world, given(DYNAMIC))
    told = world.tell("PullDynamicScheduleUpdate", {"chargingProfileId": 5})
    assert told.answer == {"scheduleUpdate": {"limit": 11000, "setpoint": -4000}, "status": "Accepted"}
    assert told.events == [events.DynamicUpdateRequested(charger_id="CP-1", profile_id=5, status="Accepted")]


@pytest.mark.parametrize(
    "known",
    [
        [],
        [given({**DYNAMIC, "chargingProfileKind": "Relative"})],
        [given(DYNAMIC, "Rejected")],
        [given(DYNAMIC, charger_id="CP-2")],
    ],
)
@pytest.mark.parametrize("number", [5, None, 2**80])
def test_what_is_no_dynamic_profile_of_ours_is_refused_with_the_reason(
    known: list[rows.ProfileInstalled], number: int | None
) -> None:
    world = World(Version.V21)
    remember(world, *known)
    told = world.tell("PullDynamicScheduleUpdate", {"chargingProfileId": number})
    assert (told.answer["status"], told.answer["statusInfo"]["reasonCode"]) == ("Rejected", "NotFound")


def test_priority_that_begins_without_us_is_told_with_its_session() -> None:
    world = World(Version.V21)
    begin = {
        "eventType": "Started", "timestamp": "2026-11-22T13:00:00Z", "triggerReason": "Authorized", "seqNo": 0,
        "transactionInfo": {"transactionId": "t-1"}, "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "ANNA", "type": "ISO14443"},
    }  # fmt: skip
    world.tell("TransactionEvent", begin)
    number = world.charger.sessions["t-1"].session_id
    for transaction, session_id in (("t-1", number), ("t-2", None)):
        told = world.tell("NotifyPriorityCharging", {"transactionId": transaction, "activated": True})
        assert told.events == [
            events.PriorityChargingChanged(
                charger_id="CP-1", transaction_id=transaction, session_id=session_id, active=True
            )
        ]


ODD: list[dict[str, Any]] = [
    {},
    {"evseId": "x", "chargingLimit": 7, "chargingSchedule": {"a": 1}, "chargingNeeds": [], "timeBase": 4},
    {"evseId": 2**80, "chargingLimit": {"chargingLimitSource": 7}, "chargingSchedule": ["a", [1], None]},
    {"evseId": None, "chargingNeeds": {"dcChargingParameters": {"energyAmount": "much", "stateOfCharge": None}}},
    {"chargingProfileId": "5", "transactionId": 7, "activated": "yes", "requestId": 2**80, "tbc": 1},
]


@pytest.mark.parametrize("payload", ODD)
@pytest.mark.parametrize(
    "action",
    [
        "NotifyChargingLimit", "ClearedChargingLimit", "NotifyEVChargingNeeds", "NotifyEVChargingSchedule",
        "ReportChargingProfiles", "PullDynamicScheduleUpdate", "NotifyPriorityCharging",
    ],
)  # fmt: skip
def test_whatever_they_contain_they_are_answered_as_the_standard_wants(action: str, payload: dict[str, Any]) -> None:
    outcome = World(Version.V21).tell(action, payload)
    assert len(outcome.events) == 1
