"""A tariff in words, as a driver reads it before charging: VAT included, and only where the words hold for every session."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from cpoctl.domain import currencies
from cpoctl.domain.tariffs.model import Component, Dimension, Price, Tariff

_FINEST: Final = 4
_ORDER: Final = (Dimension.ENERGY, Dimension.FLAT, Dimension.TIME, Dimension.PARKING_TIME)
_HOUR: Final = {Dimension.TIME: "", Dimension.PARKING_TIME: " after charging"}


def words(tariff: Tariff) -> str | None:
    """Its own text if it has one, else its prices; None of a tariff whose prices depend on more than the driver can see."""
    if tariff.names:
        return tariff.names[0][1]
    if tariff.formula is not None or tariff.plan.limited:
        return None
    held = [tariff.plan.session[dimension][0].component for dimension in _ORDER if tariff.plan.session[dimension]]
    told = [_component(each, tariff.currency) for each in held if each.price]
    told += [_limit("at least", tariff.min_price, tariff), _limit("at most", tariff.max_price, tariff)]
    return ", ".join(filter(None, told)) or _amount(Fraction(0), tariff.currency)


def _component(held: Component, currency: str) -> str:
    gross, dimension = Fraction(held.price) * (1 + Fraction(held.vat or 0) / 100), held.dimension
    if dimension is Dimension.ENERGY:
        return f"{_amount(gross, currency)}/kWh"
    if dimension is Dimension.FLAT:
        return f"{_amount(gross, currency)} per session"
    by_minute = (gross / 60 * 10**_FINEST).denominator == 1
    of = f"{_amount(gross / 60, currency)}/min" if by_minute else f"{_amount(gross, currency)}/h"
    return f"{of}{_HOUR[dimension]}"


def _limit(what: str, limit: Price | None, tariff: Tariff) -> str:
    if limit is None or limit.gross is None:
        return ""
    return f"{what} {_amount(Fraction(limit.gross), tariff.currency)}"


def _amount(exact: Fraction, currency: str) -> str:
    """With the decimals of its currency, or as many as it needs, but four at the most."""
    number = (Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1).scaleb(-_FINEST), ROUND_HALF_UP)
    whole, _, digits = f"{number:f}".partition(".")
    least = currencies.decimals(currency)
    kept = digits[:least] + digits[least:].rstrip("0")
    return f"{whole}.{kept} {currency}" if kept else f"{whole} {currency}"
