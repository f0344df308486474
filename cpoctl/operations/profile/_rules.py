"""What the standard demands of a charging profile beyond its schema: told, and never a reason not to send it."""

from collections.abc import Callable, Mapping
from typing import Any

Profile = Mapping[str, Any]
Rule = tuple[Callable[[Profile], bool], str]


def _periods(profile: Profile) -> Any:
    return profile["chargingSchedule"]["chargingSchedulePeriod"]


_OF_PROFILE: tuple[Rule, ...] = (
    (
        lambda it: it["chargingProfileKind"] == "Recurring" and "recurrencyKind" not in it,
        "a Recurring profile says with recurrencyKind how often it recurs (1.6 §7.8)",
    ),
    (
        lambda it: (
            it["chargingProfileKind"] in ("Absolute", "Recurring") and "startSchedule" not in it["chargingSchedule"]
        ),
        "an Absolute or Recurring profile says with startSchedule when it begins (1.6 §7.13)",
    ),
    (
        lambda it: it["chargingProfileKind"] == "Relative" and "startSchedule" in it["chargingSchedule"],
        "a Relative profile begins with the session and has no startSchedule (1.6 §7.13)",
    ),
    (
        lambda it: it["chargingProfilePurpose"] == "ChargePointMaxProfile" and it["chargingProfileKind"] == "Relative",
        "a ChargePointMaxProfile belongs to no session that a Relative one could begin with (ha#677)",
    ),
    (
        lambda it: "transactionId" in it and it["chargingProfilePurpose"] != "TxProfile",
        "only a TxProfile names a transaction (1.6 §7.8)",
    ),
    (
        lambda it: not _periods(it) or _periods(it)[0]["startPeriod"] != 0,
        "the first period begins at 0 (1.6 §7.14)",
    ),
    (
        lambda it: [each["startPeriod"] for each in _periods(it)] != sorted(each["startPeriod"] for each in _periods(it)),
        "periods stand in the order of their time (1.6 §7.14)",
    ),
)  # fmt: skip
_OF_PLACE: tuple[tuple[Callable[[Profile, int], bool], str], ...] = (
    (
        lambda it, evse: it["chargingProfilePurpose"] == "ChargePointMaxProfile" and evse != 0,
        "a ChargePointMaxProfile is for the whole charger, not for one EVSE (1.6 §3.13.1)",
    ),
    (
        lambda it, evse: it["chargingProfilePurpose"] == "TxProfile" and evse == 0,
        "a TxProfile is for the session on one EVSE (1.6 §3.13.1)",
    ),
    (
        lambda it, evse: it["chargingProfilePurpose"] == "TxProfile" and "transactionId" not in it,
        "a TxProfile that is set names its transaction (1.6 §5.16)",
    ),
)


def broken(profile: Profile, evse: int | None = None) -> list[str]:
    """The rules that a profile breaks, as sentences; with an EVSE also those of that place."""
    found = [told for is_broken, told in _OF_PROFILE if is_broken(profile)]
    if evse is not None:
        found += [told for is_misplaced, told in _OF_PLACE if is_misplaced(profile, evse)]
    return found
