"""The picture: the live fleet as this dashboard knows it, made of a snapshot and of what happened since.

It is the server's own live state, rebuilt and changed by the very same events, beside the rows of `charger list`.
Pure but for the clock. `dirty` holds the keys of what has changed since somebody looked: a charger's folded id.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from cpoctl import events
from cpoctl.client import Told
from cpoctl.clock import parsed
from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession
from cpoctl.domain.rebuilding import event_of, fleet_of
from cpoctl.operations.charger import ChargerRow, with_live
from cpoctl.tui.link import Synced


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
        self._stored: dict[str, ChargerRow] = {}
        self._rows: dict[str, ChargerRow] = {}
        self._today_wh: dict[str, float] = {}

    def now(self) -> datetime:
        """The server's wall clock: ages are its, however wrong this machine's own clock is. It stands while held."""
        return self._held_at or self._now() + self._ahead

    def hold(self, still: bool) -> None:
        """Let its clock stand, as ages do on a picture that nothing is applied to; or let it go on."""
        self._held_at = self.now() if still else None

    def sync(self, news: Synced) -> int:
        """Begin afresh with a whole picture; how many stored events lie between it and the one before."""
        told = news.snapshot
        missed = max(0, told["seq"] - self.seq) if self.synced else 0
        self.live, self.seq, self.synced = fleet_of(told), told["seq"], True
        self.as_of = parsed(told["at"])
        self._ahead = self.as_of - self._now()
        self.dirty |= self._stored.keys()
        self._stored = {row.charger_id.casefold(): row for row in msgspec.convert(news.chargers, list[ChargerRow])}
        self._today_wh = {name.casefold(): wh for name, wh in (told.get("energy_wh") or {}).items()}
        self.dirty |= self._stored.keys()
        self._rows = {}
        return missed

    def apply(self, told: Told) -> events.Event | None:
        """Take in what has happened; the event, if it is one that this version knows."""
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
        return self._stored.keys()

    def row(self, key: str) -> ChargerRow:
        """A charger as `charger list` has it, as of now."""
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = with_live(self._stored[key], self.live)
        return found

    def charger(self, key: str) -> LiveCharger | None:
        """The live charger of a key."""
        return self.live.chargers.get(key)

    def sessions(self) -> list[tuple[LiveCharger, OpenSession]]:
        """Every session that has not ended, with its charger."""
        return [(charger, session) for charger in self.live.chargers.values() for session in charger.sessions.values()]

    def today_wh(self, key: str) -> float:
        """The energy of a charger's sessions of today: of those that have ended, and of the running ones so far."""
        charger = self.charger(key)
        running = sum(used_wh(session) or 0 for session in charger.sessions.values()) if charger else 0
        return self._today_wh.get(key, 0.0) + running

    def _touch(self, charger_ids: Iterable[str]) -> None:
        for charger_id in charger_ids:
            key = charger_id.casefold()
            self._rows.pop(key, None)
            self.dirty.add(key)

    def _remember(self, event: events.Event) -> None:
        """Keep what a row has beyond the live state."""
        key = (event.charger_id or "").casefold()
        charger = self.live.chargers.get(key)
        match event:
            case events.SessionStopped():
                self._today_wh[key] = self._today_wh.get(key, 0.0) + (event.energy_wh or 0)
            case events.ChargerRemoved():
                self._stored.pop(key, None)
            case events.ChargerAdded() | events.RegistrationChanged() | events.ChargerBooted() if charger:
                if charger.known:
                    self._stored[key] = _row(charger, self._stored.get(key))
            case events.ChargerEdited() if key in self._stored:
                before = self._stored[key]
                self._stored[key] = replace(before, name=event.name, site_id=event.site_id, labels=event.labels)


def _row(charger: LiveCharger, before: ChargerRow | None) -> ChargerRow:
    """The stored part of a charger's row."""
    return ChargerRow(
        charger_id=charger.charger_id,
        status="Unknown",
        connected=None,
        power_w=None,
        sessions_open=0,
        last_seen_at=None,
        registration=charger.registration,
        version=charger.version,
        vendor=charger.vendor,
        model=charger.model,
        firmware=charger.firmware,
        serial=charger.serial,
        booted_at=charger.booted_at,
        auth="none" if charger.password_hash is None else "basic",
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
