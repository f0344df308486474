"""What a session costs, as rows: each line of its bill, the totals, and what it was said to cost before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.domain.currencies import amount
from cpoctl.domain.money import told
from cpoctl.operations import Read, Record
from cpoctl.table import Column, local, on_the_wall

if TYPE_CHECKING:
    from cpoctl.store.pricing import Priced

UNITS = {"ENERGY": "Wh", "INCLUDED": "Wh", "TIME": "s", "PARKING_TIME": "s", "FLAT": "session"}
RUNNING = "running"
_PRICES = """
SELECT session_id, net_e4, vat_e4, gross_e4, currency, tariff_id, version, priced_at, actor, reason, superseded_at, bill
FROM session_price WHERE session_id = ? ORDER BY superseded_at IS NOT NULL, price_id DESC
"""

_ZONE = """
SELECT coalesce(site.time_zone, 'UTC') AS zone FROM session s
LEFT JOIN charger ON charger.charger_id = s.charger_id LEFT JOIN site ON site.site_id = charger.site_id
WHERE s.session_id = ?
"""


def short(text: str | None) -> str:
    """An exact number for a reader: four decimals at the most."""
    if text is None:
        return "-"
    exact = Fraction(text)
    rounded = (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return f"{rounded.normalize():f}"


@dataclass(frozen=True)
class LineRow:
    """A price that was applied without a break, with the number of the tariff's element; 0 where no element of it did.

    A table shows its times by the clock of the site, which `time_zone` names: the tariff goes by it. Quantities, net and gross
    are exact: decimals, or fractions where those have no end.
    """

    element: Annotated[int, Column("ELEMENT", align="right")]
    dimension: Annotated[str, Column("WHAT")]
    begin: Annotated[str, Column("FROM", 2, "left", on_the_wall, "time_zone")]
    end: Annotated[str, Column("TO", 2, "left", on_the_wall, "time_zone")]
    time_zone: Annotated[str, Column("TIME ZONE", 2)]
    quantity: Annotated[str, Column("QUANTITY", align="right", show=short)]
    billed: Annotated[str, Column("BILLED", align="right", show=short)]
    unit: Annotated[str, Column("UNIT")]
    price: Annotated[str, Column("PRICE", align="right")]
    vat: Annotated[str | None, Column("VAT %", align="right")]
    net: Annotated[str, Column("NET", align="right", show=short)]
    gross: Annotated[str, Column("GROSS", align="right", show=short)]
    kind: str


@dataclass(frozen=True)
class CostRow:
    """What a session costs. Of several the first counts; `running`: it has not ended, this is so far.

    Lines and adjustment, which a least or highest price makes, add up to the exact totals; net and gross are rounded from those.
    """

    net: Annotated[str, Column("NET", align="right", show=amount, beside="currency")]
    vat: Annotated[str, Column("VAT", align="right", show=amount, beside="currency")]
    gross: Annotated[str, Column("GROSS", align="right", show=amount, beside="currency")]
    currency: Annotated[str, Column("CURRENCY")]
    tariff_id: Annotated[str, Column("TARIFF")]
    version: Annotated[str, Column("VERSION", 2)]
    adjustment: Annotated[str, Column("ADJUSTMENT", 2, "right", short)]
    priced_at: Annotated[str, Column("PRICED", 3, show=local)]
    actor: Annotated[str, Column("BY", 2)]
    reason: Annotated[str | None, Column("REASON", 3)]
    superseded_at: Annotated[str | None, Column("UNTIL", 2, show=local)]
    bill: dict[str, Any]


def costs(read: Read, session_id: int) -> list[CostRow]:
    """What a session was ever said to cost, what counts first."""
    return [_row(record) for record in read(_PRICES, [session_id])]


def of_priced(priced: "Priced", at: str) -> CostRow:
    """What a session costs by a price that nobody has written down."""
    return _row(priced.row(at, RUNNING)._asdict() | {"superseded_at": None})


def _row(record: Record) -> CostRow:
    bill = json.loads(record["bill"])
    return CostRow(
        net=told(record["net_e4"]),
        vat=told(record["vat_e4"]),
        gross=told(record["gross_e4"]),
        currency=record["currency"],
        tariff_id=record["tariff_id"],
        version=record["version"],
        adjustment=bill["adjustment_net"],
        priced_at=record["priced_at"],
        actor=record["actor"],
        reason=record["reason"],
        superseded_at=record["superseded_at"],
        bill={name: value for name, value in bill.items() if name != "lines"},
    )


def lines(read: Read, session_id: int) -> list[LineRow]:
    """The lines of the bill that counts."""
    for record in read(f"{_PRICES} LIMIT 1", [session_id]):
        return of_bill(record["bill"], read, session_id)
    return []


def of_bill(text: str, read: Read, session_id: int) -> list[LineRow]:
    """The lines of a session's bill as it is kept."""
    told_lines: list[Mapping[str, Any]] = json.loads(text)["lines"]
    zone = read(_ZONE, [session_id])[0]["zone"]
    return [LineRow(**line, unit=UNITS[line["dimension"]], time_zone=zone) for line in told_lines]


def estimated(read: Read, session_id: int, now: datetime) -> "Priced | None":
    """What a session that nobody has priced costs by its tariff up to now. Raises UsageProblem."""
    from cpoctl.store.charges import SESSIONS
    from cpoctl.store.pricing import Pricer

    for record in read(f"{SESSIONS} WHERE s.session_id = ?", [session_id]):
        return Pricer(read, now).price(record)
    return None
