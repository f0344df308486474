"""JSON: a list of objects with a time and a price each, however deep it lies, or a list of times beside one of prices."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from cpoctl.domain import currencies
from cpoctl.domain.tariffs.quoted import (
    BEGINS,
    ENDS,
    MOST,
    Found,
    Row,
    Wanted,
    known_column,
    price_column,
    said_by,
)
from cpoctl.domain.tariffs.quoted._units import KWH, Unit, unit_of
from cpoctl.errors import UsageProblem

_JSON = msgspec.json.Decoder(float_hook=Decimal)
_OF_SUPPLIER: Final = Unit(KWH, False, None, "a price to the household per kWh")
_UNITS: Final = ("unit", "price_unit", "units", "priceUnit")
_AREAS: Final = "entryPerArea"


def begins(text: str) -> bool:
    """Whether it is an object or a list."""
    return text[:1] in ("{", "[")


def read(text: str, wanted: Wanted) -> Found:
    """The entries. Raises UsageProblem."""
    try:
        told = _JSON.decode(text)
        found = list(_entries(told, wanted))
    except (msgspec.DecodeError, UnicodeError, InvalidOperation, RecursionError) as error:
        raise UsageProblem(f"the price series is no JSON: {error}") from None
    if not found:
        raise UsageProblem("the price series needs a list of objects with start, end and price (or time and price)")
    if len(found) > MOST:
        raise UsageProblem(f"the price series has more than {MOST:,} prices")
    rows: list[Row] = []
    units: set[Unit] = set()
    for number, entry in enumerate(found, 1):
        names = tuple(entry)
        begin, end, price = known_column(names, BEGINS), known_column(names, ENDS), price_column(names, wanted)
        if price is None:
            raise UsageProblem(f"entry {number} of the price series has no price")
        rows.append(
            Row(f"entry {number}", *(entry[names[at]] if at is not None else None for at in (begin, end, price)))
        )
        if number == 1:  # the others are like it
            units |= said_by(names, price)
            if {"startsAt", "total"} <= set(names) and not units:  # Tibber tells what a household pays
                units.add(_OF_SUPPLIER)
        units |= _said(entry)
    around = [told] if isinstance(told, dict) else []
    units |= {unit for each in around for unit in _said(each)}
    return Found(rows, frozenset(units), frozenset(name for each in [*around, *found] if (name := _currency(each))))


def _said(entry: Mapping[str, Any]) -> set[Unit]:
    """The unit that an object tells in a field of its own."""
    texts = [entry[name] for name in _UNITS if isinstance(entry.get(name), str)]
    return {unit for text in texts if (unit := unit_of(text)) is not None} if texts else set()


def _currency(entry: Mapping[str, Any]) -> str | None:
    name = str(entry.get("currency", "")).upper()
    return name if currencies.known(name) else None


def _entries(told: Any, wanted: Wanted) -> Iterator[Mapping[str, Any]]:
    """Every object with a time and a price, however deep."""
    if isinstance(told, list):
        for each in told:
            yield from _entries(each, wanted)
    elif isinstance(told, dict):
        names = tuple(told)
        begin = known_column(names, BEGINS)
        if begin is not None and isinstance(told.get(_AREAS), dict):
            yield {name: value for name, value in told.items() if name != _AREAS} | told[_AREAS]
        elif begin is not None and isinstance(told[names[begin]], list):
            yield from _beside(told, names[begin])
        elif begin is not None and not isinstance(told[names[begin]], dict) and _is_priced(told, wanted):
            yield told
        else:
            for each in told.values():
                yield from _entries(each, wanted)


def _beside(told: Mapping[str, Any], begin: str) -> Iterator[Mapping[str, Any]]:
    """Lists that stand beside each other, as the objects that they would be."""
    times = told[begin]
    lists = {name: value for name, value in told.items() if isinstance(value, list)}
    if any(len(each) != len(times) for each in lists.values()):
        lengths = ", ".join(f"{len(each)} {name}" for name, each in lists.items())
        raise UsageProblem(f"the price series' lists are not equally long: {lengths}")
    for values in zip(*lists.values(), strict=True):
        yield dict(zip(lists, values, strict=True))


def _is_priced(told: Mapping[str, Any], wanted: Wanted) -> bool:
    plain = tuple(name for name, value in told.items() if not isinstance(value, (dict, list)))
    return price_column(plain, Wanted(None, wanted.currency)) is not None
