"""Months that are over, whose figures somebody has been told: what begins in one of them changes those."""

from datetime import date, datetime

_NAMED = 3


def months_over(since: str | None, now: datetime) -> list[str]:
    """The months from a day or instant on that are over, on `now`'s calendar; none for what is no such text."""
    try:
        first = date.fromisoformat((since or "")[:10])
    except ValueError:
        return []
    number, this = first.year * 12 + first.month - 1, now.year * 12 + now.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(number, this)]


def said(months: list[str]) -> str:
    """`2026-09 and 2026-10`, or the first and the last of many."""
    if len(months) > _NAMED:
        return f"{months[0]} to {months[-1]}"
    return " and ".join(filter(None, (", ".join(months[:-1]), *months[-1:])))
