"""Pricing: what a charge costs by a tariff, line by line, exactly. OCPI 2.2.1 §11.4

Per instant and dimension the first element applies whose restrictions all hold; where none does, that dimension is
free. Fractions all the way: nothing is rounded but by step sizes, and those only up.
"""

from collections.abc import Sequence

from cpoctl.domain.tariffs.clocks import SECOND, WallClock, micros
from cpoctl.domain.tariffs.ledger import Ledger
from cpoctl.domain.tariffs.model import Bill, Charge, Dimension, Kind, Rails, Tariff
from cpoctl.domain.tariffs.pieces import Piece, pieces
from cpoctl.domain.tariffs.plan import Now, Plan, Rate
from cpoctl.domain.tariffs.series import Series, Spot, spot_of
from cpoctl.domain.tariffs.totals import bill

_NO_RAILS = Rails()
_TIME_OF = {
    Kind.CHARGING: Dimension.TIME,
    Kind.PARKING: Dimension.PARKING_TIME,
    Kind.RESERVATION: Dimension.TIME,
}


def price(charge: Charge, tariff: Tariff, *, series: Series | None = None, rails: Rails = _NO_RAILS) -> Bill:
    """Price a charge. A tariff with a formula needs its series, without a hole where no element stands in."""
    plan, spot = tariff.plan, spot_of(tariff, series)
    spared = rails.flat_needs_energy and not any(period.energy_wh for period in charge.periods)
    clock = _clock(charge) if plan.times else None
    ledger, begun = Ledger(), set()
    for piece in pieces(charge, plan, _stops(charge, plan, clock, spot), rails.grace_s * SECOND):
        kind = piece.period.kind
        reserving = kind is Kind.RESERVATION
        now = piece.now(plan, clock) if plan.limited else None
        rates = plan.session if not reserving else plan.expired if charge.reservation_expired else plan.reserved
        if reserving not in begun:  # once for the reservation, once for the session, as it is when they begin
            begun.add(reserving)
            if reserving or not spared:
                ledger.flat(piece, _first(rates[Dimension.FLAT], now))
        if piece.wh:
            ledger.energy(piece, (spot and spot.rate(piece)) or _first(rates[Dimension.ENERGY], now))
        if piece.end > piece.begin and not _is_free(piece, rails):
            ledger.time(piece, _first(rates[_TIME_OF[kind]], now))
    return bill(tariff, ledger, least=not spared)


def _first(tried: tuple[Rate, ...], now: Now | None) -> Rate | None:
    for rate in tried:
        if rate.limits is None or (now is not None and rate.limits.hold(now)):
            return rate
    return None


def _clock(charge: Charge) -> WallClock | None:
    periods = charge.periods
    return WallClock(charge.zone, micros(periods[0].begin), micros(periods[-1].end)) if periods else None


def _stops(charge: Charge, plan: Plan, clock: WallClock | None, spot: Spot | None) -> Sequence[int]:
    """When the clock, or the price series, may change a price."""
    passed = clock.passes(plan.times) if clock else []
    if spot is None or not charge.periods:
        return passed
    return sorted({*passed, *spot.changes(micros(charge.periods[0].begin), micros(charge.periods[-1].end))})


def _is_free(piece: Piece, rails: Rails) -> bool:
    """Whether the operator spares the driver the price of this time."""
    if piece.period.kind is not Kind.PARKING:
        return piece.period.kind is Kind.FREE
    if rails.parking_needs_energy and not piece.wh_before + piece.wh:
        return True
    return piece.begin < piece.parked + rails.grace_s * SECOND
