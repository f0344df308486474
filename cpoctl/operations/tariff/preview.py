"""Price past sessions under another tariff."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.domain.currencies import amount
from cpoctl.domain.energy import whole
from cpoctl.domain.money import told
from cpoctl.errors import CpoctlError, NotFound
from cpoctl.operations import Argument, Option, Read, Record, Step
from cpoctl.operations.report import ENDED, Report
from cpoctl.operations.report._charting import charted
from cpoctl.operations.session import number
from cpoctl.operations.tariff._kept import TariffId, newest
from cpoctl.table import Column, keyed, kwh

if TYPE_CHECKING:
    from cpoctl.charts import Chart
    from cpoctl.operations.report.completeness import Completeness
    from cpoctl.store.pricing import Pricer

_AT_ONCE = 200
_MORE = "AND (s.stopped_at > :at OR (s.stopped_at = :at AND s.session_id > :number)) ORDER BY s.stopped_at, s.session_id LIMIT :most"
_ONE = "WHERE s.session_id = :session"
_PRICES = """
SELECT session_id, net_e4, gross_e4, currency FROM session_price
WHERE superseded_at IS NULL AND session_id IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True)
class PreviewRow:
    """What sessions came to, and what they would come to. `unpriced` have no price now, `unknown` none by the tariff.

    The difference is that of the sessions which have a price by the tariff.
    """

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    currency: Annotated[str, Column("CURRENCY")]
    sessions: Annotated[int, Column("SESSIONS", align="right", adds=True)]
    unpriced: Annotated[int, Column("UNPRICED", 3, "right", adds=True)]
    unknown: Annotated[int, Column("UNKNOWN", 3, "right", adds=True)]
    energy_wh: Annotated[int, Column("kWh", align="right", show=kwh, adds=True)]
    net: Annotated[str, Column("NET NOW", 2, "right", amount, "currency", adds=True)]
    gross: Annotated[str, Column("NOW", align="right", show=amount, beside="currency", adds=True)]
    net_then: Annotated[str, Column("NET THEN", 2, "right", amount, "currency", adds=True)]
    gross_then: Annotated[str, Column("THEN", align="right", show=amount, beside="currency", adds=True)]
    difference: Annotated[str, Column("DIFFERENCE", align="right", show=amount, beside="currency", adds=True)]


@dataclass(frozen=True, kw_only=True)
class PreviewTariff(Report):
    """Price one session, or all that ended in a period, under a tariff, and compare with what they came to. Nothing is changed.

    Currencies are never mixed: what was in another one stands in a row of its own.
    """

    path = "tariff preview"
    route = "GET /tariffs/{tariff}/preview"
    row = PreviewRow
    examples = (
        "cpoctl tariff preview day 42",
        "cpoctl tariff preview day --from last-month --by site",
        "cpoctl tariff preview day --from 2026-10 --by day --plot",
    )

    tariff: TariffId
    session: Annotated[str | None, Argument("only this session")] = None
    version: Annotated[str | None, Option("this version of it, or how it begins; the newest without it")] = None
    by: Annotated[Literal["total", "site", "charger", "day", "month"], Option("what a row is of")] = "total"

    def select(self, read: Read) -> list[PreviewRow]:
        """A row a group and currency."""
        return self.in_steps(read, lambda done, total: None)

    def in_steps(self, read: Read, step: Step) -> list[PreviewRow]:
        """The same, with how far it has come."""
        from cpoctl.store.pricing import Pricer

        now = datetime.now(UTC)
        record = newest(read, self.tariff, stored(now), self.version)
        pricer, sums = Pricer(read, now, "9"), _Sums(self.by)
        tariff = pricer.tariff(record["tariff_id"], record["version"])
        for sessions in self._batches(read):
            wanted = f"[{','.join(str(each['session_id']) for each in sessions)}]"
            prices = {each["session_id"]: each for each in read(_PRICES, [wanted])}
            for each in sessions:
                then = _then(pricer, each, tariff, record["version"])
                sums.take(each, prices.get(each["session_id"]), then, tariff.currency)
            step(sums.found, None)
        if self.session is not None and not sums.found:
            raise NotFound(f"no ended session {self.session}", target=self.session, hints=["cpoctl session list"])
        return sums.rows()

    def _batches(self, read: Read) -> Iterator[list[Record]]:
        """The sessions, a few at a time: however many there are, they take no memory."""
        from cpoctl.store.charges import SESSIONS

        if self.session is not None:
            yield read(f"{SESSIONS} {_ONE} AND s.stopped_at IS NOT NULL", {"session": number(self.session)})
            return
        for _, given in self.spans(read):
            place: dict[str, Any] = {"at": "", "number": 0, "most": _AT_ONCE}
            while found := read(f"{SESSIONS} WHERE {ENDED} {_MORE}", {**given, **place}):
                yield found
                place |= {"at": found[-1]["stopped_at"], "number": found[-1]["session_id"]}

    def beside(self) -> "Completeness | None":  # type: ignore[override] # one session is as complete as it is
        """What of a period's data is missing."""
        return super().beside() if self.session is None else None

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """The difference as bars."""
        return charted(self, f"{self.tariff}: what it would change", rows, "difference")


def _then(pricer: "Pricer", session: Record, tariff: Any, version: str) -> tuple[int, int] | None:
    try:
        net, _, gross = pricer.price_by(session, tariff, version).amounts
    except CpoctlError:
        return None
    return net, gross


class _Sums:
    """Whole numbers by group and currency, in the order of the groups."""

    def __init__(self, by: str) -> None:
        self._by = by
        self._sums: dict[tuple[str, str], list[int]] = {}
        self.found = 0

    def take(self, session: Record, price: Record | None, then: tuple[int, int] | None, currency: str) -> None:
        """Count a session in; one that changes its currency stands in both, and counts in the new one."""
        self.found += 1
        key = self._key(session)
        sums = self._sums.setdefault((key, currency), [0] * 9)
        for place, more in enumerate((1, price is None, then is None, whole(session["energy_wh"] or 0))):
            sums[place] += more
        if then is not None:
            sums[6], sums[7] = sums[6] + then[0], sums[7] + then[1]
            sums[8] += then[1]
        if price is not None:
            was = self._sums.setdefault((key, price["currency"]), [0] * 9)
            was[4], was[5] = was[4] + price["net_e4"], was[5] + price["gross_e4"]
            was[8] -= price["gross_e4"] if then is not None else 0

    def rows(self) -> list[PreviewRow]:
        """A row each."""
        return [self._row(*group, sums) for group, sums in sorted(self._sums.items())]

    def _row(self, key: str, currency: str, sums: list[int]) -> PreviewRow:
        sessions, unpriced, unknown, energy, *amounts = sums
        return PreviewRow(self._by, key, currency, sessions, unpriced, unknown, energy, *map(told, amounts))

    def _key(self, session: Record) -> str:
        if self._by in ("day", "month"):
            day = parsed(session["stopped_at"]).astimezone(ZoneInfo(session["time_zone"])).date().isoformat()
            return day if self._by == "day" else day[:7]
        return "total" if self._by == "total" else str(session[f"{self._by}_id"] or "")
