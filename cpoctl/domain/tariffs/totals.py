"""The bill: lines from the ledger, their total, held between the least and the highest price. OCPI 2.2.1 §11.4

Amounts without VAT and with it are held separately. Lines keep what they cost; what the limits add or take is told
beside them.
"""

from fractions import Fraction

from cpoctl.domain.tariffs.clocks import instant
from cpoctl.domain.tariffs.ledger import Ledger, Run
from cpoctl.domain.tariffs.model import Bill, Line, Price, Tariff
from cpoctl.domain.tariffs.plan import STEP_UNIT


def bill(tariff: Tariff, ledger: Ledger, *, least: bool) -> Bill:
    """Add up; `least` says whether the least price is due."""
    lines = tuple(_line(run) for run in ledger.close())
    net = sum((line.net for line in lines), Fraction())
    gross = sum((line.gross for line in lines), Fraction())
    held_net, held_gross = net, gross
    if least and tariff.min_price:
        low_net, low_gross = _bounds(tariff.min_price, net, gross)
        held_net, held_gross = max(held_net, low_net), max(held_gross, low_gross)
    if tariff.max_price:
        high_net, high_gross = _bounds(tariff.max_price, net, gross)
        held_net, held_gross = min(held_net, high_net), min(held_gross, high_gross)
    return Bill(tariff.currency, lines, held_net - net, held_gross - gross, held_net, held_gross)


def _line(run: Run) -> Line:
    rate = run.rate
    component = rate.component
    billed = run.quantity + run.surplus
    unit = STEP_UNIT[component.dimension]
    begin, quantity = instant(run.begin), Fraction(run.quantity, unit)
    return Line(
        element=rate.element,
        dimension=component.dimension,
        kind=run.kind,
        begin=begin,
        end=begin if run.end == run.begin else instant(run.end),
        quantity=quantity,
        billed=Fraction(billed, unit) if run.surplus else quantity,
        price=component.price,
        vat=component.vat,
        net=rate.net * billed,
        gross=rate.gross * billed,
    )


def _bounds(limit: Price, net: Fraction, gross: Fraction) -> tuple[Fraction, Fraction]:
    """A limit without VAT and with it; where it does not say the latter, VAT has the share it has in the lines."""
    exact = Fraction(limit.net)
    if limit.gross is not None:
        return exact, Fraction(limit.gross)
    return exact, exact * gross / net if net else exact
