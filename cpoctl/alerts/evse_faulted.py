"""evse-faulted: an EVSE, or as EVSE 0 the charger itself, says that it is Faulted. OCPP 1.6 §4.9 · OCPP 2.0.1 G01"""

from collections.abc import Iterable
from typing import Final

from cpoctl import events
from cpoctl.alerts import Finding, Moment, short
from cpoctl.domain.live import Evse, LiveCharger

SEVERITY: Final = "critical"
TRIES: Final = (
    "cpoctl charger reset {charger} --yes    often clears it",
    "cpoctl doctor {charger}    what else is wrong with it",
    "cpoctl diag fetch {charger} --help    its own log tells more",
)
WATCHES: Final = (events.StatusChanged,)
FAULTED: Final = "Faulted"
NO_ERROR: Final = "NoError"


def place(event: events.StatusChanged) -> int:
    """Where the status changed."""
    return event.evse_id


def places(charger: LiveCharger) -> Iterable[int]:
    """Every EVSE that has told a status."""
    return tuple(charger.evses)


def finding(charger: LiveCharger, evse_id: int, at: Moment) -> Finding | None:
    """Whether its newest status is Faulted, and what it says of that."""
    evse = charger.evses.get(evse_id)
    if evse is None or evse.status != FAULTED:
        return None
    words = list(_words(evse))
    return Finding(evse.since, ", ".join(words) or "no error code", telling=bool(words))


def _words(evse: Evse) -> Iterable[str]:
    if evse.error_code and evse.error_code != NO_ERROR:
        yield short(evse.error_code)
    if evse.vendor_error_code:
        yield f"vendor code {short(evse.vendor_error_code)}"
    if evse.info:
        yield short(evse.info)
