"""Rebuilding: the live fleet in another process, from what a snapshot tells and from the events told since.

`told` and `fleet_of` are the two ends of the same wire. Secrets, and what only the server itself needs, stay behind:
passwords, answers kept for repeats, tags, sites.
"""

from collections.abc import Mapping
from sys import intern
from typing import Any, Protocol

import msgspec

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.domain.alerts import Alert
from cpoctl.domain.fleet import Evse, Link, LiveCharger, LiveFleet, OpenSession

_KINDS = events.kinds()
_COMMON = ("version", "auth", "vendor", "model", "firmware", "site_id")
_NO_LABELS: dict[str, str] = {}
_NO_CONNECTORS: Mapping[int, str] = {}
_COMMON_IN_EVENTS = frozenset({*_COMMON, "status", "error_code", "tag_status", "registration"})


class ToldCharger(msgspec.Struct, kw_only=True):
    """A charger as a snapshot tells it."""

    charger_id: str
    known: bool
    registration: str
    connected: bool
    version: str | None = None  # of OCPP, as it was spoken last
    connection_id: int | None = None
    address: str | None = None
    auth: str | None = None
    connected_since: str | None = None
    left_at: str | None = None
    left_because: str = ""
    last_seen_at: str | None = None
    booted_at: str | None = None
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    site_id: str | None = None
    labels: dict[str, str] = {}
    evses: list[Evse] = []


class Written(msgspec.Struct):
    """What the operator has written about a charger, beside its site and labels."""

    name: str | None = None
    note: str | None = None


class Snapshot(msgspec.Struct, kw_only=True):
    """A snapshot as it is read. Its sessions are read together with the charger that each belongs to."""

    seq: int = 0
    order: int = 0
    at: str = ""
    role: str | None = None
    chargers: list[ToldCharger]
    sessions: list[msgspec.Raw]
    alerts: list[Alert]
    written: dict[str, Written] = {}
    energy_wh: dict[str, float] = {}


class _Place(msgspec.Struct):
    charger_id: str


_reads_snapshot = msgspec.json.Decoder(Snapshot).decode
_reads_place = msgspec.json.Decoder(_Place).decode
_reads_session = msgspec.json.Decoder(OpenSession).decode


def read_snapshot(body: bytes) -> Snapshot:
    """Read a snapshot straight into what it tells: as plain data a large fleet would take twice the memory."""
    return _reads_snapshot(body)


def told(charger: LiveCharger) -> ToldCharger:
    """A charger without its sessions and without what is secret. It shares the EVSEs: encode it before they change."""
    link = charger.link
    return ToldCharger(
        charger_id=charger.charger_id,
        known=charger.known,
        registration=charger.registration,
        connected=link is not None,
        version=charger.version,
        connection_id=link.connection_id if link else None,
        address=link.address if link else None,
        auth=link.auth if link else "none" if charger.password_hash is None else "basic",
        connected_since=link.since if link else None,
        left_at=charger.left_at,
        left_because=charger.left_because,
        last_seen_at=stored(charger.last_seen) if charger.last_seen else None,
        booted_at=charger.booted_at,
        vendor=charger.vendor,
        model=charger.model,
        serial=charger.serial,
        firmware=charger.firmware,
        site_id=charger.site_id,
        labels=charger.labels,
        evses=list(charger.evses.values()),
    )


def fleet_of(snapshot: Snapshot) -> LiveFleet:
    """The chargers, open sessions and open alerts that a snapshot tells. It knows no tags and no sites."""
    live = LiveFleet()
    for record in snapshot.chargers:
        live.add(_charger(record))
    for text in snapshot.sessions:
        if charger := live.charger(_reads_place(text).charger_id):
            session = _reads_session(text)
            charger.sessions[session.transaction_id] = session
    for alert in snapshot.alerts:
        live.alerts.add(alert)
    return live


def _shared(record: ToldCharger) -> None:
    """Let what many chargers have in common be there once: of 10,000 chargers it is a tenth of their memory."""
    record.registration = intern(record.registration)
    for name in _COMMON:
        if (text := getattr(record, name)) is not None:
            setattr(record, name, intern(text))
    record.labels = record.labels or _NO_LABELS
    for evse in record.evses:
        evse.status = intern(evse.status)
        evse.error_code = evse.error_code and intern(evse.error_code)
        evse.connectors = evse.connectors or _NO_CONNECTORS


def _charger(record: ToldCharger) -> LiveCharger:
    _shared(record)
    link = None
    if record.connected and record.connection_id is not None:
        spoken, address, auth = record.version or "", record.address or "", record.auth or ""
        link = Link(record.connection_id, address, spoken, auth, record.connected_since or "")
    return LiveCharger(
        charger_id=record.charger_id,
        registration=record.registration,
        known=record.known,
        vendor=record.vendor,
        model=record.model,
        serial=record.serial,
        firmware=record.firmware,
        link=link,
        left_at=record.left_at,
        left_because=record.left_because,
        version=record.version,
        booted_at=record.booted_at,
        last_seen=parsed(record.last_seen_at) if record.last_seen_at else None,
        evses={evse.evse_id: evse for evse in record.evses},
        site_id=record.site_id,
        labels=record.labels,
    )


def event_of(message: dict[str, Any]) -> events.Event | None:
    """The event that a message of the stream tells; None for one that this version does not know, or that holds secrets."""
    kind = _KINDS.get(message["type"])
    if kind is None:
        return None
    facts = {"charger_id": message["charger_id"], **message["data"]}
    for name in _COMMON_IN_EVENTS & facts.keys():
        if isinstance(facts[name], str):
            facts[name] = intern(facts[name])
    try:
        return msgspec.convert(facts, kind)
    except msgspec.ValidationError:
        return None


class Moment(Protocol):
    """The place of something, such as a snapshot, among what has happened."""

    @property
    def seq(self) -> int:
        """Of the newest stored event."""

    @property
    def order(self) -> int:
        """Of the newest of all events since the server started."""


def is_news(message: dict[str, Any], snapshot: Moment) -> bool:
    """Whether a message of a stream that was opened before the snapshot tells what the snapshot does not hold yet.

    A reader misses nothing, value changes neither, when it opens the stream first and takes the snapshot then.
    """
    if message["order"] is not None:
        return bool(message["order"] > snapshot.order)
    return message["seq"] is None or message["seq"] > snapshot.seq
