"""Amounts of money: rounded once, half away from zero, never floats."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.domain import currencies
from cpoctl.domain.money import e4, invoice, parse, told
from cpoctl.errors import UsageProblem


@pytest.mark.parametrize(
    ("amount", "stored"),
    [
        (Fraction(1, 3), 3333),
        (Fraction(2, 3), 6667),
        (Fraction(1, 20_000), 1),
        (Fraction(-1, 20_000), -1),
        (Fraction(1, 20_001), 0),
        (Decimal("12.34"), 123_400),
        (7, 70_000),
        (0, 0),
    ],
)
def test_an_amount_is_stored_in_ten_thousandths(amount: Fraction | Decimal | int, stored: int) -> None:
    assert e4(amount) == stored


@given(st.fractions(-1000, 1000))
def test_rounding_misses_by_half_a_ten_thousandth_at_most(amount: Fraction) -> None:
    assert abs(Fraction(e4(amount), 10_000) - amount) <= Fraction(1, 20_000)
    assert e4(-amount) == -e4(amount)


@pytest.mark.parametrize(
    ("stored", "text"), [(123_400, "12.3400"), (-1, "-0.0001"), (0, "0.0000"), (-70_000, "-7.0000"), (10**15, "100000000000.0000")]
)  # fmt: skip
def test_json_tells_four_places(stored: int, text: str) -> None:
    assert told(stored) == text


@pytest.mark.parametrize(
    ("stored", "currency", "text"),
    [
        (123_450, "EUR", "12.35"),
        (-123_450, "EUR", "-12.35"),
        (123_449, "EUR", "12.34"),
        (125_000, "JPY", "13"),
        (12_345, "KWD", "1.235"),
        (12_345, "CLF", "1.2345"),
        (-1, "EUR", "0.00"),
        (500_000, "EUR", "50.00"),
    ],
)
def test_an_invoice_tells_the_minor_unit(stored: int, currency: str, text: str) -> None:
    assert str(invoice(stored, currency)) == text


@pytest.mark.parametrize(
    ("text", "number"), [("0.25", "0.25"), (" -1.50 ", "-1.5"), ("100", "100"), ("-0.00", "0"), ("1e2", "100")]
)
def test_an_amount_is_read_as_written(text: str, number: str) -> None:
    assert str(parse(text)) == number


@pytest.mark.parametrize("text", ["", "x", "1,5", "NaN", "inf", "1e10", "0.1234567891", "1e-999999", "1e999999"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="is no amount"):
        parse(text)


def test_currencies_have_their_decimals() -> None:
    assert (currencies.decimals("EUR"), currencies.decimals("JPY"), currencies.decimals("TND")) == (2, 0, 3)
    assert not currencies.known("EUX")
    assert all(len(code) == 3 and code.isupper() for code in currencies.DECIMALS)
