"""Price series: what energy costs at the exchange by time, and the prices that a tariff's formula makes of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal
from functools import cached_property
from itertools import pairwise

from cpoctl.clock import stored
from cpoctl.domain.tariffs.clocks import instant, micros
from cpoctl.domain.tariffs.model import Component, Dimension, Formula, Tariff
from cpoctl.domain.tariffs.pieces import Piece
from cpoctl.domain.tariffs.plan import Exact, Rate, rate
from cpoctl.errors import UsageProblem

_EXACTLY = Context(prec=60)  # holds any product of two prices


@dataclass(frozen=True, slots=True)
class Point:
    """What a kWh costs from one instant to another, in UTC."""

    begin: datetime
    end: datetime
    price: Decimal


@dataclass(frozen=True)
class Series:
    """Points in order, which do not overlap; and the currency, where it is told beside them."""

    points: tuple[Point, ...]
    currency: str | None = field(default=None, compare=False)
    _rates: dict[tuple[Formula, int], Rate] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for point, later in pairwise(self.points):
            if later.begin < point.end:
                raise UsageProblem(
                    f"the price series overlaps itself at {stored(later.begin)}: keep one price for each time"
                )

    @cached_property
    def begins(self) -> Sequence[int]:
        """When each point begins, in microseconds since 1970."""
        return [micros(point.begin) for point in self.points]

    def changes(self, begin: int, end: int) -> Sequence[int]:
        """When the price may change between two instants."""
        first, last = bisect_right(self.begins, begin) - 1, bisect_left(self.begins, end)
        within = self.points[max(first, 0) : last]
        ends = {micros(at) for point in within for at in (point.begin, point.end)}
        return sorted(at for at in ends if begin < at < end)

    def rate(self, formula: Formula, at: Exact) -> Rate | None:
        """What energy costs at an instant by a formula; None where the series has no price."""
        place = bisect_right(self.begins, at) - 1
        if place < 0 or at >= micros(self.points[place].end):
            return None
        known = self._rates.get((formula, place))
        if known is None:
            known = rate(0, Component(Dimension.ENERGY, reckoned(formula, self.points[place].price), formula.vat))
            self._rates[formula, place] = known
        return known


def reckoned(formula: Formula, price: Decimal) -> Decimal:
    """The price of a kWh that a formula makes of the exchange's."""
    found = _EXACTLY.fma(formula.factor, price, formula.markup)
    if formula.floor is not None:
        found = max(found, formula.floor)
    return found if formula.cap is None else min(found, formula.cap)


@dataclass(frozen=True, slots=True)
class Spot:
    """A series as one tariff uses it."""

    series: Series
    formula: Formula
    needed: bool  # whether no element stands in for a hole

    def changes(self, begin: int, end: int) -> Sequence[int]:
        """When the price may change between two instants."""
        return self.series.changes(begin, end)

    def rate(self, piece: Piece) -> Rate | None:
        """The rate for the energy of a piece."""
        found = self.series.rate(self.formula, piece.begin)
        if found is None and self.needed:
            raise UsageProblem(
                f"price series {self.formula.series} has no price for {stored(instant(piece.begin))}:"
                " add it, or give the tariff an ENERGY element that stands in",
                detail={"reason": f"price series {self.formula.series} has no price for their time"},
            )
        return found


def spot_of(tariff: Tariff, series: Series | None) -> Spot | None:
    """The series for a tariff's formula; None where it has none."""
    if tariff.formula is None:
        return None
    if series is None:
        raise UsageProblem(
            f"tariff {tariff.tariff_id} is priced by the series {tariff.formula.series}, which is not there"
        )
    return Spot(series, tariff.formula, needed=not tariff.plan.session[Dimension.ENERGY])
