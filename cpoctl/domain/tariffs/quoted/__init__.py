"""The forms in which exchanges and suppliers publish prices: one file a form, its name is the form's.

A form has `begins(text)`, whether a text looks like it, and `read(text, wanted)`, which finds the rows and says what
their prices are in, as far as the text does. Times are left as they were told. Nothing is guessed: a text that has several
prices for a time, or a unit that nobody knows, is refused with what would choose.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from cpoctl.domain import currencies
from cpoctl.domain.tariffs.quoted._units import NEUTRAL, Unit, agreed, unit_of
from cpoctl.errors import UsageProblem

MOST: Final = 400_000
"""Rows: ten years by the quarter of an hour."""
LARGEST: Final = 16 << 20
BEGINS: Final = (
    "datumvon", "start", "begin", "from", "starttime", "startsat", "starttimestamp", "deliverystart", "von", "anfang", "beginn",
    "time", "timestamp", "unixseconds", "date", "datetime", "readingdate", "timestart", "mtu", "datetimeutc", "validfrom",
    "datum", "zeit", "zeitstempel",
)  # fmt: skip
ENDS: Final = (
    "datumbis", "end", "to", "endtime", "endsat", "endtimestamp", "deliveryend", "bis", "ende", "timeend", "validto", "till",
)  # fmt: skip
PRICES: Final = (
    "price", "marketprice", "energy", "dayaheadprice", "value", "spotprice", "total", "valueexcvat", "preis", "spotmarktpreis",
    "marktpreis", "börsenpreis", "strompreis",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was found: where, and what it says."""

    where: str
    begin: Any
    end: Any
    price: Any


@dataclass(frozen=True)
class Wanted:
    """What the caller says of a text that holds more than one price a time."""

    column: str | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Found:
    """What a form has found; `units` and `currencies` are all that are told of the prices, `decimal_comma` how they are written."""

    rows: Sequence[Row]
    units: frozenset[Unit] = field(default_factory=frozenset)
    currencies: frozenset[str] = field(default_factory=frozenset)
    decimal_comma: bool = False

    @property
    def currency(self) -> str | None:
        """What they are in, if the text says it. Raises UsageProblem where it says several."""
        told = self.currencies | {unit.currency for unit in self.units if unit.currency}
        if len(told) > 1:
            raise UsageProblem(f"the price series has prices in {', '.join(sorted(told))}: keep one")
        return next(iter(told), None)


@lru_cache(64)
def known_column(names: tuple[str, ...], known: tuple[str, ...]) -> int | None:
    """The place of the first known name."""
    plain = [_plain(name) for name in names]
    return next((plain.index(name) for name in known if name in plain), None)


@lru_cache(64)
def price_column(names: tuple[str, ...], wanted: Wanted) -> int | None:
    """The place of the price: the one wanted, else the one that is called so, else the only one with a unit of energy.

    Raises UsageProblem where there are several.
    """
    if wanted.column is not None:
        return _chosen(names, wanted.column)
    if (place := known_column(names, PRICES)) is not None:
        return place
    priced = {place: unit for place, name in enumerate(names) if (unit := unit_of(name)) is not None and unit.of_money}
    fitting = [place for place, unit in priced.items() if wanted.currency in (None, unit.currency)] or list(priced)
    if len(fitting) > 1:
        told = ", ".join(repr(names[place]) for place in fitting[:5])
        raise UsageProblem(
            f"the price series has several prices for a time: {told}",
            hints=["add --column NAME    how its name begins is enough"],
        )
    return fitting[0] if fitting else None


def said_by(names: Sequence[str], place: int) -> frozenset[Unit]:
    """What a price's own heading says of its unit, else all the others."""
    own = unit_of(names[place])
    return frozenset([own]) if own else agreed(names)


def _chosen(names: Sequence[str], wish: str) -> int:
    exact = [place for place, name in enumerate(names) if name.strip().casefold() == wish.strip().casefold()]
    found = exact or [place for place, name in enumerate(names) if name.strip().casefold().startswith(wish.casefold())]
    if len(found) == 1:
        return found[0]
    many = "several prices are called" if found else "no price is called"
    raise UsageProblem(f"--column: {many} {wish}; of: {', '.join(map(repr, names[:20]))}")


def _plain(name: str) -> str:
    """A column's name without what stands in brackets, units and currencies."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"[\[(].*", "", name.lower()))
    return "".join(word for word in words if word not in NEUTRAL and not currencies.known(word.upper()))
