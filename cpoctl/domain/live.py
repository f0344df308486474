"""What the server knows of one charger right now: its EVSEs, its connection, its open sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

_RECENT_STARTS = 64
_EVSES_MOST = 500  # a hostile charger names ever new ones
_CONNECTORS_MOST = 50


@dataclass(slots=True)
class Evse:
    """The newest status and reading of one EVSE (evse_id 0: the charger as a whole)."""

    evse_id: int
    status: str = "Unknown"
    error_code: str | None = None
    info: str | None = None
    vendor_id: str | None = None
    vendor_error_code: str | None = None
    since: str = ""
    charger_time: str | None = None  # when it says the status came about, if that can be believed
    power_w: float | None = None
    energy_wh: float | None = None
    soc_percent: float | None = None
    metered_at: str = ""
    connectors: Mapping[int, str] = field(default_factory=dict)  # statuses, where the charger tells several apart


@dataclass(slots=True)
class OpenSession:
    """A session that has not ended, as far as we know."""

    session_id: int
    evse_id: int
    transaction_id: str
    tag_id: str
    tag_status: str
    started_at: str
    meter_start_wh: float | None
    energy_wh: float | None = None  # newest register reading
    power_w: float | None = None
    soc_percent: float | None = None
    metered_at: str = ""
    odd_meter: bool = False  # its register has gone back or leapt: its end wants a closer look
    flags: tuple[str, ...] = ()
    # Of a transaction that is told event by event: how many were, and the numbers of the first and the newest.
    told: int = 0
    first_seq: int = 0
    newest_seq: int = -1
    charging_state: str | None = None
    remote_start_id: int | None = None
    cost_e4: int | None = None  # so far, VAT included; reckoned now and then
    currency: str | None = None
    corrected_s: float = 0.0  # what was taken off its begin, as its charger's clock was wrong

    def count_step(self, number: int) -> None:
        """Note that a step of this number was told."""
        if not self.told or number < self.first_seq:
            self.first_seq = number
        if number > self.newest_seq:
            self.newest_seq = number
        self.told += 1


@dataclass(slots=True)
class Strays:
    """How many messages of each action belonged to no session, this hour."""

    hour: str = ""
    told: dict[str, int] = field(default_factory=dict)

    def of(self, action: str, now: datetime) -> int:
        """How many of an action there were."""
        return self.told.get(action, 0) if self.hour == _hour(now) else 0

    def count(self, action: str, now: datetime, more: int = 1) -> None:
        """Note that there were more."""
        if self.hour != (hour := _hour(now)):
            self.hour, self.told = hour, {}
        self.told[action] = self.told.get(action, 0) + more


def _hour(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H}"


@dataclass(slots=True, frozen=True)
class KnownStart:
    """The answer that a StartTransaction once got, for its repeats."""

    session_id: int
    transaction_id: str
    tag_status: str


@dataclass(slots=True)
class Link:
    """The connection that a charger has."""

    connection_id: int
    address: str
    version: str
    auth: str
    since: str


StartKey = tuple[int, str, str, str]
"""evse_id, tag_id, raw timestamp, raw meter reading: the business key of a start within a charger."""


@dataclass(slots=True)
class LiveCharger:
    """What the server knows of one charger right now."""

    charger_id: str
    registration: str = "Accepted"
    known: bool = True
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    ponged: bool = False
    password_hash: str | None = None
    password_next_hash: str | None = None
    link: Link | None = None
    left_at: str | None = None  # when its last connection ended, and why; None: it had none since the server started
    left_because: str = ""
    version: str | None = None  # of OCPP, as it was spoken last
    booted_at: str | None = None
    last_seen: datetime | None = None
    evses: dict[int, Evse] = field(default_factory=dict)
    sessions: dict[str, OpenSession] = field(default_factory=dict)  # by transaction id
    starts: dict[StartKey, KnownStart] = field(default_factory=dict)
    strays: Strays | None = None
    site_id: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    clock_ahead_s: float | None = None  # None: nobody knows
    clock_off_s: float = 0.0  # what of that is taken off the times that it tells
    newest_start_raw: str = ""  # greatest timestamp, as sent, of any start of this charger

    @property
    def connected(self) -> bool:
        """Whether it has a connection."""
        return self.link is not None

    def heard(self, at: datetime) -> None:
        """Note when it was heard; news that comes late changes nothing."""
        if self.last_seen is None or at > self.last_seen:
            self.last_seen = at

    def has_room_for(self, evse_id: int, connector_id: int | None = None) -> bool:
        """Whether the live state takes an EVSE, and a connector of it, of this number; history takes any."""
        evse = self.evses.get(evse_id)
        if evse is None:
            return len(self.evses) < _EVSES_MOST
        return connector_id is None or connector_id in evse.connectors or len(evse.connectors) < _CONNECTORS_MOST

    def session_on(self, evse_id: int) -> OpenSession | None:
        """The newest open session of an EVSE."""
        here = (s for s in reversed(self.sessions.values()) if s.evse_id == evse_id)
        return max(here, key=lambda session: session.started_at, default=None)

    def newer_than(self, session: OpenSession) -> OpenSession | None:
        """The newest session that began on the EVSE of an open one after it; that one has probably ended unheard."""
        here = (s for s in self.sessions.values() if s.evse_id == session.evse_id and s.session_id > session.session_id)
        return max(here, key=lambda newer: newer.session_id, default=None) if session.evse_id else None

    def power_of(self, session: OpenSession) -> float | None:
        """What an open session draws now; None where nobody can know, and where another one has begun there."""
        return None if self.link is None or self.newer_than(session) else session.power_w

    @property
    def power_w(self) -> float | None:
        """What all of its sessions draw now, one an EVSE; None where nobody can know."""
        if self.link is None:
            return None
        newest: dict[object, OpenSession] = {}
        for session in self.sessions.values():
            place: object = session.evse_id or session.transaction_id  # of several without an EVSE none is the newer
            before = newest.get(place)
            newest[place] = session if before is None or session.session_id > before.session_id else before
        powers = [session.power_w for session in newest.values() if session.power_w is not None]
        return sum(powers) if powers else None

    def forget_power(self, evse_id: int | None = None) -> None:
        """What was drawn until now, there or everywhere, is not drawn any more as far as we know: a reading will tell."""
        known: list[Evse | OpenSession] = [*self.evses.values(), *self.sessions.values()]
        for reading in known:
            if evse_id is None or reading.evse_id == evse_id:
                reading.power_w = None

    def session_named(self, session_id: int) -> OpenSession | None:
        """The open session with this number."""
        return next((s for s in self.sessions.values() if s.session_id == session_id), None)

    def remember_start(self, key: StartKey, start: KnownStart) -> None:
        """Keep the answer of a start for its repeats."""
        self.starts[key] = start
        while len(self.starts) > _RECENT_STARTS:
            del self.starts[next(iter(self.starts))]
