"""Subscriptions: a fee a month, and energy that is included in it, for a tag or for all tags of a group.

A session belongs to the month of its end, in the time of its site. The included energy goes to the sessions of a month in the
order of their ends, to each from its first kWh on. A fee is of a whole month, and of no site: its month begins in UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from cpoctl.domain.tariffs import Charge, Dimension, Kind, Line


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who has so much energy included from one month to another, or on and on."""

    subscription_id: int
    scope: str  # tag | group
    target: str
    included_wh: int
    first_month: str
    last_month: str | None

    def holds(self, month: str) -> bool:
        """Whether it is paid for in a month."""
        return self.first_month <= month and (self.last_month is None or month <= self.last_month)


def month_of(at: datetime, zone: ZoneInfo) -> tuple[str, datetime, datetime]:
    """The month of an instant as `2026-11`, and when it begins and ends, in UTC."""
    here = at.astimezone(zone)
    begin = datetime(here.year, here.month, 1, tzinfo=zone)
    year, month = (here.year, here.month + 1) if here.month < 12 else (here.year + 1, 1)
    end = datetime(year, month, 1, tzinfo=zone)
    return f"{here.year:04d}-{here.month:02d}", begin.astimezone(UTC), end.astimezone(UTC)


def fee_months(first: str, last: str | None, begin: datetime, end: datetime, now: datetime) -> list[str]:
    """The months of a subscription that begin in a time and have begun: each owes its whole fee."""
    year, month = max((begin.year, begin.month), (int(first[:4]), int(first[5:])))
    found = []
    while (at := datetime(year, month, 1, tzinfo=UTC)) < end and at <= now:
        name = f"{year:04d}-{month:02d}"
        if last is not None and name > last:
            break
        if at >= begin:
            found.append(name)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def subscribed(every: Iterable[Subscription], tag_id: str, group: str | None, month: str) -> Subscription | None:
    """Whose included energy a tag uses: its own, else that of its group; of several the newest."""
    wanted = {("tag", tag_id.casefold()): 1, ("group", (group or "").casefold()): 0}
    held = [one for one in every if (one.scope, one.target.casefold()) in wanted and one.holds(month)]
    return max(held, key=lambda one: (wanted[one.scope, one.target.casefold()], one.subscription_id), default=None)


def included_line(charge: Charge, wh: Fraction) -> Line:
    """The line that tells the energy which was paid for already."""
    begin, end = charge.periods[0].begin, charge.periods[-1].end
    nothing = Fraction(0)
    return Line(0, Dimension.ENERGY, Kind.CHARGING, begin, end, wh, wh, Decimal(0), None, nothing, nothing)
