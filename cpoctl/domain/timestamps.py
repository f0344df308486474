"""Chargers' timestamps: read tolerantly, judged against our clock, never trusted alone (RELIABILITY V-04)."""

import re
from datetime import UTC, datetime, timedelta

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=24)
_YEAR_FIRST = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d")
SUSPECT = "timestamp_suspect"
NO_ZONE = "timestamp_without_zone"
MISSING = "timestamp_missing"


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
    if moment.tzinfo is None:
        moment, flag = moment.replace(tzinfo=UTC), NO_ZONE
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return received, SUSPECT
    if not _EARLIEST <= moment <= received + _AHEAD:
        return received, SUSPECT
    return moment, flag


def _read(raw: str) -> datetime | None:
    text = raw.strip()
    if not _YEAR_FIRST.match(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None
