"""The picture: the live fleet as this dashboard knows it, made of a snapshot and of what happened since.

It is the server's own live state, rebuilt and changed by the very same events, beside the rows of `charger list`.
Pure but for the clock. `dirty` holds the keys of what has changed since somebody looked: a charger's folded id.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from cpoctl import events
from cpoctl.client import Told
from cpoctl.clock import parsed, stored
from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession
from cpoctl.domain.rebuilding import event_of
from cpoctl.operations.charger import ChargerRow, with_live
from cpoctl.tui.link import Synced


class Share(NamedTuple):
    """What one charger adds to the totals."""

    status: str
    power_w: float
    today_wh: float


class Totals(NamedTuple):
    """How many chargers are in which state, and what they all draw and have drawn today."""

    by_status: Counter[str]
    power_w: float
    today_wh: float


class Day(NamedTuple):
    """From one midnight to the next."""

    begin: datetime
    end: datetime


def _day(now: datetime) -> Day:
    """The day of an instant in the zone of whoever watches: of 23 or 25 hours where the clocks are changed."""
    date = now.astimezone().date()
    midnights = (datetime.combine(each, time.min).astimezone(UTC) for each in (date, date + timedelta(days=1)))
    return Day(*midnights)


class Picture:
    """Everything that the screens show of the live fleet."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.live = LiveFleet()
        self.seq = 0
        self.synced = False
        self.as_of: datetime | None = None
        """When the last word came from the server, by its clock."""
        self.dirty: set[str] = set()
        self._now = now
        self._ahead = timedelta(0)
        self._held_at: datetime | None = None
        self._rows: dict[str, ChargerRow] = {}
        self._outdated: set[str] = set()
        """The keys of rows whose live part has changed since they were made."""
        self._removed: dict[str, ChargerRow] = {}
        self._today_wh: dict[str, float] = {}
        self._shares: dict[str, Share] = {}
        self._totals: Totals | None = None
        self._today = _day(self.now())

    def now(self) -> datetime:
        """The server's wall clock: ages are its, however wrong this machine's own clock is. It stands while held."""
        return self._held_at or self._now() + self._ahead

    def hold(self, still: bool) -> None:
        """Let its clock stand, as ages do on a picture that nothing is applied to; or let it go on."""
        self._held_at = self.now() if still else None

    def sync(self, news: Synced) -> int:
        """Begin afresh with a whole picture; how many stored events lie between it and the one before."""
        missed = max(0, news.seq - self.seq) if self.synced else 0
        self.live, self.seq, self.synced = news.live, news.seq, True
        self.as_of = parsed(news.at)
        self._ahead = self.as_of - self._now()
        self._removed = {key: row for key, row in self._rows.items() if key not in news.rows}
        self._rows, self._today_wh = news.rows, news.today_wh
        self._outdated, self._shares, self._totals = set(), {}, None
        self._today = _day(self.as_of)
        self.dirty = set()  # every screen is told, and begins afresh
        return missed

    def apply(self, told: Told) -> events.Event | None:
        """Take in what has happened; the event, if it is one that this version knows."""
        self._turn_day()
        event = event_of(told.data)
        self.as_of = self.now()
        self.seq = told.data["seq"] or self.seq
        if event is None:
            return None
        self.live.apply(event)
        self._remember(event)
        self._touch(event.seen if isinstance(event, events.ChargersSeen) else [event.charger_id or ""])
        return event

    @property
    def keys(self) -> Collection[str]:
        """The keys of all chargers that are known, in the order of the records."""
        return self._rows.keys()

    def row(self, key: str) -> ChargerRow:
        """A charger as `charger list` has it, as of now; what was known last of one that a screen still shows."""
        found = self._rows.get(key)
        if found is None:
            return self._removed[key]
        if key in self._outdated:
            self._outdated.discard(key)
            found = self._rows[key] = with_live(found, self.live)
        return found

    def charger(self, key: str) -> LiveCharger | None:
        """The live charger of a key."""
        return self.live.chargers.get(key)

    def sessions(self) -> list[tuple[LiveCharger, OpenSession]]:
        """Every session that has not ended, with its charger."""
        return [(charger, session) for charger in self.live.chargers.values() for session in charger.sessions.values()]

    def today_wh(self, key: str) -> float:
        """The energy of a charger's sessions of today: of those that have ended, and of the running ones so far."""
        self._turn_day()
        ended, charger = self._today_wh.get(key, 0.0), self.charger(key)
        if charger is None or not charger.sessions:
            return ended
        return ended + sum(used_wh(session) or 0 for session in charger.sessions.values())

    def totals(self) -> Totals:
        """The sums over all chargers. Only what has changed since is worked out again, and nothing when nothing has."""
        self._turn_day()
        if self._totals is None:
            for key in self._rows.keys() - self._shares.keys():
                row = self.row(key)
                self._shares[key] = Share(row.status, row.power_w or 0, self.today_wh(key))
            shares = self._shares.values()
            self._totals = Totals(
                Counter(share.status for share in shares),
                sum(share.power_w for share in shares),
                sum(share.today_wh for share in shares),
            )
        return self._totals

    def midnight(self) -> str:
        """The begin of today, by the zone of whoever watches."""
        return stored(_day(self.now()).begin)

    def _turn_day(self) -> None:
        """Once it is another day, what had ended on the one before is not of today any more."""
        if not self._today.begin <= self.now() < self._today.end:
            self._today = _day(self.now())
            self._today_wh, self._shares, self._totals = {}, {}, None

    def _touch(self, charger_ids: Iterable[str]) -> None:
        self._totals = None
        for charger_id in charger_ids:
            key = charger_id.casefold()
            self._outdated.add(key)
            self._shares.pop(key, None)
            self.dirty.add(key)

    def _remember(self, event: events.Event) -> None:
        """Keep what a row has beyond the live state."""
        key = (event.charger_id or "").casefold()
        charger = self.live.chargers.get(key)
        match event:
            case events.SessionStarted() if charger:
                charger.starts.clear()  # what answers repeats is the server's, and would only grow here
            case events.SessionStopped():
                if parsed(event.stopped_at) >= self._today.begin:
                    self._today_wh[key] = self._today_wh.get(key, 0.0) + (event.energy_wh or 0)
                if charger and not charger.sessions:
                    charger.sessions = {}  # a dict does not become smaller by itself
            case events.ChargerRemoved():
                if removed := self._rows.pop(key, None):
                    self._removed[key] = removed
            case events.ChargerAdded() | events.RegistrationChanged() | events.ChargerBooted() if charger:
                if charger.known:
                    self._rows[key] = _row(charger, self._rows.get(key))
            case events.ChargerEdited() if key in self._rows:
                before = self._rows[key]
                self._rows[key] = replace(before, name=event.name, site_id=event.site_id, labels=event.labels)


def _row(charger: LiveCharger, before: ChargerRow | None) -> ChargerRow:
    """The stored part of a charger's row."""
    return ChargerRow(
        charger_id=charger.charger_id,
        status="Unknown",
        connected=None,
        power_w=None,
        sessions_open=0,
        last_seen_at=before.last_seen_at if before else None,
        registration=charger.registration,
        version=charger.version,
        vendor=charger.vendor,
        model=charger.model,
        firmware=charger.firmware,
        serial=charger.serial,
        booted_at=charger.booted_at,
        auth=before.auth if before else "none",
        stale=False,
        name=before.name if before else None,
        site_id=charger.site_id,
        labels=charger.labels,
        note=before.note if before else None,
    )


def used_wh(session: OpenSession) -> float | None:
    """The energy that an open session has used so far."""
    if session.energy_wh is None or session.meter_start_wh is None:
        return None
    return max(0.0, session.energy_wh - session.meter_start_wh)
