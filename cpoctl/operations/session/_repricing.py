"""Pricing sessions anew: which they are, what each cost and what it costs now.

A few are looked at, at a time, so that a year of them takes no memory. Nothing is written here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import periods
from cpoctl.errors import CpoctlError, NotFound
from cpoctl.operations import Read, Record
from cpoctl.operations.charger import must_be_known
from cpoctl.store import rows

if TYPE_CHECKING:
    from cpoctl.store.pricing import Priced, Pricer

AT_ONCE: Final = 50
NO_TARIFF: Final = "no tariff held when they began"
UNREADABLE_RECORD: Final = "their record cannot be reckoned with"
_FITTING = """
s.stopped_at IS NOT NULL AND s.dropped_at IS NULL
  AND (:session IS NULL OR s.session_id = :session) AND s.stopped_at >= :since AND s.stopped_at < :until
  AND (:site IS NULL OR charger.site_id = :site COLLATE NOCASE)
  AND (:charger IS NULL OR s.charger_id = :charger COLLATE NOCASE)
  AND NOT (:unpriced AND EXISTS (
    SELECT 1 FROM session_price p WHERE p.session_id = s.session_id AND p.superseded_at IS NULL))
"""
_NEXT = f"""
WHERE {_FITTING} AND (s.stopped_at > :at OR (s.stopped_at = :at AND s.session_id > :number))
ORDER BY s.stopped_at, s.session_id LIMIT :most
"""
_COUNT = f"""
SELECT count(*) AS n FROM session s LEFT JOIN charger ON charger.charger_id = s.charger_id WHERE {_FITTING}
"""  # noqa: S608 # constants
_COUNTING = """
SELECT session_id, net_e4, gross_e4, currency, tariff_id, version, bill FROM session_price
WHERE superseded_at IS NULL AND session_id IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True)
class Place:
    """How far the records have been searched, in the order of the sessions' ends."""

    at: str = ""
    number: int = 0


@dataclass(frozen=True)
class Repriced:
    """A session with its price before and the one that it has now, or why it has none."""

    session_id: int
    charger_id: str
    stopped_at: str
    before: Record | None
    after: "Priced | None"
    reason: str | None

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
class Search:
    """Which sessions: this one, or those that ended in a period on the clock of their site, of a site or charger or all.

    `unpriced`: only those that have no price.
    """

    session: int | None
    period: periods.Period | None
    now: datetime
    site: str | None = None
    charger: str | None = None
    unpriced: bool = False

    def after(self, place: Place, read: Read, pricer: "Pricer | None" = None) -> tuple[list[Repriced], Place | None]:
        """The next ones with their prices, and the place of the last; None: there are no more.

        A `pricer` of one's own remembers what nobody has written yet.
        """
        from cpoctl.store.charges import SESSIONS

        given = {**self._given(), "at": place.at, "number": place.number, "most": AT_ONCE}
        records = read(SESSIONS + _NEXT, given)
        wanted = f"[{','.join(str(record['session_id']) for record in records)}]"
        before = {record["session_id"]: record for record in read(_COUNTING, [wanted])}
        pricer = pricer or self.pricer(read)
        found = [
            _repriced(pricer, record, before.get(record["session_id"])) for record in records if self._fits(record)
        ]
        more = len(records) == AT_ONCE
        return found, Place(records[-1]["stopped_at"], records[-1]["session_id"]) if more else None

    def each(self, read: Read) -> Iterator[Sequence[Repriced]]:
        """All of them, a few at a time, as if each had been written before the next."""
        pricer = self.pricer(read)
        place: Place | None = Place()
        while place is not None:
            found, place = self.after(place, read, pricer)
            yield found

    def pricer(self, read: Read) -> "Pricer":
        """What prices them."""
        from cpoctl.store.pricing import Pricer

        return Pricer(read, self.now, self._given()["until"])

    def about(self, read: Read) -> int:
        """About how many they are. Raises NotFound for a charger that nobody knows."""
        if self.charger:
            must_be_known(self.charger, read)
        return sum(found["n"] for found in read(_COUNT, self._given()))

    def _given(self) -> dict[str, Any]:
        since, until = self._span(timedelta(days=1), UTC)
        return {
            "session": self.session, "since": since, "until": until,
            "site": self.site, "charger": self.charger, "unpriced": self.unpriced,
        }  # fmt: skip

    def _fits(self, record: Record) -> bool:
        since, until = self._span(timedelta(0), ZoneInfo(record["time_zone"]))
        return since <= str(record["stopped_at"]) < until

    def _span(self, room: timedelta, zone: tzinfo) -> tuple[str, str]:
        if self.period is None:
            return "", "9"
        begin, end = self.period.within(zone)
        return stored(begin - room), stored(end + room)


def _repriced(pricer: "Pricer", record: Record, before: Record | None) -> Repriced:
    from cpoctl.store.pricing import UNREADABLE

    after, reason = None, None
    try:
        after = pricer.price(record)
        reason = NO_TARIFF if after is None else None
    except CpoctlError as error:  # its energy, or a price of the day, is not known: it keeps what it has
        reason = str(error.detail.get("reason", error.message))
    except UNREADABLE:
        reason = UNREADABLE_RECORD
    return Repriced(int(record["session_id"]), record["charger_id"], record["stopped_at"], before, after, reason)


def must_be_there(search: Search, *, found: bool) -> None:
    """Raise NotFound for a session that has not ended, or that nobody knows."""
    if search.session is not None and not found:
        number = str(search.session)
        raise NotFound(f"no ended session {number}", target=number, hints=["cpoctl session list"])
