"""Chargers' timestamps: read tolerantly, judged against our clock, never trusted alone (RELIABILITY V-04)."""

from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cpoctl.clock import parsed, stored

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=24)
_DOUBTED_FROM_S = 60.0
"""Less is no matter to anybody, and what a clock is wrong by before that is known."""
SUSPECT = "timestamp_suspect"
NO_ZONE = "timestamp_without_zone"
MISSING = "timestamp_missing"
CLOCK = "clock_corrected"  # its charger's clock was known to be wrong, and by how much
AHEAD = "timestamp_ahead"  # as corrected it is later than it was told: nobody knows how wrong its charger's clock was
CHANGED = "clock_changed"  # its begin and its end were corrected differently: they are by two clocks
BELIEVED = frozenset({None, NO_ZONE, CLOCK})
"""The flags of a time that is what the charger said."""
DOUBTS = frozenset({SUSPECT, NO_ZONE, MISSING, CLOCK, AHEAD, CHANGED})
"""The flags of a session that say something of its times."""
_RECEIVED = frozenset({SUSPECT, MISSING})


def effective(raw: str | None, received: datetime) -> tuple[datetime, str | None]:
    """The instant to work with, and a flag when it is not simply what the charger said.

    A readable time between the year 2000 and a day ahead of us stands; a time without zone is read as
    UTC (Growatt, evcc#10399); anything else becomes the time of receipt.
    """
    if not raw:
        return received, MISSING
    moment = _read(raw)
    if moment is None:
        return received, SUSPECT
    flag = None
    if moment.tzinfo is not UTC:
        try:
            moment, flag = _in_utc(moment)
        except OverflowError:
            return received, SUSPECT
    if not _EARLIEST <= moment <= received + _AHEAD:
        return received, SUSPECT
    return moment, flag


def effective_text(raw: str, received: datetime) -> tuple[str, str | None]:
    """The same as it is stored. The usual form, whole seconds with Z, is short work: every sample has one."""
    if len(raw) == len("2026-11-22T14:02:11Z") and raw[10] == "T" and raw[19] == "Z" and raw[4] == raw[7] == "-":
        try:
            if _EARLIEST <= datetime.fromisoformat(raw) <= received:
                return raw[:19] + ".000Z", None
        except ValueError:
            return stored(received), SUSPECT
    moment, doubt = effective(raw, received)
    return stored(moment), doubt


def corrected_by(raw: str, at: datetime) -> float:
    """The seconds that were taken off a time as it was told, which is now held to be `at`; 0 where it cannot be read."""
    moment = _read(raw)
    if moment is None:
        return 0.0
    with suppress(OverflowError):
        seconds = (_in_utc(moment)[0] - at).total_seconds()
        return seconds if abs(seconds) >= 1.0 else 0.0  # a part of a second is not kept
    return 0.0


def corrected(flags: Collection[str], raw: str, at: str) -> float:
    """The seconds that were taken off a begin for its charger's clock; one that somebody has said tells nothing of a clock."""
    if (CLOCK in flags or NO_ZONE in flags) and is_told(flags):
        return corrected_by(raw, parsed(at))
    return 0.0


def is_told(flags: Collection[str]) -> bool:
    """Whether what is flagged so took no time of receipt instead of what the charger said."""
    return _RECEIVED.isdisjoint(flags)


def doubted(at: str, received: datetime, received_at: str) -> str | None:
    """The flag of a begin or an end that is later than it was told, which no right clock tells."""
    return AHEAD if at > received_at and at > stored(received + timedelta(seconds=_DOUBTED_FROM_S)) else None


def changed(begin_s: float, raw: str, at: str) -> str | None:
    """The flag of a session from whose begin another error of the clock was taken off than from its end, told as `raw`."""
    return CHANGED if abs(begin_s - corrected_by(raw, parsed(at))) > _DOUBTED_FROM_S else None


def _in_utc(moment: datetime) -> tuple[datetime, str | None]:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC), NO_ZONE
    return moment.astimezone(UTC), None


def _read(raw: str) -> datetime | None:
    text = raw.strip()
    # Only year-month-day: fromisoformat knows weeks and undelimited dates too, chargers mean nothing by them.
    if text[4:5] != "-" or text[7:8] != "-" or len(text) < len("2026-11-22T14"):
        return None
    with suppress(ValueError):
        return datetime.fromisoformat(text.upper() if text[-1] == "z" else text)
    return None
