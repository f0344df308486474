"""Months that are over, whose figures somebody has been told: what begins in one of them changes those."""

from datetime import date, datetime

from cpoctl.domain.owners import ALWAYS, ALWAYS_SAID
from cpoctl.operations import Act, Danger

_NAMED = 3


def months_over(since: str | None, now: datetime) -> list[str]:
    """The months from a day or instant on that are over, on `now`'s calendar; none for what is no such text."""
    written = (since or "").strip()
    try:
        first = date.fromisoformat(ALWAYS if written.casefold() == ALWAYS_SAID else written[:10])
    except ValueError:
        return []
    number, this = first.year * 12 + first.month - 1, now.year * 12 + now.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(number, this)]


def said(months: list[str]) -> str:
    """`2026-09 and 2026-10`, or the first and the last of many."""
    if months and months[0] == ALWAYS[:7]:
        return f"all months up to {months[-1]}"
    if len(months) > _NAMED:
        return f"{months[0]} to {months[-1]}"
    return " and ".join(filter(None, (", ".join(months[:-1]), *months[-1:])))


def are(months: list[str]) -> str:
    """The verb that goes with them."""
    return "is" if len(months) == 1 else "are"


class ChangesMonths(Act):
    """An act that may change what was said of months that are over, which wants a reason and a yes."""

    reason: str | None

    def danger_now(self) -> Danger:
        """What changes a month that is over wants a yes."""
        return Danger.DISRUPTS if self._over(datetime.now().astimezone()) else self.danger

    def lacking(self) -> tuple[str, ...]:
        """A reason, for a month that is over."""
        return ("--reason", "TEXT") if self._over(datetime.now().astimezone()) and not self.reason else ()

    def _over(self, now: datetime) -> list[str]:
        """The months that are over and would change."""
        raise AssertionError(f"{type(self).__name__} does not say which months")
