"""Amounts of money: reckoned as exact fractions, stored as whole ten-thousandths of the currency's unit, never floats.

An amount is rounded once, from its exact total, half away from zero.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from cpoctl.domain import currencies
from cpoctl.errors import UsageProblem

TEN_THOUSAND = 10_000
_MOST = Decimal(10**9)
_FINEST = -9  # places after the point: beyond them nothing has a price


def e4(amount: Fraction | Decimal | int) -> int:
    """The amount as it is stored: ten-thousandths, rounded half away from zero."""
    exact = Fraction(amount)
    over = exact.denominator
    doubled = 2 * TEN_THOUSAND * abs(exact.numerator) + over
    rounded = doubled // (2 * over)
    return rounded if exact >= 0 else -rounded


def told(amount_e4: int) -> str:
    """The stored amount as JSON tells it: a decimal with four places."""
    whole, rest = divmod(abs(amount_e4), TEN_THOUSAND)
    return f"{'-' if amount_e4 < 0 else ''}{whole}.{rest:04d}"


def invoice(amount_e4: int, currency: str) -> Decimal:
    """The stored amount in the currency's minor unit: what an invoice says."""
    smallest = Decimal(1).scaleb(-currencies.decimals(currency))
    rounded = Decimal(amount_e4).scaleb(-4).quantize(smallest, ROUND_HALF_UP)
    return rounded or abs(rounded)  # no minus before nothing


def parse(text: str) -> Decimal:
    """Read an amount or a price as someone wrote it: digits, a point, perhaps a minus."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise UsageProblem(f"{text!r} is no amount: write it as {_with_a_point(text)}") from None
    return plain(number, text)


def _with_a_point(text: str) -> str:
    """The amount that somebody meant who wrote a comma, else any: three digits after one may be thousands."""
    meant = text.strip().replace(",", ".", 1)
    return meant if re.fullmatch(r"-?(0\.\d+|\d+\.(\d{1,2}|\d{4,}))", meant, re.ASCII) else "0.25"


def plain(number: Decimal, said: object) -> Decimal:
    """The number without an exponent and without closing zeros; refused where no price can be meant."""
    if not number.is_finite() or abs(number) > _MOST:
        raise UsageProblem(f"{said} is no amount: it must lie between -{_MOST} and {_MOST}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < _FINEST:
        raise UsageProblem(f"{said} is no amount: at most {-_FINEST} places after the point")
    short = number.normalize() or Decimal(0)  # nothing has no sign
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
