"""What the standard demands of a charging profile beyond its schema: told, and never a reason not to send it.

OCPP 2.0.1 K01 has made requirements of most of what 1.6 says in prose; they are the same rules.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cpoctl.ocpp.profiles import purpose_of

Profile = Mapping[str, Any]
Rule = tuple[Callable[[Profile], bool], str]


def _starts(profile: Profile) -> list[bool]:
    return ["startSchedule" in schedule for schedule in profile["chargingSchedule"]]


def _periods(profile: Profile) -> list[list[int]]:
    """When the periods of each schedule begin."""
    return [[each["startPeriod"] for each in one["chargingSchedulePeriod"]] for one in profile["chargingSchedule"]]


_OF_PROFILE: tuple[Rule, ...] = (
    (
        lambda it: it["chargingProfileKind"] == "Recurring" and "recurrencyKind" not in it,
        "a Recurring profile says with recurrencyKind how often it recurs (1.6 §7.8)",
    ),
    (
        lambda it: it["chargingProfileKind"] in ("Absolute", "Recurring") and not all(_starts(it)),
        "an Absolute or Recurring profile says with startSchedule when it begins (1.6 §7.13, K01.FR.40)",
    ),
    (
        lambda it: it["chargingProfileKind"] == "Relative" and any(_starts(it)),
        "a Relative profile begins with the session and has no startSchedule (1.6 §7.13, K01.FR.41)",
    ),
    (
        lambda it: purpose_of(it) == "charge-point-max" and it["chargingProfileKind"] == "Relative",
        "a limit of the whole charger belongs to no session that a Relative one could begin with (ha#677, K01.FR.38)",
    ),
    (
        lambda it: "transactionId" in it and purpose_of(it) != "tx",
        "only a TxProfile names a transaction (1.6 §7.8)",
    ),
    (
        lambda it: any(not periods or periods[0] != 0 for periods in _periods(it)),
        "the first period begins at 0 (1.6 §7.14, K01.FR.31)",
    ),
    (
        lambda it: any(periods != sorted(periods) for periods in _periods(it)),
        "periods stand in the order of their time (1.6 §7.14, K01.FR.35)",
    ),
    (
        lambda it: purpose_of(it) == "external",
        "limits of others are not ours to set (K01.FR.22)",
    ),
    (
        lambda it: it["chargingProfileKind"] == "Dynamic" and [len(each) for each in _periods(it)] != [1],
        "a Dynamic profile has one schedule with one period (K28.FR.01)",
    ),
)  # fmt: skip
_OF_PLACE: tuple[tuple[Callable[[Profile, int], bool], str], ...] = (
    (
        lambda it, evse: purpose_of(it) == "charge-point-max" and evse != 0,
        "this purpose is for the whole charger, not for one EVSE (1.6 §3.13.1)",
    ),
    (
        lambda it, evse: purpose_of(it) == "tx" and evse == 0,
        "a TxProfile is for the session on one EVSE (1.6 §3.13.1, K01.FR.16)",
    ),
    (
        lambda it, evse: purpose_of(it) == "tx" and "transactionId" not in it,
        "a TxProfile that is set names its transaction (1.6 §5.16, K01.FR.03)",
    ),
)


def broken(profile: Profile, evse: int | None = None) -> list[str]:
    """The rules that a profile breaks, as sentences; with an EVSE also those of that place."""
    found = [told for is_broken, told in _OF_PROFILE if is_broken(profile)]
    if evse is not None:
        found += [told for is_misplaced, told in _OF_PLACE if is_misplaced(profile, evse)]
    return found
