"""Owners: whose sites they are, and what percentage of the revenue is theirs from which day on.

A share is never changed: a newer one for the same day takes its place, one for a later day follows it. A percentage is a
decimal, never a float: money is made with it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?")
ALWAYS = "0001-01-01"
"""The first day of a share that nobody gave a beginning."""


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


def share_on(shares: Iterable[Share], day: date) -> Decimal:
    """The percentage that holds on a day; of shares from the same day the last of them. 0 before the first."""
    held = [share for share in shares if share.valid_from <= day.isoformat()]
    newest = max((share.valid_from for share in held), default="")
    return next((share.percent for share in reversed(held) if share.valid_from == newest), Decimal(0))
