"""Price sessions anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import periods
from cpoctl.domain.currencies import amount
from cpoctl.domain.money import told
from cpoctl.errors import CpoctlError, NotFound, UsageProblem
from cpoctl.operations import Act, Argument, Danger, Operator, Option, Read, Record, Role
from cpoctl.operations.session import number
from cpoctl.store import rows
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.store.pricing import Priced, Pricer

_AT_ONCE = 50
_EXAMPLE = "cpoctl session reprice 42 --reason 'the tariff was assigned too late' --yes"
_NEXT = """
WHERE s.stopped_at IS NOT NULL AND s.dropped_at IS NULL
  AND (:session IS NULL OR s.session_id = :session) AND s.stopped_at >= :since AND s.stopped_at < :until
  AND (s.stopped_at > :at OR (s.stopped_at = :at AND s.session_id > :number))
  AND (:site IS NULL OR charger.site_id = :site COLLATE NOCASE)
ORDER BY s.stopped_at, s.session_id LIMIT :most
"""
_COUNTING = """
SELECT session_id, gross_e4, currency, bill FROM session_price
WHERE superseded_at IS NULL AND session_id IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True)
class RepricedRow:
    """What sessions of one currency came to before, and come to now. `changed` have another price or another tariff."""

    currency: Annotated[str, Column("CURRENCY")]
    sessions: Annotated[int, Column("SESSIONS", align="right")]
    changed: Annotated[int, Column("CHANGED", align="right")]
    unpriced: Annotated[int, Column("NO PRICE", align="right")]
    before: Annotated[str, Column("BEFORE", align="right", show=amount, beside="currency")]
    after: Annotated[str, Column("AFTER", align="right", show=amount, beside="currency")]
    difference: Annotated[str, Column("DIFFERENCE", align="right", show=amount, beside="currency")]


@dataclass(frozen=True, kw_only=True)
class RepriceSessions(Act):
    """Price a session anew, or all that ended in a time: by the tariffs that are assigned for their begin now.

    What they were said to cost before is kept beside it, with who did this and why. Sessions without a tariff keep what they have.
    """

    path = "session reprice"
    route = "POST /sessions/reprice"
    row = RepricedRow
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    takes_minutes = True
    nothing = "No session ended then."
    examples = (
        _EXAMPLE,
        "cpoctl session reprice --from 2026-10 --site HQ --reason 'price agreed with the owner' --yes",
    )

    session: Annotated[str | None, Argument("the session's number; --from without it")] = None
    reason: Annotated[str, Option("why, for whoever asks later")]
    since: Annotated[str | None, Option("sessions that ended in this month or day, or from then on", long="from")] = (
        None
    )
    until: Annotated[str | None, Option("and before then", long="to")] = None
    site: Annotated[str | None, Option("only those of this site", kind="site")] = None

    def consequence(self) -> str:
        """What it will do."""
        what = f"session {self.session}" if self.session else f"the sessions of {self.since}"
        return f"change what {what} cost"

    async def run(self, operator: Operator) -> list[RepricedRow]:
        """A batch after the other, each committed before the next is looked at."""
        if not self.reason.strip():
            raise UsageProblem("--reason is empty", hints=[_EXAMPLE])
        place: _Place | None = _Place()
        search, sums = self._search(operator.clock.now()), _Sums()
        while place is not None:
            found, place = await operator.store.reading(partial(search.after, place))
            changed = [one for one in found if sums.take(one)]
            if changed:
                now = stored(operator.clock.now())
                unit = [row for one in changed for row in one.unit(now, operator.actor, self.reason)]
                await operator.commit(unit, [one.event(operator.actor) for one in changed])
        if self.session is not None and not sums:
            raise NotFound(f"no ended session {self.session}", target=self.session, hints=["cpoctl session list"])
        return list(sums.rows())

    def _search(self, now: datetime) -> "_Search":
        if (self.session is None) == (self.since is None):
            raise UsageProblem("say a session, or --from", hints=[_EXAMPLE])
        if self.since is None:
            return _Search(number(self.session or ""), None, self.site, now)
        try:
            return _Search(None, periods.read(self.since, self.until, now.astimezone()), self.site, now)
        except ValueError as error:
            raise UsageProblem(str(error), hints=[_EXAMPLE]) from None


@dataclass(frozen=True)
class _Place:
    """How far the records have been searched, in the order of the sessions' ends."""

    at: str = ""
    number: int = 0


@dataclass(frozen=True)
class _Repriced:
    """A session with its price before and the one that it has now, where it has any."""

    charger_id: str
    before: Record | None
    after: "Priced | None"

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return self.after is not None and (self.before is None or bool(self.before["bill"] != self.after.text))

    def unit(self, now: str, actor: str, reason: str) -> list[rows.Row]:
        """What is written."""
        assert self.after is not None  # noqa: S101 # else it has not changed
        return [rows.SessionPriceSuperseded(now, self.after.session_id), self.after.row(now, actor, reason)]

    def event(self, actor: str) -> events.SessionPriced:
        """What has happened."""
        assert self.after is not None  # noqa: S101 # else it has not changed
        return events.SessionPriced(charger_id=self.charger_id, actor=actor, **self.after.told())


@dataclass(frozen=True)
class _Search:
    """Which sessions: this one, or those that ended in a period on the clock of their site."""

    session: int | None
    period: periods.Period | None
    site: str | None
    now: datetime

    def after(self, place: _Place, read: Read) -> tuple[list[_Repriced], _Place | None]:
        """The next ones with their prices, and the place of the last; None: there are no more."""
        from cpoctl.store.charges import SESSIONS
        from cpoctl.store.pricing import Pricer

        since, until = self._span(timedelta(days=1), UTC)
        given = {
            "session": self.session, "since": since, "until": until, "at": place.at, "number": place.number,
            "site": self.site, "most": _AT_ONCE,
        }  # fmt: skip
        records = read(SESSIONS + _NEXT, given)
        wanted = f"[{','.join(str(record['session_id']) for record in records)}]"
        before = {record["session_id"]: record for record in read(_COUNTING, [wanted])}
        pricer = Pricer(read, self.now, until)
        found = [
            _Repriced(record["charger_id"], before.get(record["session_id"]), _price(pricer, record))
            for record in records
            if self._fits(record)
        ]
        more = len(records) == _AT_ONCE
        return found, _Place(records[-1]["stopped_at"], records[-1]["session_id"]) if more else None

    def _fits(self, record: Record) -> bool:
        since, until = self._span(timedelta(0), ZoneInfo(record["time_zone"]))
        return since <= str(record["stopped_at"]) < until

    def _span(self, room: timedelta, zone: tzinfo) -> tuple[str, str]:
        if self.period is None:
            return "", "9"
        begin, end = self.period.within(zone)
        return stored(begin - room), stored(end + room)


def _price(pricer: "Pricer", record: Record) -> "Priced | None":
    try:
        return pricer.price(record)
    except CpoctlError:  # its energy, or a price of the day, is not known: it keeps what it has
        return None


class _Sums:
    """Sums by currency; of a session that changes its currency each stands under its own."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def take(self, one: _Repriced) -> bool:
        """Count one in; whether it has another price now."""
        before, after = one.before, one.after
        was = before["currency"] if before else None
        becomes = after.bill.currency if after else was
        sums = self._rows.setdefault(becomes or "", [0] * 5)
        sums[0] += 1
        sums[1] += one.changed
        sums[2] += before is None and after is None
        if before is not None:
            self._rows.setdefault(was or "", [0] * 5)[3] += before["gross_e4"]
        if becomes:
            sums[4] += after.amounts[2] if after else before["gross_e4"] if before else 0
        return one.changed

    def rows(self) -> Iterator[RepricedRow]:
        """A row a currency; those without any price have none."""
        for currency, (sessions, changed, unpriced, before, after) in sorted(self._rows.items()):
            amounts = (told(before), told(after), told(after - before))
            yield RepricedRow(currency or "-", sessions, changed, unpriced, *amounts)
