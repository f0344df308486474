"""Charging profiles in the words of each version, and there and back. OCPP 1.6 §3.13 · OCPP 2.0.1 K · OCPP 2.1 K28"""

from datetime import UTC, datetime
from typing import Any

import pytest

from cpoctl.errors import Unsupported
from cpoctl.ocpp import profiles
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.profiles import (
    AllowTransfer,
    ClearProfiles,
    CompositeSchedule,
    ReportProfiles,
    SetProfile,
    UpdateDynamic,
    UsePriority,
    steps,
)
from tests.unit.asks.cases import V16, V21, V201, Becomes, both, check

NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
PERIODS = [{"startPeriod": 0, "limit": 6, "numberPhases": 3}, {"startPeriod": 60, "limit": 16.5}]
OF_16: dict[str, Any] = {
    "chargingProfileId": 9, "transactionId": 7, "stackLevel": 1, "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative", "validTo": "2027-01-01T00:00:00Z",
    "chargingSchedule": {"duration": 60, "chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS, "minChargingRate": 6},
}  # fmt: skip
OF_201: dict[str, Any] = {
    "id": 9, "stackLevel": 1, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
    "validTo": "2027-01-01T00:00:00Z",
    "chargingSchedule": [{
        "id": 9, "duration": 60, "chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS, "minChargingRate": 6,
    }],
    "transactionId": "7",
}  # fmt: skip
LIMIT = {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000}]}
MAX_16 = {
    "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "ChargePointMaxProfile",
    "chargingProfileKind": "Absolute", "chargingSchedule": LIMIT,
}  # fmt: skip
MAX_2 = {
    "id": 1, "stackLevel": 0, "chargingProfilePurpose": "ChargingStationMaxProfile", "chargingProfileKind": "Absolute",
    "chargingSchedule": [{"id": 1, **LIMIT}],
}  # fmt: skip
DYNAMIC = {
    "id": 5, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Dynamic",
    "chargingSchedule": [{
        "id": 5, "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "setpoint": -4000, "operationMode": "CentralSetpoint"}],
    }],
    "dynUpdateInterval": 60,
}  # fmt: skip
IN_V21 = {name: OF_201[name] for name in (*list(OF_201)[:5], "transactionId", "chargingSchedule")}


def profile_set(evse_id: int, in_16: Any, in_201: Any, in_21: Any = None) -> Becomes:
    """What SetChargingProfile becomes."""
    return {
        V16: ("SetChargingProfile", {"connectorId": evse_id, "csChargingProfiles": in_16}),
        V201: ("SetChargingProfile", {"evseId": evse_id, "chargingProfile": in_201}),
        V21: ("SetChargingProfile", {"evseId": evse_id, "chargingProfile": in_21 or in_201}),
    }


def composite(unit: str | None) -> Becomes:
    """What GetCompositeSchedule becomes."""
    rate = {"chargingRateUnit": unit} if unit else {}
    return {
        V16: ("GetCompositeSchedule", {"connectorId": 1, "duration": 60, **rate}),
        **both("GetCompositeSchedule", {"duration": 60, **rate, "evseId": 1}),
    }


EVERY_SOURCE = {"chargingLimitSource": ["EMS", "Other", "SO", "CSO"]}
TX_DEFAULT = "TxDefaultProfile"
CASES: list[tuple[Ask, Becomes]] = [
    (SetProfile(evse_id=2, profile=profiles.kept(OF_16)), profile_set(2, OF_16, OF_201, IN_V21)),
    (SetProfile(evse_id=2, profile=profiles.kept(OF_201)), profile_set(2, OF_16, OF_201, IN_V21)),
    (SetProfile(evse_id=0, profile=profiles.kept(MAX_16)), profile_set(0, MAX_16, MAX_2)),
    (SetProfile(evse_id=1, profile=DYNAMIC), {V21: ("SetChargingProfile", {"evseId": 1, "chargingProfile": DYNAMIC})}),
    (
        ClearProfiles(number=9),
        {V16: ("ClearChargingProfile", {"id": 9}), **both("ClearChargingProfile", {"chargingProfileId": 9})},
    ),
    (
        ClearProfiles(evse_id=2, purpose="tx-default", stack_level=1),
        {
            V16: (
                "ClearChargingProfile", {"connectorId": 2, "chargingProfilePurpose": TX_DEFAULT, "stackLevel": 1}
            ),
            **both(
                "ClearChargingProfile",
                {"chargingProfileCriteria": {"evseId": 2, "chargingProfilePurpose": TX_DEFAULT, "stackLevel": 1}},
            ),
        },
    ),
    (
        ClearProfiles(purpose="charge-point-max"),
        {
            V16: ("ClearChargingProfile", {"chargingProfilePurpose": "ChargePointMaxProfile"}),
            **both(
                "ClearChargingProfile",
                {"chargingProfileCriteria": {"chargingProfilePurpose": "ChargingStationMaxProfile"}},
            ),
        },
    ),
    (
        ClearProfiles(purpose="priority"),
        {V21: ("ClearChargingProfile", {"chargingProfileCriteria": {"chargingProfilePurpose": "PriorityCharging"}})},
    ),
    (ClearProfiles(number=9, evse_id=2), {V16: ("ClearChargingProfile", {"id": 9, "connectorId": 2})}),  # K10.FR.02
    (CompositeSchedule(evse_id=1, seconds=60), composite(None)),
    (CompositeSchedule(evse_id=1, seconds=60, unit="A"), composite("A")),
    (ReportProfiles(request_id=7), both("GetChargingProfiles", {"requestId": 7, "chargingProfile": EVERY_SOURCE})),
    (
        ReportProfiles(request_id=7, evse_id=0, purpose="external", stack_level=2),
        both(
            "GetChargingProfiles",
            {
                "requestId": 7,
                "evseId": 0,
                "chargingProfile": {"chargingProfilePurpose": "ChargingStationExternalConstraints", "stackLevel": 2},
            },
        ),
    ),
    (
        ReportProfiles(request_id=7, number=9),
        both("GetChargingProfiles", {"requestId": 7, "chargingProfile": {"chargingProfileId": [9]}}),  # K09.FR.03
    ),
    (
        UpdateDynamic(number=5, limit=10.0, discharge_limit=-5.0, setpoint=-4000.0),
        {
            V21: (
                "UpdateDynamicSchedule",
                {
                    "chargingProfileId": 5,
                    "scheduleUpdate": {"limit": 10.0, "dischargeLimit": -5.0, "setpoint": -4000.0},
                },
            )
        },
    ),
    (UsePriority(transaction_id="t", active=True, evse_id=1), {V21: ("UsePriorityCharging", {"transactionId": "t", "activate": True})}),
    (
        AllowTransfer(transaction_id="t", modes=("DC", "DC_BPT")),
        {V21: ("NotifyAllowedEnergyTransfer", {"transactionId": "t", "allowedEnergyTransfer": ["DC", "DC_BPT"]})},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


def test_clearing_everything_names_every_purpose_of_ours_where_something_must_be_named() -> None:
    """K10.FR.02"""
    assert ClearProfiles().each(V16) == [ClearProfiles()]
    assert [each.purpose for each in ClearProfiles().each(V201)] == ["charge-point-max", "tx-default", "tx"]
    assert [each.purpose for each in ClearProfiles().each(V21)][3:] == ["priority", "local-generation"]
    assert ClearProfiles(evse_id=1).each(V21) == [ClearProfiles(evse_id=1)]


@pytest.mark.parametrize(
    ("change", "version", "says", "needs"),
    [
        ({"chargingSchedule": OF_201["chargingSchedule"] * 2}, V16, "more than one schedule", ["2.0.1", "2.1"]),
        ({"transactionId": "a7"}, V16, "transactionId that is a text", ["2.0.1", "2.1"]),
        ({"customData": {"vendorId": "v"}}, V16, "customData", ["2.0.1", "2.1"]),
        ({"chargingProfilePurpose": "PriorityCharging"}, V201, "purpose priority", ["2.1"]),
        (
            {"chargingProfilePurpose": "ChargingStationExternalConstraints"},
            V16,
            "purpose external",
            ["2.0.1", "2.1"],
        ),
        (DYNAMIC, V201, "kind Dynamic, dynUpdateInterval, setpoint, operationMode, period without a limit", ["2.1"]),
        (
            {"chargingSchedule": [{**OF_201["chargingSchedule"][0], "randomizedDelay": 5}]},
            V16,
            "randomizedDelay",
            ["2.1"],
        ),
    ],
)
def test_what_a_version_cannot_say_is_named_with_the_one_that_can(
    change: dict[str, Any], version: Any, says: str, needs: list[str]
) -> None:
    with pytest.raises(Unsupported, match=f"profiles of OCPP {version} have no {says}$") as cannot:
        profiles.spelled({**OF_201, **change}, version)
    assert cannot.value.detail["needs"] == needs


@pytest.mark.parametrize(
    ("profile", "word"),
    [(MAX_16, "charge-point-max"), (MAX_2, "charge-point-max"), (OF_201, "tx"), ({"chargingProfilePurpose": "Odd"}, "Odd")],
)  # fmt: skip
def test_a_purpose_has_one_word_in_every_version(profile: dict[str, Any], word: str) -> None:
    assert profiles.purpose_of(profile) == word


@pytest.mark.parametrize(
    ("schedules", "text"),
    [
        (OF_16["chargingSchedule"], "6 to 16.5 A in 2 periods"),
        (MAX_2["chargingSchedule"], "11000 W"),
        ([LIMIT, LIMIT], "11000 W, and one more schedule"),
        ([LIMIT, LIMIT, LIMIT], "11000 W, and 2 more schedules"),
        (DYNAMIC["chargingSchedule"], "-"),
        (None, "-"),
        (["junk", {"chargingSchedulePeriod": ["junk", {"limit": "16"}, {"limit": 10**400}]}], "-"),
    ],
)
def test_limits_are_told_in_short(schedules: Any, text: str) -> None:
    assert profiles.limits(schedules) == text


def test_what_limits_add_up_to_is_read_from_either_form() -> None:
    in_16 = {
        "status": "Accepted", "connectorId": 1, "scheduleStart": "2026-11-22T14:00:00Z",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS},
    }  # fmt: skip
    in_2 = {
        "status": "Accepted",
        "schedule": {
            "chargingSchedulePeriod": PERIODS, "evseId": 1, "duration": 60, "scheduleStart": "2026-11-22T14:00:00Z",
            "chargingRateUnit": "A",
        },
    }  # fmt: skip
    assert steps(in_16, NOW) == steps(in_2, NOW)
    assert [(step.begins.minute, step.limit, step.unit, step.phases) for step in steps(in_2, NOW)] == [
        (0, 6.0, "A", 3), (1, 16.5, "A", None),
    ]  # fmt: skip


def test_a_charger_of_21_may_tell_what_it_may_give_back() -> None:
    period = {"startPeriod": 0, "dischargeLimit": -3000, "setpoint": -2000}
    (step,) = steps({"schedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": [period, "junk"]}}, NOW)
    assert (step.limit, step.discharge_limit, step.setpoint) == (None, -3000, -2000)
