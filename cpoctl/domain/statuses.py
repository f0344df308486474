"""Statuses of an EVSE in one vocabulary: what OCPP 2.x tells by connector and by transaction becomes what 1.6 tells.

A connector of 2.x is only Occupied; whether the car charges, waits or is done stands in its transaction, and without one
in what was shown before: a car that has charged has not left, any other may begin. OCPP 2.0.1 §2.13, §3.19
"""

from collections.abc import Iterable

OCCUPIED = "Occupied"
FINISHING = "Finishing"
NOT_DELIVERING = frozenset({"Available", "Unavailable", "Faulted", FINISHING})
"""In which nothing is drawn until a reading says otherwise."""
_IN_USE = ("Charging", "SuspendedEV", "SuspendedEVSE", FINISHING, "Preparing", OCCUPIED)
_OF_EVSE = (*_IN_USE, "Faulted", "Reserved", "Available", "Unavailable")
"""The status of one connector that says most of an EVSE: a car can use only one of them at a time."""

_CHARGED = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE", FINISHING})


def in_use(status: str) -> bool:
    """Whether a car has the EVSE."""
    return status in _IN_USE


def of_evse(connectors: Iterable[str]) -> str:
    """The status of an EVSE whose connectors have these."""
    told = set(connectors)
    return next((status for status in _OF_EVSE if status in told), next(iter(told), "Unknown"))


def occupied(charging_state: str | None, shown: str) -> str:
    """What Occupied means, by the charging state of the transaction there and the status that was shown before."""
    return while_charging(charging_state, shown) or (FINISHING if shown in _CHARGED else "Preparing")


def while_charging(charging_state: str | None, shown: str) -> str | None:
    """The status of an EVSE by the charging state of its transaction; None where that tells nothing.

    A car that is connected and does not charge is about to, or has done so: `shown`, the status before, tells which.
    """
    match charging_state:
        case "Charging" | "SuspendedEV" | "SuspendedEVSE":
            return charging_state
        case "EVConnected":
            return FINISHING if shown in _CHARGED else "Preparing"
        case "Idle":
            return FINISHING if shown in _CHARGED else None
    return None
