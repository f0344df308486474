"""Charting: what the rows of a report look like, to scale in time, and of what period they are.

What adds up is zero where no row is; any other figure is not known there, which is a gap.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cpoctl.domain.periods import WEEKDAYS
from cpoctl.operations.report import TIMES, Report
from cpoctl.table import Field, fields

if TYPE_CHECKING:
    from cpoctl.charts import Chart, Series

Row = Mapping[str, Any]
MOST: Final = 60
"""How many bars of what has no order in time can be told apart."""
_ZONES_NAMED = 2
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)  # how far the clocks of the world are from UTC


def charted(
    report: Report,
    title: str,
    rows: Sequence[Row],
    field: str,
    *,
    unit: str = "",
    scale: float = 1.0,
    lowest: bool = False,
) -> "Chart":
    """Bars of one field of the rows, an axis for each currency; of too many groups the highest, or the `lowest`.

    The title says how many of how many are shown, and what it is said to be of (`about`) the total of what adds up.
    """
    from cpoctl.charts import Chart

    column = next(each for each in fields(report.row) if each.name == field)
    beside = column.column.beside if column.column else ""
    parts: dict[str, list[Row]] = {}
    for row in rows:
        if name := row[beside] if beside else unit or " ":
            parts.setdefault(name.strip(), []).append(row)  # what has no currency has no amount
    axis = _axis(report, rows)
    drawn = [_Part(name, part, column, scale, axis, lowest) for name, part in sorted(parts.items())]
    about = about_of(report, rows)
    if len(drawn) == 1:
        part = drawn[0]
        about += f", {part.total} {part.name}".rstrip() if part.total else ""
        return Chart(part.called(title), (), [part.series(part.name)], part.name, about=about)
    return Chart(title, (), [part.series(part.whole_name) for part in drawn], about=about)


class _Part:
    """The rows that stand on one axis."""

    def __init__(
        self, name: str, rows: Sequence[Row], field: Field, scale: float, axis: Mapping[str, bool], lowest: bool
    ) -> None:
        self.name = name
        self._all, self._rows = rows, rows if axis else _few(rows, field.name, lowest)
        self._field, self._scale, self._axis = field, scale, axis
        self._end = "lowest" if lowest else "highest"
        self._adds = field.column is not None and field.column.adds

    def called(self, title: str) -> str:
        """The title, with how many of how many are shown."""
        if len(self._rows) == len(self._all):
            return title
        return f"{title}, {len(self._rows)} {self._end} of {len(self._all)}"

    @property
    def total(self) -> str:
        """What all rows add up to, also those that are not shown."""
        from cpoctl.formats._totals import total

        return f"total {total(self._all, self._field)}" if self._adds else ""

    @property
    def whole_name(self) -> str:
        """What stands above it where it is one of several."""
        return ", ".join(filter(None, [self.called(self.name), self.total]))

    def series(self, name: str) -> "Series":
        """Its bars: of each place in time, or of each row."""
        from cpoctl.charts import Series

        if not self._axis:
            return Series(name, [self._value(row) for row in self._rows], [row["key"] or "-" for row in self._rows])
        found = {row["key"]: row for row in self._rows}
        empty = 0.0 if self._adds else None
        values = [
            self._value(found[key]) if key in found else empty if there else None for key, there in self._axis.items()
        ]
        return Series(name, values, _short(list(self._axis)))

    def _value(self, row: Row) -> float | None:
        value = row[self._field.name]
        return None if value is None else float(value) / self._scale


def about_of(report: Report, rows: Sequence[Row]) -> str:
    """Period, whatever narrows it down, and by what clock: `2026-10, site HQ, time of Europe/Berlin and 2 more`."""
    return f"{report.told('by', 'profile')}, time of {_clocks(rows)}"


def _clocks(rows: Sequence[Row]) -> str:
    """The zones of the rows, that of most rows first."""
    found = Counter(zone for row in rows for zone in row.get("time_zone", "").split(", ") if zone)
    names = sorted(found, key=lambda zone: (-found[zone], zone))
    if len(names) > _ZONES_NAMED:
        return f"{names[0]} and {len(names) - 1} more"
    return " and ".join(names) or "each site"


def _few(rows: Sequence[Row], field: str, lowest: bool) -> Sequence[Row]:
    """Not more rows than can be drawn: the highest or the lowest first, and what is not known last."""
    if len(rows) <= MOST:
        return rows
    sign = 1 if lowest else -1
    known = sorted((row for row in rows if row[field] is not None), key=lambda row: sign * float(row[field]))
    return [*known, *(row for row in rows if row[field] is None)][:MOST]


def _axis(report: Report, rows: Sequence[Row]) -> dict[str, bool]:
    """Every place in time, also those without a row, and whether the period has it; empty for what has no order in time.

    What has a row of its own beside them, such as fees by hour, stands at the end.
    """
    by = rows[0]["by"] if rows else ""
    if by not in TIMES:
        return {}
    keys = [row["key"] for row in rows]
    return {**_places(report, by, keys), **dict.fromkeys(keys, True)}


def _places(report: Report, by: str, keys: Sequence[str]) -> dict[str, bool]:
    if by == "hour":
        return dict.fromkeys((f"{hour:02d}" for hour in range(24)), True)
    days = _days(report, [f"{key}-01" if by == "month" else key for key in keys if by != "weekday"])
    if by == "weekday":
        there = {WEEKDAYS[day.weekday()] for day in days[:7]}
        return {name: name in there for name in WEEKDAYS}
    return dict.fromkeys((day.isoformat()[: 7 if by == "month" else 10] for day in days), True)


def _days(report: Report, told: Sequence[str]) -> list[date]:
    """The days that the period has by the clock of every site, up to today, and all between them and those with a row."""
    period = report.period()
    begin, end = period.begin.at, period.end.at
    first = (begin + _EAST).date() if isinstance(begin, datetime) else begin
    last = (end - _WEST).date() if isinstance(end, datetime) else end - timedelta(days=1)
    last = min(last, (datetime.now(UTC) - _WEST).date())
    known = [date.fromisoformat(day) for day in told]
    first, last = min([first, *known]), max([last, *known])
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def _short(keys: Sequence[str]) -> list[str]:
    """What stands below the bars: of days of one year what tells them apart."""
    days = [key for key in keys if key[4:5] == "-" and key[7:8] == "-"]
    of_one_year = len({day[:4] for day in days}) == 1
    return [key[5:] if of_one_year and key in days else key for key in keys]
