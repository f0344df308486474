"""A tariff as OCPP 2.1 has it, for chargers that reckon the cost themselves. OCPP 2.1 I07

OCPP prices minutes, not hours, and measures in Wh and W. The first price whose conditions hold applies, as in OCPI.
It has no step size: what a charger shows may lie below what is billed.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from cpoctl.clock import wire
from cpoctl.domain.tariffs import Component, Dimension, Price, Reservation, Restrictions, Tariff, fingerprint
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import given

_PLACES: Final = 9  # of a price per minute, which seldom ends
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_DESCRIPTIONS: Final = 10
Priced = tuple[int, Component, Restrictions]


def to_ocpp21(tariff: Tariff) -> dict[str, Any]:
    """The tariff as OCPP 2.1 has it. Another content has another tariffId."""
    _refuse_whole(tariff)
    priced = [
        (number, component, element.restrictions)
        for number, element in enumerate(tariff.elements, 1)
        for component in element.components
    ]
    session = [each for each in priced if each[2].reservation is None]
    reserved = [each for each in priced if each[2].reservation is Reservation.RESERVATION]
    return given(
        tariffId=re.sub(r"[^A-Za-z0-9*_=:+|@.-]", "-", f"{tariff.tariff_id}-{fingerprint(tariff)}"),
        currency=tariff.currency,
        description=_descriptions(tariff),
        energy=_prices(session, Dimension.ENERGY, _energy),
        validFrom=wire(tariff.starts_at) if tariff.starts_at else None,
        chargingTime=_prices(session, Dimension.TIME, _time),
        idleTime=_prices(session, Dimension.PARKING_TIME, _time),
        fixedFee=_prices(session, Dimension.FLAT, _fixed),
        reservationTime=_prices(reserved, Dimension.TIME, _time),
        reservationFixed=_prices(reserved, Dimension.FLAT, _fixed),
        minCost=_limit(tariff.min_price),
        maxCost=_limit(tariff.max_price),
    )


def _refuse_whole(tariff: Tariff) -> None:
    if tariff.formula is not None:
        raise UsageProblem(
            f"tariff {tariff.tariff_id} follows the price series {tariff.formula.series}: a charger cannot"
        )
    if tariff.ends_at is not None:
        raise UsageProblem(
            f"tariff {tariff.tariff_id} ends {wire(tariff.ends_at)}, and OCPP 2.1 cannot say so:"
            " leave end_date_time out, and push the next tariff in time"
        )
    for number, element in enumerate(tariff.elements, 1):
        if element.restrictions.reservation is Reservation.RESERVATION_EXPIRES:
            raise UsageProblem(f"element {number} is for RESERVATION_EXPIRES, which OCPP 2.1 lacks: leave it out")


def _prices(
    priced: Iterable[Priced], dimension: Dimension, say: Callable[[Priced], dict[str, Any]]
) -> dict[str, Any] | None:
    """The prices of one dimension in their order, and the VAT that they must share."""
    found = [each for each in priced if each[1].dimension is dimension]
    if not found:
        return None
    vat = found[0][1].vat
    for number, component, _ in found:
        if component.vat != vat:
            raise UsageProblem(
                f"element {number} has VAT {component.vat} on {dimension}, an earlier one {vat}:"
                " OCPP 2.1 has one for all prices of it"
            )
    taxes = None if vat is None else [{"type": "VAT", "tax": _number(vat)}]
    return given(prices=[say(each) for each in found], taxRates=taxes)


def _energy(priced: Priced) -> dict[str, Any]:
    _, component, restrictions = priced
    return given(priceKwh=_number(component.price), conditions=_conditions(restrictions) or None)


def _time(priced: Priced) -> dict[str, Any]:
    _, component, restrictions = priced
    return given(priceMinute=_number(Fraction(component.price) / 60), conditions=_conditions(restrictions) or None)


def _fixed(priced: Priced) -> dict[str, Any]:
    number, component, restrictions = priced
    conditions, measured = _of_calendar(restrictions), _of_session(restrictions)
    if measured:
        raise UsageProblem(f"element {number} has a FLAT price with {', '.join(measured)}, which OCPP 2.1 lacks")
    return given(conditions=conditions or None, priceFixed=_number(component.price))


def _conditions(restrictions: Restrictions) -> dict[str, Any]:
    return _of_calendar(restrictions) | _of_session(restrictions)


def _of_calendar(given_: Restrictions) -> dict[str, Any]:
    return given(
        startTimeOfDay=f"{given_.start_time:%H:%M}" if given_.start_time else None,
        endTimeOfDay=f"{given_.end_time:%H:%M}" if given_.end_time else None,
        dayOfWeek=[_WEEKDAYS[day] for day in given_.day_of_week] or None,
        validFromDate=given_.start_date.isoformat() if given_.start_date else None,
        validToDate=given_.end_date.isoformat() if given_.end_date else None,
    )


def _of_session(given_: Restrictions) -> dict[str, Any]:
    return given(
        minEnergy=_scaled(given_.min_kwh, 1000),
        maxEnergy=_scaled(given_.max_kwh, 1000),
        minCurrent=_scaled(given_.min_current, 1),
        maxCurrent=_scaled(given_.max_current, 1),
        minPower=_scaled(given_.min_power, 1000),
        maxPower=_scaled(given_.max_power, 1000),
        minTime=given_.min_duration,
        maxTime=given_.max_duration,
    )


def _limit(price: Price | None) -> dict[str, Any] | None:
    return None if price is None else given(exclTax=_number(price.net), inclTax=_scaled(price.gross, 1))


def _descriptions(tariff: Tariff) -> list[dict[str, Any]] | None:
    told = [{"format": "UTF8", "language": language, "content": text} for language, text in tariff.names]
    return told[:_MOST_DESCRIPTIONS] or None


def _scaled(value: Decimal | None, unit: int) -> int | float | None:
    return None if value is None else _number(Fraction(value) * unit)


def _number(value: Fraction | Decimal) -> int | float:
    """A number for JSON, whose text is the shortest that means it."""
    rounded = round(Fraction(value), _PLACES)
    return rounded.numerator if rounded.denominator == 1 else float(rounded)
