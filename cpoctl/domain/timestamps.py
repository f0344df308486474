"""Chargers' timestamps: read tolerantly, judged against our clock, never trusted alone (RELIABILITY V-04)."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cpoctl.clock import stored

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=24)
SUSPECT = "timestamp_suspect"
NO_ZONE = "timestamp_without_zone"
MISSING = "timestamp_missing"
CLOCK = "clock_corrected"  # its charger's clock was known to be wrong, and by how much
BELIEVED = frozenset({None, NO_ZONE, CLOCK})
"""The flags of a time that is what the charger said."""


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


def effective_text(raw: str, received: datetime, off_s: float = 0.0) -> tuple[str, str | None]:
    """The same as it is stored, `off_s` earlier. The usual form, whole seconds with Z, is short work: every sample has one."""
    if off_s:
        return _corrected(raw, received, off_s)
    if len(raw) == len("2026-11-22T14:02:11Z") and raw[10] == "T" and raw[19] == "Z" and raw[4] == raw[7] == "-":
        try:
            if _EARLIEST <= datetime.fromisoformat(raw) <= received:
                return raw[:19] + ".000Z", None
        except ValueError:
            return stored(received), SUSPECT
    moment, doubt = effective(raw, received)
    return stored(moment), doubt


def _corrected(raw: str, received: datetime, off_s: float) -> tuple[str, str | None]:
    moment, doubt = effective(raw, received)
    if doubt not in BELIEVED:
        return stored(moment), doubt
    return stored(moment - timedelta(seconds=off_s)), doubt or CLOCK


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
