"""Sessions: how a stop finds its session when the charger gives a wrong transaction id."""

from typing import TYPE_CHECKING

from cpoctl.domain.access import one_group
from cpoctl.domain.energy import FIRST_READING as FIRST_READING
from cpoctl.domain.energy import LAST_READING as LAST_READING
from cpoctl.domain.energy import MISSING, REGRESSED

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession

SUPERSEDED = "superseded_open"  # another session began on the EVSE while this one was open
EXCEEDED = "sessions_exceeded"  # its tag had as many sessions as it may have, or came to as many, in the same moment
ELSEWHERE = "tag_elsewhere"  # its tag may not charge at its EVSE, which was told after the tag
BEGIN_MISSING = "begin_missing"  # a later step was told first, or is all that was
BEGIN_SAID = "begin_said"  # the same, and somebody has said when it began
STEPS_MISSING = "steps_missing"  # the charger numbers more steps than it has told
NO_PLACE = "connector_missing"  # no EVSE was told
BACKWARDS = "ended_before_begin"  # by the times that its charger told
OTHER_VERSION = "other_version"  # its charger booted with a version of OCPP in which it cannot tell its end
MATCHED = "stop_matched_by_evidence"
CLOSED_BY_HAND = "closed_by_hand"
STOP_CAME_LATER = "stop_came_later"  # the charger's own stop, after the session was closed by hand
CORRECTED = "corrected"  # somebody has decided what it was; what it was before is kept
REBUILT = "rebuilt"  # somebody had it computed anew
ENERGY_UNKNOWN = frozenset({MISSING, REGRESSED})
"""What a session is flagged with that has no energy."""
NO_BEGIN = frozenset({BEGIN_MISSING, BEGIN_SAID})
"""What a session is flagged with whose charger may still tell its begin."""
NO_ID = frozenset({"", "0", "-1"})


def matching_stop(
    charger: "LiveCharger", live: "LiveFleet", stopped_at: str, meter_stop_wh: float | None, tag_id: str
) -> "OpenSession | None":
    """The open session that a stop with an unknown transaction id must mean, or None.

    A 1.6 stop names no connector, so only a charger with exactly one open session leaves no doubt;
    a stop before the start, a lower meter or a tag of another group contradict it (steve#1569, libocpp#495).
    """
    if len(charger.sessions) != 1:
        return None
    session = next(iter(charger.sessions.values()))
    if stopped_at < session.started_at:
        return None
    if meter_stop_wh is not None and session.meter_start_wh is not None and meter_stop_wh < session.meter_start_wh:
        return None
    if tag_id and not one_group(tag_id, session.tag_id, live):
        return None
    return session


def backwards(started_at: str, stopped_at: str) -> str | None:
    """The flag of a session that would have ended before it began."""
    return BACKWARDS if stopped_at < started_at else None


def with_flags(flags: tuple[str, ...], *more: str | None) -> tuple[str, ...]:
    """The flags with more of them, each once, in order."""
    added = [flag for flag in more if flag]
    return tuple(dict.fromkeys([*flags, *added])) if added else flags
