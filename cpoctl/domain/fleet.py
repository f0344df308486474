"""The live state: every charger with its EVSEs, connection and open sessions, every tag and every site.

Loaded at start, changed only by applying events after their commit, so that the way of a frame reads
no table. It belongs to the event loop's thread.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from cpoctl import events
from cpoctl.domain import sites, tags
from cpoctl.domain.alerts import Alerts
from cpoctl.domain.clocks import correction
from cpoctl.domain.energy import odd
from cpoctl.domain.live import Evse as Evse
from cpoctl.domain.live import KnownStart as KnownStart
from cpoctl.domain.live import Link as Link
from cpoctl.domain.live import LiveCharger as LiveCharger
from cpoctl.domain.live import OpenSession as OpenSession
from cpoctl.domain.live import StartKey as StartKey
from cpoctl.domain.live import Strays as Strays
from cpoctl.domain.statuses import NOT_DELIVERING
from cpoctl.domain.timestamps import corrected
from cpoctl.domain.transfers import Moving, Transfers


class LiveFleet:
    """All chargers, tags and sites. Ids are found whatever their case, and shown as first seen."""

    def __init__(self) -> None:
        self.chargers: dict[str, LiveCharger] = {}
        self.tags: dict[str, tags.Tag] = {}
        self.sites: dict[str, sites.Site] = {}
        self.alerts = Alerts()
        self.transfers = Transfers()
        self.accepts_unknown_tags = False
        self._removed: dict[str, str] = {}
        self.before_change: list[Callable[[events.Event], None]] = []
        """Who is told of each event before it is applied: whoever copies the fleet while it goes on."""

    def charger(self, charger_id: str) -> LiveCharger | None:
        """The charger of this id."""
        return self.chargers.get(charger_id.casefold())

    def add(self, charger: LiveCharger) -> LiveCharger:
        """Take a charger in."""
        self.chargers[charger.charger_id.casefold()] = charger
        return charger

    def remove(self, charger_id: str) -> None:
        """Take a charger off the list, and remember how its history spells it."""
        self.chargers.pop(charger_id.casefold(), None)
        self._removed[charger_id.casefold()] = charger_id

    def spelled(self, charger_id: str) -> str:
        """The id of a charger that is to be taken in: as first seen, if it was once removed."""
        return self._removed.get(charger_id.casefold(), charger_id)

    def tag(self, tag_id: str) -> tags.Tag | None:
        """The tag of this id."""
        return self.tags.get(tags.key(tag_id))

    def site(self, site_id: str) -> sites.Site | None:
        """The site of this id."""
        return self.sites.get(site_id.casefold())

    def waiting(self) -> int:
        """How many chargers knocked and wait for the operator."""
        return sum(not charger.known for charger in self.chargers.values())

    def apply(self, event: events.Event) -> None:
        """Make the event's fact part of the live state."""
        change = _CHANGES.get(type(event))
        if change is not None:
            for hear in self.before_change:
                hear(event)
            change(self, event)

    def of(self, event: events.Event) -> LiveCharger | None:
        """The charger that an event is about."""
        return self.chargers.get((event.charger_id or "").casefold())


E = TypeVar("E", bound=events.Event)
_CHANGES: dict[type[events.Event], Callable[[LiveFleet, Any], None]] = {}


def _applies(kind: type[E]) -> Callable[[Callable[[LiveFleet, E], None]], Callable[[LiveFleet, E], None]]:
    """Declare how events of a kind change the live state."""

    def declare(change: Callable[[LiveFleet, E], None]) -> Callable[[LiveFleet, E], None]:
        _CHANGES[kind] = change
        return change

    return declare


@_applies(events.TagChanged)
def _tag_changed(live: LiveFleet, event: events.TagChanged) -> None:
    expires = datetime.fromisoformat(event.expires_at) if event.expires_at else None
    live.tags[tags.key(event.tag_id)] = tags.Tag(
        event.tag_id, event.status, event.parent_id, expires, event.sessions_most, event.sites, event.places
    )


@_applies(events.TagRemoved)
def _tag_removed(live: LiveFleet, event: events.TagRemoved) -> None:
    live.tags.pop(tags.key(event.tag_id), None)


@_applies(events.SiteChanged)
def _site_changed(live: LiveFleet, event: events.SiteChanged) -> None:
    live.sites[event.site_id.casefold()] = sites.Site(event.site_id, event.name, event.time_zone)


@_applies(events.SiteRemoved)
def _site_removed(live: LiveFleet, event: events.SiteRemoved) -> None:
    live.sites.pop(event.site_id.casefold(), None)


@_applies(events.AlertOpened)
def _alert_opened(live: LiveFleet, event: events.AlertOpened) -> None:
    live.alerts.opened(event)


@_applies(events.AlertChanged)
def _alert_changed(live: LiveFleet, event: events.AlertChanged) -> None:
    live.alerts.changed(event)


@_applies(events.AlertAcknowledged)
def _alert_acknowledged(live: LiveFleet, event: events.AlertAcknowledged) -> None:
    live.alerts.acknowledged(event)


@_applies(events.AlertResolved)
def _alert_resolved(live: LiveFleet, event: events.AlertResolved) -> None:
    live.alerts.resolved(event)


@_applies(events.ChargerEdited)
def _charger_edited(live: LiveFleet, event: events.ChargerEdited) -> None:
    if charger := live.of(event):
        charger.site_id, charger.labels = event.site_id, event.labels


@_applies(events.ChargerAdded)
def _charger_added(live: LiveFleet, event: events.ChargerAdded) -> None:
    charger_id = event.charger_id or ""
    live.add(LiveCharger(charger_id, event.registration, event.known, password_hash=event.password_hash))


@_applies(events.ChargerRemoved)
def _charger_removed(live: LiveFleet, event: events.ChargerRemoved) -> None:
    live.remove(event.charger_id or "")


@_applies(events.RegistrationChanged)
def _registration_changed(live: LiveFleet, event: events.RegistrationChanged) -> None:
    if charger := live.of(event):
        charger.registration, charger.known = event.registration, event.known


@_applies(events.PasswordChanged)
def _password_changed(live: LiveFleet, event: events.PasswordChanged) -> None:
    if charger := live.of(event):
        charger.password_hash, charger.password_next_hash = event.password_hash, event.password_next_hash


@_applies(events.ChargerConnected)
def _connected(live: LiveFleet, event: events.ChargerConnected) -> None:
    if charger := live.of(event):
        charger.link = Link(event.connection_id, event.address, event.version, event.auth, event.at)
        charger.version = event.version
        charger.forget_power()
        charger.heard(datetime.fromisoformat(event.at))


@_applies(events.ChargerDisconnected)
def _disconnected(live: LiveFleet, event: events.ChargerDisconnected) -> None:
    charger = live.of(event)
    # A late close of an old connection never removes the new one (ts-ocpp#19).
    if charger and charger.link and charger.link.connection_id == event.connection_id:
        charger.link = None
        charger.left_at, charger.left_because = event.at, event.reason


@_applies(events.ChargersSeen)
def _seen(live: LiveFleet, event: events.ChargersSeen) -> None:
    for charger_id, at in event.seen.items():
        if charger := live.charger(charger_id):
            charger.heard(datetime.fromisoformat(at))


@_applies(events.ChargerBooted)
def _booted(live: LiveFleet, event: events.ChargerBooted) -> None:
    if charger := live.of(event):
        charger.vendor, charger.model = event.vendor, event.model
        charger.serial, charger.firmware = event.serial, event.firmware
        charger.booted_at = event.at
        charger.forget_power()


@_applies(events.ClockJudged)
def _clock_judged(live: LiveFleet, event: events.ClockJudged) -> None:
    if charger := live.of(event):
        charger.clock_ahead_s, charger.clock_off_s = event.ahead_s, correction(event.ahead_s)


@_applies(events.StatusChanged)
def _status_changed(live: LiveFleet, event: events.StatusChanged) -> None:
    charger = live.of(event)
    if charger is None or not event.current:
        return
    evse = charger.evses.setdefault(event.evse_id, Evse(event.evse_id))
    if evse.status != event.status or evse.error_code != event.error_code:
        evse.since = event.since
    evse.status, evse.error_code, evse.info = event.status, event.error_code, event.info
    evse.charger_time = event.charger_time
    if event.connector_id is not None and event.connector_status is not None:
        evse.connectors = {**evse.connectors, event.connector_id: event.connector_status}
    evse.vendor_id, evse.vendor_error_code = event.vendor_id, event.vendor_error_code
    if event.evse_id and event.status in NOT_DELIVERING:
        charger.forget_power(event.evse_id)


def begun(event: events.SessionStarted) -> OpenSession:
    """The session that begins with an event."""
    return OpenSession(
        event.session_id,
        event.evse_id,
        event.transaction_id,
        event.tag_id,
        event.tag_status,
        event.started_at,
        event.meter_start_wh,
        energy_wh=event.meter_start_wh,
        flags=event.flags,
        remote_start_id=event.remote_start_id,
        corrected_s=corrected(event.flags, event.started_raw, event.started_at),
    )


@_applies(events.SessionStarted)
def _session_started(live: LiveFleet, event: events.SessionStarted) -> None:
    charger = live.of(event)
    if charger is None:
        return
    if event.evse_id:
        charger.forget_power(event.evse_id)
    charger.sessions[event.transaction_id] = begun(event)
    charger.newest_start_raw = max(charger.newest_start_raw, event.started_raw)
    charger.remember_start(
        (event.evse_id, event.tag_id, event.started_raw, event.meter_start_raw),
        KnownStart(event.session_id, event.transaction_id, event.tag_status),
    )


@_applies(events.SessionAmended)
def _session_amended(live: LiveFleet, event: events.SessionAmended) -> None:
    if (charger := live.of(event)) and (session := charger.sessions.get(event.transaction_id)):
        session.evse_id, session.tag_id, session.tag_status = event.evse_id, event.tag_id, event.tag_status
        session.started_at, session.meter_start_wh, session.flags = event.started_at, event.meter_start_wh, event.flags
        session.remote_start_id = event.remote_start_id


@_applies(events.TransactionTold)
def _transaction_told(live: LiveFleet, event: events.TransactionTold) -> None:
    if (charger := live.of(event)) and (session := charger.sessions.get(event.transaction_id)):
        session.count_step(event.seq_no)
        session.charging_state = event.charging_state or session.charging_state


@_applies(events.SessionFlagged)
def _session_flagged(live: LiveFleet, event: events.SessionFlagged) -> None:
    if (charger := live.of(event)) and (session := charger.sessions.get(event.transaction_id)):
        session.flags = event.flags


@_applies(events.OrphanKept)
def _orphan_kept(live: LiveFleet, event: events.OrphanKept) -> None:
    if charger := live.of(event):
        charger.strays = charger.strays or Strays()
        charger.strays.count(event.action, datetime.fromisoformat(event.at))


@_applies(events.SessionStopped)
def _session_stopped(live: LiveFleet, event: events.SessionStopped) -> None:
    if charger := live.of(event):
        charger.sessions.pop(event.transaction_id, None)
        if evse := charger.evses.get(event.evse_id):
            evse.power_w = None


@_applies(events.MeterChanged)
def _metered(live: LiveFleet, event: events.MeterChanged) -> None:
    charger = live.of(event)
    if charger is None:
        return
    evse = charger.evses.get(event.evse_id)
    if evse is None and charger.has_room_for(event.evse_id):
        evse = charger.evses[event.evse_id] = Evse(event.evse_id)
    session = charger.sessions.get(event.transaction_id) if event.transaction_id else None
    if session is not None and event.step is not None:
        session.count_step(event.step)
    if session is not None and event.energy_wh is not None and event.taken_at >= session.metered_at:
        before = session.energy_wh
        if before is not None and odd(before, event.energy_wh):
            session.odd_meter = True
    for reading in (evse, session):
        if reading is not None and event.taken_at >= reading.metered_at:
            reading.metered_at = event.taken_at
            if event.power_w is not None:
                reading.power_w = event.power_w
            if event.energy_wh is not None:
                reading.energy_wh = event.energy_wh
            if event.soc_percent is not None:
                reading.soc_percent = event.soc_percent


@_applies(events.CostChanged)
def _cost_changed(live: LiveFleet, event: events.CostChanged) -> None:
    charger = live.of(event)
    session = charger.sessions.get(event.transaction_id) if charger else None
    if session is not None and session.session_id == event.session_id:
        session.cost_e4, session.currency = event.gross_e4, event.currency


@_applies(events.FileTransferStarted)
def _transfer_began(live: LiveFleet, event: events.FileTransferStarted) -> None:
    moving = Moving(event.transfer_id, event.purpose, event.name, event.total)
    live.transfers.began(event.charger_id or "", moving)


@_applies(events.FileTransferProgressed)
def _transfer_moved(live: LiveFleet, event: events.FileTransferProgressed) -> None:
    if event.transfer_id not in live.transfers.running:  # it began before a picture elsewhere was taken
        moving = Moving(event.transfer_id, event.purpose, event.name, event.total)
        live.transfers.began(event.charger_id or "", moving)
    live.transfers.moved(event.transfer_id, event.bytes, event.bytes_per_s)


@_applies(events.FileTransferFinished)
def _transfer_ended(live: LiveFleet, event: events.FileTransferFinished) -> None:
    live.transfers.ended(event.transfer_id, event.bytes, event.state)
