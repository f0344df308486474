"""Revenue: what sessions came to, net, VAT and gross, and what of it is the owners'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from cpoctl.clock import stored
from cpoctl.domain.currencies import amount
from cpoctl.domain.money import e4, told
from cpoctl.domain.owners import ALWAYS
from cpoctl.domain.periods import midnight
from cpoctl.operations import Option, Read
from cpoctl.operations.report import Report, ordered, sums
from cpoctl.operations.report.sessions import ENERGY
from cpoctl.table import Column, keyed, kwh

if TYPE_CHECKING:
    from cpoctl.charts import Chart

PRICE = "LEFT JOIN session_price price ON price.session_id = s.session_id AND price.superseded_at IS NULL"
_MEASURES = {
    "sessions": "count(*)",
    "unpriced": "sum(price.session_id IS NULL)",
    "energy_wh": f"sum({ENERGY})",
    "net_e4": "sum(price.net_e4)",
    "vat_e4": "sum(price.vat_e4)",
    "gross_e4": "sum(price.gross_e4)",
}


@dataclass(frozen=True)
class RevenueRow:
    """What a group's sessions that ended in the period came to, in one currency; amounts are decimals with four places.

    Sessions without a price have a row of their own, without a currency. The owners' share is of the net amount, by the
    percentage that held on the day of a session's end; what is left is the operator's.
    """

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    currency: Annotated[str, Column("CURRENCY", show=keyed)]
    sessions: Annotated[int, Column("SESSIONS", 2, "right")]
    unpriced: Annotated[int, Column("UNPRICED", 3, "right")]
    energy_wh: Annotated[int, Column("kWh", 2, "right", kwh)]
    net: Annotated[str, Column("NET", 1, "right", amount, "currency")]
    vat: Annotated[str, Column("VAT", 1, "right", amount, "currency")]
    gross: Annotated[str, Column("GROSS", 1, "right", amount, "currency")]
    owners_share: Annotated[str, Column("OWNERS", 2, "right", amount, "currency")]
    operators_share: Annotated[str, Column("OURS", 3, "right", amount, "currency")]
    net_per_kwh: Annotated[str | None, Column("NET/kWh", 2, "right")]


@dataclass(frozen=True, kw_only=True)
class RevenueReport(Report):
    """Sum up what the sessions that ended in a period came to: net, VAT, gross and the owners' share, a row a currency."""

    path = "report revenue"
    route = "GET /reports/revenue"
    row = RevenueRow
    needs = frozenset({"sessions", "energy", "prices"})
    examples = (
        "cpoctl report revenue --from last-month --by site",
        "cpoctl report revenue --from last-month --by tariff -o csv --out '/srv/reports/revenue-{month}.csv'",
        "cpoctl report revenue --from 2026 --by month --plot",
    )

    by: Annotated[
        Literal["total", "site", "owner", "tariff", "charger", "evse", "tag", "hour", "weekday", "day", "month"],
        Option("what a row is of"),
    ] = "total"

    def select(self, read: Read) -> list[RevenueRow]:
        """A row a group and currency."""
        shares = _shares(read)
        parts = sums(read, self, self.by, _MEASURES, join=PRICE, apart=lambda zone: _apart(shares, zone))
        groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for part in parts:
            groups.setdefault((part["key"], part["apart"].partition(" ")[0]), []).append(part)
        rows: list[dict[str, Any]] = [
            {"key": key, "row": self._row(key, currency, found)} for (key, currency), found in sorted(groups.items())
        ]
        return [group["row"] for group in ordered(rows, self.by)]

    def _row(self, key: str, currency: str, parts: Sequence[dict[str, Any]]) -> RevenueRow:
        whole = {name: sum(part[name] for part in parts) for name in _MEASURES}
        owners = sum(part["net_e4"] * Fraction(part["apart"].partition(" ")[2]) / 100 for part in parts)
        share = e4(Fraction(owners, 10_000))  # rounded once, from the exact sum
        return RevenueRow(
            by=self.by,
            key=key,
            currency=currency,
            sessions=whole["sessions"],
            unpriced=whole["unpriced"],
            energy_wh=whole["energy_wh"],
            net=told(whole["net_e4"]),
            vat=told(whole["vat_e4"]),
            gross=told(whole["gross_e4"]),
            owners_share=told(share),
            operators_share=told(whole["net_e4"] - share),
            net_per_kwh=_per_kwh(whole["net_e4"], whole["energy_wh"]),
        )

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart | None":
        """Gross amounts as bars, a picture a currency."""
        from cpoctl.charts import Chart, Series
        from cpoctl.operations.report import short

        currencies = sorted({row["currency"] for row in rows if row["currency"]})
        keys = list(dict.fromkeys(row["key"] for row in rows))
        gross = {(row["currency"], row["key"]): float(row["gross"]) for row in rows}
        series = [Series(currency, [gross.get((currency, key)) for key in keys]) for currency in currencies]
        unit = currencies[0] if len(currencies) == 1 else ""
        return Chart(f"revenue by {self.by}", [short(key, self.by) for key in keys], series, unit) if series else None


def _per_kwh(net_e4: int, energy_wh: int) -> str | None:
    return told(e4(Fraction(net_e4, 10_000) * 1000 / energy_wh)) if energy_wh and net_e4 else None


_SHARES = "SELECT owner_id, percent, valid_from FROM owner_share ORDER BY owner_id, valid_from, share_id"


def _shares(read: Read) -> dict[str, dict[str, str]]:
    """The percentages of each owner by the day from which they hold; of rows of the same day the last."""
    found: dict[str, dict[str, str]] = {}
    for record in read(_SHARES):
        found.setdefault(record["owner_id"], {})[record["valid_from"]] = record["percent"]
    return found


def _apart(shares: Mapping[str, Mapping[str, str]], zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """SQL of `EUR 12.5`: the currency, and the owner's percentage on the day of the end in this zone."""
    given: dict[str, Any] = {}
    cases = ""
    for number, (owner, days) in enumerate(shares.items()):
        given[f"owner{number}"] = owner
        whens = ""
        for at, day in enumerate(sorted(days, reverse=True)):
            given[f"since{number}_{at}"] = "" if day == ALWAYS else stored(midnight(day, zone))
            given[f"percent{number}_{at}"] = days[day]
            whens += f" WHEN s.stopped_at >= :since{number}_{at} THEN :percent{number}_{at}"
        cases += f" WHEN :owner{number} THEN CASE {whens} ELSE '0' END"
    percent = f"CASE site.owner_id {cases} ELSE '0' END" if cases else "'0'"
    return f"coalesce(price.currency, '') || ' ' || {percent}", given
