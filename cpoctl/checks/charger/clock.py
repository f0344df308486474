"""Clock: how far the charger's time is off, by the times in its own messages."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cpoctl.checks import Said, fail, ok, warn
from cpoctl.checks.charger import Facts
from cpoctl.table import span

_WARN_S = 30.0
_FAIL_S = 300.0
_TOLD = """
SELECT timestamp_raw, received_at FROM status_change WHERE charger_id = :charger AND timestamp_raw <> ''
ORDER BY status_change_id DESC LIMIT 20
"""


def stored(facts: Facts) -> Said | None:
    """Judge the newest status messages."""
    told = [(row["timestamp_raw"], row["received_at"]) for row in facts.rows(_TOLD)]
    return judged(skew(told), facts.charger_id)


def skew(told: Iterable[tuple[str, str]]) -> float | None:
    """Seconds by which the charger is ahead: of its times and ours, the pair that was delayed least."""
    off = [seconds for raw, at in told if (seconds := _ahead(raw, at)) is not None]
    return max(off, default=None)  # a message that waited in a queue only makes a clock look late


def judged(seconds: float | None, charger_id: str) -> Said | None:
    """What a skew means."""
    if seconds is None:
        return None
    if abs(seconds) < _WARN_S:
        return ok(f"right, to {max(1.0, abs(seconds)):.0f} s")
    where = f"{span(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"
    if abs(round(seconds / 1800) * 1800 - seconds) < _WARN_S and abs(seconds) < 15 * 3600:
        where += ", which looks like local time told as UTC"  # steve#136
    trigger = f"cpoctl charger trigger {charger_id} Heartbeat    the answer sets its clock"
    return fail(where, trigger) if abs(seconds) >= _FAIL_S else warn(where, trigger)


def _ahead(raw: str, at: str) -> float | None:
    try:
        theirs = datetime.fromisoformat(raw)
    except ValueError:
        return None
    ahead = theirs.replace(tzinfo=theirs.tzinfo or UTC) - datetime.fromisoformat(at)
    return ahead / timedelta(seconds=1)
