"""What is missing of a period's data, said so that somebody can look after it: how many, at which chargers, on which days."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Annotated

from cpoctl.table import Column

_NAMED = 3


@dataclass(frozen=True)
class MissingRow:
    """Something that is missing, or that is good to know of the period. Only what is `missing` makes it incomplete.

    `chargers` are all that it is about, none where it is about no charger; the days are those on the wall of their sites.
    """

    what: Annotated[str, Column("WHAT")]
    count: Annotated[int, Column("COUNT", 1, "right")]
    missing: Annotated[bool, Column("MISSING")]
    says: Annotated[str, Column("SAYS")]
    hint: Annotated[str | None, Column("TRY", 2)]
    chargers: Annotated[list[str], Column("CHARGERS", 4)] = field(default_factory=list)
    first_day: Annotated[str | None, Column("FROM", 4)] = None
    last_day: Annotated[str | None, Column("TO", 4)] = None

    def __add__(self, other: "MissingRow") -> "MissingRow":
        """The same of two zones, or two chargers."""
        return replace(
            self,
            count=self.count + other.count,
            chargers=sorted({*self.chargers, *other.chargers}),
            first_day=_of_both(min, self.first_day, other.first_day),
            last_day=_of_both(max, self.last_day, other.last_day),
        )

    @property
    def where(self) -> str:
        """`HQ-01, HQ-02, HQ-03 and 4 more; 2026-10-03 to 2026-10-29`."""
        more = len(self.chargers) - _NAMED
        names = ", ".join(self.chargers[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        days = " to ".join(day for day in dict.fromkeys((self.first_day, self.last_day)) if day)
        return "; ".join(part for part in (names, days) if part)


def _of_both(pick: Callable[[list[str]], str], *days: str | None) -> str | None:
    known = [day for day in days if day]
    return pick(known) if known else None


def added(rows: Iterable[MissingRow]) -> list[MissingRow]:
    """One row of each kind."""
    found: dict[str, MissingRow] = {}
    for row in rows:
        found[row.what] = found[row.what] + row if row.what in found else row
    return list(found.values())
