"""Registers: what the energy register of an EVSE counts from, as its sessions show (FIELD-NOTES 29)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cpoctl.domain.energy import JITTER_WH, Meaning

ENOUGH = 3  # sessions that have used something; fewer prove nothing
SESSIONS_MOST = 20


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where a session's register went; `anew`: its charger connected anew since the session before."""

    start_wh: float
    stop_wh: float
    anew: bool = False


def meaning(spans: Sequence[Span]) -> Meaning:
    """What the register counts from. `spans`: the sessions of one EVSE, the oldest first."""
    used = [span for span in spans if span.stop_wh > span.start_wh + JITTER_WH]
    if len(used) < ENOUGH:
        return Meaning.UNKNOWN
    if all(span.start_wh <= JITTER_WH for span in used):
        return Meaning.SESSION
    falls = [place for place in range(1, len(used)) if _fell(used[place - 1], used[place])]
    if not falls or (len(falls) == 1 and len(used) - falls[0] >= ENOUGH):  # one fall long ago: another meter
        return Meaning.LIFETIME
    return Meaning.BOOT if all(used[place].anew for place in falls) else Meaning.UNKNOWN


def _fell(before: Span, after: Span) -> bool:
    return after.start_wh < before.stop_wh - JITTER_WH
