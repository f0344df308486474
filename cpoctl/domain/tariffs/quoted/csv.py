"""CSV: a line of headings, then a line a price, by comma, semicolon or tab; with a decimal comma where one is used."""

import csv
import re
from collections.abc import Iterator
from typing import Final

from cpoctl.domain.tariffs.quoted import BEGINS, ENDS, MOST, Found, Row, Wanted, known_column, price_column, said_by
from cpoctl.errors import UsageProblem

_DATES: Final = ("datum", "date")
_ZONES: Final = ("zeitzonevon", "zeitzone", "timezone", "tz")
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")


def begins(text: str) -> bool:
    """Whatever looks like nothing else."""
    return True


def read(text: str, wanted: Wanted) -> Found:
    """The lines. Raises UsageProblem."""
    separator = max(";\t,", key=text.split("\n", 1)[0].count)
    lines = _lines(text, separator)
    names = tuple(next(lines, []))
    begin, end, price = known_column(names, BEGINS), known_column(names, ENDS), price_column(names, wanted)
    if begin is None or price is None:
        raise UsageProblem("the price series needs a first line with the columns start, end, price (or time, price)")
    day, zone = known_column(names, _DATES), known_column(names, _ZONES)
    rows = []
    for number, cells in enumerate(lines, 2):
        if number > MOST:
            raise UsageProblem(f"the price series has more than {MOST:,} lines")
        if not any(cells):
            continue
        cells += [""] * (len(names) - len(cells))
        at, till = cells[begin].strip(), cells[end].strip() if end is not None else None
        if day not in (None, begin) and _CLOCK.fullmatch(at):  # a day, and apart from it from when to when
            at, till = f"{cells[day or 0].strip()} {at}", None
        if zone is not None:
            at, till = f"{at} {cells[zone].strip()}", till and f"{till} {cells[zone].strip()}"
        rows.append(Row(f"line {number}", at, till, cells[price]))
    comma = separator != "," and any("," in str(row.price) for row in rows)
    return Found(rows, said_by(names, price), decimal_comma=comma)


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(text.splitlines(), delimiter=separator)
    except csv.Error as error:
        raise UsageProblem(f"the price series is no CSV: {error}") from None
