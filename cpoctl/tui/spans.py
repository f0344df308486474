"""Spans: which days a report is of, as a step on a calendar: a day, week, month, quarter or year, and those before and after."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, Self

Unit = Literal["day", "week", "month", "quarter", "year"]
UNITS: Final[tuple[Unit, ...]] = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Span:
    """The unit of the calendar that a day lies in."""

    unit: Unit
    day: date

    @property
    def begin(self) -> date:
        """Its first day."""
        if self.unit == "day":
            return self.day
        if self.unit == "week":
            return self.day - timedelta(days=self.day.weekday())
        length = _MONTHS[self.unit]
        return date(self.day.year, (self.day.month - 1) // length * length + 1, 1)

    @property
    def words(self) -> tuple[str, str | None]:
        """What `--from` and `--to` of a report say for it."""
        begin = self.begin
        match self.unit:
            case "day":
                return begin.isoformat(), None
            case "week":
                return begin.isoformat(), (begin + timedelta(days=6)).isoformat()
            case "month":
                return f"{begin:%Y-%m}", None
            case "quarter":
                return f"{begin.year}-Q{(begin.month + 2) // 3}", None
            case "year":
                return str(begin.year), None

    def moved(self, by: int) -> Self:
        """So many units later; there is nothing before the year 1970, and nothing after 9000."""
        if self.unit in ("day", "week"):
            day = self.begin + timedelta(days=by * (1 if self.unit == "day" else 7))
        else:
            whole = self.begin.year * 12 + self.begin.month - 1 + by * _MONTHS[self.unit]
            day = date(whole // 12, whole % 12 + 1, 1)
        return type(self)(self.unit, day) if 1970 <= day.year < 9000 else self

    def zoomed(self, by: int) -> Self:
        """A longer or shorter one, around the same day."""
        place = UNITS.index(self.unit) + by
        return type(self)(UNITS[place], self.day) if 0 <= place < len(UNITS) else self
