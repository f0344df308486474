"""Revenue: what sessions and subscriptions came to, net, VAT and gross, and what of it is the owners'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from cpoctl.clock import stored
from cpoctl.domain.currencies import amount
from cpoctl.domain.money import e4, told
from cpoctl.domain.owners import ALWAYS
from cpoctl.domain.periods import midnight
from cpoctl.operations import Option, Read
from cpoctl.operations.owner import owner_at
from cpoctl.operations.report import Report, clocks, ordered, sums
from cpoctl.operations.report._charting import charted
from cpoctl.operations.report._fees import APART, Fee, fees
from cpoctl.operations.report.sessions import ENERGY
from cpoctl.table import Column, keyed, kwh

if TYPE_CHECKING:
    from cpoctl.charts import Chart

PRICE = "LEFT JOIN session_price price ON price.session_id = s.session_id AND price.superseded_at IS NULL"
_PARTS = 10_000  # a percentage has four decimals at the most
_WHOLE = 100 * _PARTS
_CURRENCY = "coalesce(price.currency, '')"
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
    """What a group's sessions that ended in the period came to, and its fees, in one currency; amounts have four decimals.

    `net`, `vat` and `gross` are of both, `fees_…` is what of it is fees of subscriptions. Sessions without a price have a row of
    their own, without a currency. The owners' share is of the sessions' net amount, by the percentage that held on the
    day of a session's end; what is left is the operator's. `net_per_kwh` is of the sessions.
    """

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    currency: Annotated[str, Column("CURRENCY", show=keyed)]
    sessions: Annotated[int, Column("SESSIONS", 2, "right", adds=True)]
    unpriced: Annotated[int, Column("UNPRICED", 3, "right", adds=True)]
    energy_wh: Annotated[int, Column("kWh", 2, "right", kwh, adds=True)]
    net: Annotated[str, Column("NET", 1, "right", amount, "currency", adds=True)]
    vat: Annotated[str, Column("VAT", 1, "right", amount, "currency", adds=True)]
    gross: Annotated[str, Column("GROSS", 1, "right", amount, "currency", adds=True)]
    fees_net: Annotated[str, Column("FEES", 2, "right", amount, "currency", adds=True)]
    fees_vat: Annotated[str, Column("FEES VAT", 3, "right", amount, "currency", adds=True)]
    fees_gross: Annotated[str, Column("FEES GROSS", 3, "right", amount, "currency", adds=True)]
    owners_share: Annotated[str, Column("OWNERS", 2, "right", amount, "currency", adds=True)]
    operators_share: Annotated[str, Column("OURS", 3, "right", amount, "currency", adds=True)]
    net_per_kwh: Annotated[str | None, Column("NET/kWh", 2, "right")]
    time_zone: Annotated[str, Column("TIME ZONE", 4)]


@dataclass
class _Group:
    key: str
    currency: str
    parts: list[dict[str, Any]] = field(default_factory=list)
    fees: list[Fee] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RevenueReport(Report):
    """Sum up what a period came to, sessions and fees: net, VAT, gross and the owners' share, a row a currency.

    Sessions count by their end. The fee of a subscription counts whole in the period in which its month begins; it is of no
    site, charger, tariff, hour or weekday, and has a row of its own there, `(subscriptions)`. Owners have no share of it.
    """

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
        """A row a group and currency; what fees have to themselves comes last."""
        shares = _shares(read)
        groups: dict[tuple[str, str], _Group] = {}
        measures = {**_MEASURES, "share_e4": f"sum({_share(shares)})"}
        for part in sums(
            read, self, self.by, measures, join=PRICE, apart=lambda zone: (_CURRENCY, _days(shares, zone))
        ):
            _of(groups, part["key"], part["apart"]).parts.append(part)
        for fee in fees(read, self):
            _of(groups, fee.key(self.by), fee.currency).fees.append(fee)
        found = [groups[at] for at in sorted(groups)]
        alone = [group for group in found if group.key == APART]
        rows = [{"key": group.key, "row": self._row(group)} for group in found if group.key != APART]
        return [*(group["row"] for group in ordered(rows, self.by)), *map(self._row, alone)]

    def _row(self, group: _Group) -> RevenueRow:
        whole = {name: sum(part[name] for part in group.parts) for name in (*_MEASURES, "share_e4")}
        share = whole["share_e4"]
        fees_net, fees_vat = sum(fee.net_e4 for fee in group.fees), sum(fee.vat_e4 for fee in group.fees)
        net, vat = whole["net_e4"] + fees_net, whole["vat_e4"] + fees_vat
        return RevenueRow(
            by=self.by,
            key=group.key,
            currency=group.currency,
            sessions=whole["sessions"],
            unpriced=whole["unpriced"],
            energy_wh=whole["energy_wh"],
            net=told(net),
            vat=told(vat),
            gross=told(whole["gross_e4"] + fees_net + fees_vat),
            fees_net=told(fees_net),
            fees_vat=told(fees_vat),
            fees_gross=told(fees_net + fees_vat),
            owners_share=told(share),
            operators_share=told(net - share),
            net_per_kwh=_per_kwh(whole["net_e4"], whole["energy_wh"]),
            time_zone=clocks([*(part["time_zone"] for part in group.parts), *("UTC" for _ in group.fees)]),
        )

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """Gross amounts as bars, each currency on an axis of its own."""
        return charted(self, f"gross revenue by {self.by}", rows, "gross")


def _of(groups: dict[tuple[str, str], _Group], key: str, currency: str) -> _Group:
    return groups.setdefault((key.casefold(), currency), _Group(key, currency))


def _per_kwh(net_e4: int, energy_wh: int) -> str | None:
    return told(e4(Fraction(net_e4, 10_000) * 1000 / energy_wh)) if energy_wh and net_e4 else None


_SHARES = "SELECT owner_id, percent, valid_from FROM owner_share ORDER BY owner_id, valid_from, share_id"


def _shares(read: Read) -> dict[str, dict[str, str]]:
    """The percentages of each owner by the day from which they hold; of rows of the same day the last."""
    found: dict[str, dict[str, str]] = {}
    for record in read(_SHARES):
        found.setdefault(record["owner_id"], {})[record["valid_from"]] = record["percent"]
    return found


def _share(shares: Mapping[str, Mapping[str, str]]) -> str:
    """SQL of what of a session's net amount is its owner's, rounded half up for itself: so any groups add up to the same."""
    cases = ""
    for number, days in enumerate(shares.values()):
        whens = "".join(
            f" WHEN s.stopped_at >= :since{number}_{at} THEN :percent{number}_{at}" for at in range(len(days))
        )
        cases += f" WHEN :owner{number} THEN CASE {whens} ELSE 0 END"
    if not cases:
        return "0"
    percent = f"CASE {owner_at('s.stopped_at')} {cases} ELSE 0 END"
    return f"(2 * price.net_e4 * {percent} + sign(price.net_e4) * {_WHOLE}) / {2 * _WHOLE}"


def _days(shares: Mapping[str, Mapping[str, str]], zone: ZoneInfo) -> dict[str, Any]:
    """What that SQL is given: owners, and from when in this zone which percentage of theirs holds, the newest first."""
    given: dict[str, Any] = {}
    for number, (owner, days) in enumerate(shares.items()):
        given[f"owner{number}"] = owner
        for at, day in enumerate(sorted(days, reverse=True)):
            given[f"since{number}_{at}"] = "" if day == ALWAYS else stored(midnight(day, zone))
            given[f"percent{number}_{at}"] = int(Fraction(days[day]) * _PARTS)
    return given
