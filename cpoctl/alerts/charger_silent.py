"""charger-silent: a charger that was connected before is not, for longer than it takes to connect again. RELIABILITY L-08

After a start of the server it gets longer: many chargers come back only after minutes, and that is no fault of theirs.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from cpoctl import events
from cpoctl.alerts import Finding, Moment, short
from cpoctl.clock import parsed, stored
from cpoctl.domain.live import LiveCharger

SEVERITY: Final = "critical"
TRIES: Final = (
    "cpoctl doctor {charger}    why it may not come back",
    "cpoctl charger history {charger} --kind connection --last 20    whether it does this often",
    "cpoctl charger reset {charger} --queue --yes    restarts it as soon as it is back",
)
WATCHES: Final = (events.ChargerConnected, events.ChargerDisconnected)


def place(event: events.Event) -> None:
    """The charger and its connection."""
    return


def places(charger: LiveCharger) -> Iterable[None]:
    """The charger and its connection."""
    return (None,)


def finding(charger: LiveCharger, evse_id: int | None, at: Moment) -> Finding | None:
    """Whether it has no connection and once had one."""
    if charger.connected or charger.last_seen is None:
        return None
    since, left = stored(charger.last_seen), charger.left_at is not None
    return Finding(since, _what(charger), _due(charger, at), telling=left)


def _due(charger: LiveCharger, at: Moment) -> datetime:
    if charger.left_at is None:
        return at.started_at + timedelta(seconds=at.settings.after_start_s)
    return parsed(charger.left_at) + timedelta(seconds=at.settings.silent_after_s)


def _what(charger: LiveCharger) -> str:
    lost = "not connected since the server started" if charger.left_at is None else "connection lost"
    why = f": {short(charger.left_because)}" if charger.left_because else ""
    running = sorted(session.session_id for session in charger.sessions.values())
    sessions = f", session {', '.join(map(str, running[:3]))} open" if running else ""
    return f"{lost}{why}{sessions}"
