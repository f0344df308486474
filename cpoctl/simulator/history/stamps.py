"""Instants as the database and chargers write them, out of whole seconds since 1970; millions of them are needed."""

from datetime import UTC, datetime

DAY = 86_400
HOUR = 3_600
MINUTE = 60
_days: dict[int, str] = {}
_clocks: dict[int, str] = {}


def second(at: int) -> str:
    """`2026-11-22T14:02:11`, without its zone, which is UTC."""
    day, rest = divmod(at, DAY)
    date, clock = _days.get(day), _clocks.get(rest)
    if date is None:
        date = _days[day] = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT}"
    if clock is None:
        clock = _clocks[rest] = f"{rest // HOUR:02d}:{rest // MINUTE % MINUTE:02d}:{rest % MINUTE:02d}"
    return date + clock


def stored(at: int) -> str:
    """As the database has it."""
    return second(at) + ".000Z"


def told(at: int) -> str:
    """As a charger tells it."""
    return second(at) + "Z"
