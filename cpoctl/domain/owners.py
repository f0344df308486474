"""Owners: whose sites they are from which day on, and what percentage of the revenue is theirs from which day on.

Neither is ever changed: a newer one for the same day takes its place, one for a later day follows it. A percentage is a
decimal, never a float: money is made with it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal

from cpoctl.clock import stored
from cpoctl.domain.periods import EARLIEST, midnight

_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?")
ALWAYS = "0001-01-01"
"""The first day of a share, or of an owner of a site, that nobody gave a beginning."""
ALWAYS_SAID = "always"


@dataclass(frozen=True, slots=True)
class Share:
    """From the beginning of this day, in the time of each site, so many percent."""

    valid_from: str
    percent: Decimal


def percent(text: str) -> Decimal:
    """A percentage as it was written: 0 to 100 with at most four decimals. ValueError for anything else."""
    written = text.strip().removesuffix("%").strip()
    if not _PERCENT.fullmatch(written) or not 0 <= (number := Decimal(written)) <= 100:
        raise ValueError(f"{text!r} is no percentage: 0 to 100 with at most four decimals")
    return number


def first_day(text: str) -> str:
    """A day as it is kept: `always`, or a date of ISO 8601; what is before all records is always. ValueError for anything else."""
    written = text.strip()
    day = EARLIEST if written.casefold() == ALWAYS_SAID else date.fromisoformat(written)
    return day.isoformat() if day > EARLIEST else ALWAYS


def said_day(day: str) -> str:
    """A day as it is told."""
    return ALWAYS_SAID if day == ALWAYS else day


def begins_at(day: str, zone: tzinfo) -> str:
    """When a day begins by a clock, as instants are stored; before all of them for always."""
    return "" if day == ALWAYS else stored(midnight(day, zone))


def share_on(shares: Iterable[Share], day: date) -> Decimal:
    """The percentage that holds on a day; of shares from the same day the last of them. 0 before the first."""
    held = [share for share in shares if share.valid_from <= day.isoformat()]
    newest = max((share.valid_from for share in held), default="")
    return next((share.percent for share in reversed(held) if share.valid_from == newest), Decimal(0))
