"""Bills as they are kept: every line with what it was made of, exact to the last digit, as JSON data."""

import json
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cpoctl.clock import stored
from cpoctl.domain.money import e4
from cpoctl.domain.tariffs import Bill, Line

INCLUDED = "INCLUDED"
"""The dimension of the line that tells the energy which a subscription paid for."""


def exact(amount: Fraction | Decimal | int) -> str:
    """The amount as a decimal, or where that has no end as `1/3`; `Fraction` reads both."""
    value = amount if isinstance(amount, Fraction) else Fraction(amount)
    if value.denominator == 1:
        return str(value.numerator)
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return str(value)
    whole, part = divmod(abs(value.numerator) * 10**places // value.denominator, 10**places)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"


def amounts(bill: Bill) -> tuple[int, int, int]:
    """Net, VAT and gross as they are stored: each rounded once from the exact total, VAT what lies between."""
    net, gross = e4(bill.net), e4(bill.gross)
    return net, gross - net, gross


def text_of(bill: Bill, included: Line | None = None, **made_of: Any) -> str:
    """The bill as it is kept. `made_of`: what else decided about it."""
    lines = [*([included] if included else []), *bill.lines]
    return json.dumps(
        {
            "lines": [_told(line, INCLUDED if line is included else line.dimension) for line in lines],
            "adjustment_net": exact(bill.adjustment_net),
            "adjustment_gross": exact(bill.adjustment_gross),
            "net": exact(bill.net),
            "gross": exact(bill.gross),
            "sums": _sums(bill.lines),
            **made_of,
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )


def _told(line: Line, dimension: str) -> dict[str, Any]:
    return {
        "element": line.element,
        "dimension": str(dimension),
        "kind": str(line.kind),
        "begin": stored(line.begin),
        "end": stored(line.end),
        "quantity": exact(line.quantity),
        "billed": exact(line.billed),
        "price": str(line.price),
        "vat": None if line.vat is None else str(line.vat),
        "net": exact(line.net),
        "gross": exact(line.gross),
    }


def _sums(lines: Iterable[Line]) -> dict[str, str]:
    """Net by dimension, what was reserved apart: for whoever lists what bills are made of."""
    sums: dict[str, Fraction] = {}
    for line in lines:
        name = "RESERVATION" if line.kind == "RESERVATION" else str(line.dimension)
        sums[name] = sums.get(name, Fraction(0)) + line.net
    return {name: exact(net) for name, net in sums.items()}
