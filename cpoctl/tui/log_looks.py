"""How the wire log tells where one is in it: its title, and what waits below the last line. Pure."""

from datetime import UTC, datetime

from cpoctl.clock import stored
from cpoctl.operations import instant
from cpoctl.table import local
from cpoctl.tui.widgets.lines import Line, Piece
from cpoctl.tui.wire_intake import Intake
from cpoctl.tui.wire_log import Ring


def title(ring: Ring, *, following: bool, text: str, quiet: bool, rate: float) -> Line:
    """Which exchanges are shown, through which filter, and how many come in a second."""
    state: Piece = ("FOLLOW", "good") if following else ("PAUSED" if ring.live else "HISTORY", "offline")
    total = len(ring.entries) + ring.dropped
    told = [
        *([f"only {ring.scope} (esc: all)"] if ring.scope else []),
        *([f"around {local(instant_of(ring.at))}"] if ring.at and not ring.live else []),
        *([f"filter: {text}"] if text else []),
        *(["no Heartbeat, MeterValues (x)"] if quiet else []),
        *([f"{_number(len(ring.shown))} shown"] if text or quiet else []),
        f"{_number(len(ring.entries))} of {_number(total)} lines" if ring.dropped else f"{_number(total)} lines",
        f"{rate:.1f} frames/s",
    ]
    return [(" ", ""), state, (" · " + " · ".join(told), "header")]


def waiting(intake: Intake) -> str:
    """What is not shown yet, and which key shows it."""
    if intake.waiting:
        return f"frozen, {_newer(intake.waiting)} waiting (p goes on)"
    if not intake.ring.live:
        return f"+ {_newer(intake.newer)} since (End or f: what happens now; pgdn: what came next)"
    return f"+ {_newer(intake.newer)} below (End or f to follow again)"


def instant_of(at: str) -> str:
    """An instant as it is stored, of the words that somebody asked for it by."""
    return stored(instant(at, datetime.now(UTC), "at", ago=True))


def _number(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _newer(number: int) -> str:
    return "1 newer line" if number == 1 else f"{_number(number)} newer lines"
