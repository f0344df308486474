"""Rows of the past, and the events that they are."""

from datetime import timedelta
from typing import Any

import msgspec

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.domain import statuses
from cpoctl.domain.fleet import Evse, LiveFleet
from cpoctl.domain.rebuilding import event_of
from cpoctl.store import Read, Record
from cpoctl.store.seeking import first_since

_LATE_BY = timedelta(seconds=2)
_TOLD_LATE = timedelta(days=7)
"""How long after a session's end its charger may have told of it, so that it was open to us until then."""
_AHEAD = timedelta(days=1)
_ALL = -1
STATUSES_KEPT = 8
_STATUSES = f"""
SELECT s.* FROM evse e CROSS JOIN status_change s ON s.status_change_id IN (
    SELECT status_change_id FROM status_change x
    WHERE x.charger_id = e.charger_id AND x.evse_id = e.evse_id AND x.received_at < :at
    ORDER BY x.received_at DESC, x.status_change_id DESC LIMIT {STATUSES_KEPT})
WHERE e.charger_id IN (SELECT value FROM json_each(:chargers)) ORDER BY s.received_at, s.status_change_id
"""  # noqa: S608 - ours
_BEFORE = """
SELECT max(received_at) AS at FROM (SELECT received_at FROM status_change
    WHERE charger_id = :charger AND evse_id = :evse AND received_at < :at
      AND (status IS NOT :status OR error_code IS NOT :error) ORDER BY received_at DESC LIMIT 1)
"""
_FIRST = """
SELECT happened_at FROM status_change WHERE charger_id = :charger AND evse_id = :evse AND received_at > :before
ORDER BY received_at LIMIT 1
"""
_SESSION = """
SELECT s.*, coalesce(c.closed_at, s.stop_received_at, s.stopped_at) AS ended_at
FROM session s LEFT JOIN session_closing c ON c.session_id = s.session_id
"""
# Only the index by the end is read for those that began later: a year of sessions in a moment.
_RUNNING = f"""
SELECT * FROM ({_SESSION} WHERE s.session_id IN (
    SELECT session_id FROM session WHERE stopped_at IS NULL
    UNION ALL SELECT session_id FROM session WHERE stopped_at >= :lately AND session_id < :number))
WHERE start_received_at < :until AND (ended_at IS NULL OR ended_at >= :since) ORDER BY session_id
"""  # noqa: S608 - ours
_ENDED = f"""
SELECT * FROM ({_SESSION} WHERE s.stopped_at >= :lately AND s.stopped_at < :ahead)
WHERE ended_at >= :since AND ended_at < :until ORDER BY ended_at LIMIT :most
"""  # noqa: S608 - ours


def running(read: Read, since: str, until: str) -> list[Record]:
    """The sessions that began before `until` and had not ended by `since`, as far as we had heard."""
    number = first_since(read, "session", until)
    return read(_RUNNING, {"since": since, "until": until, "lately": _lately(since), "number": number})


def ended(read: Read, since: str, until: str, most: int = _ALL) -> list[Record]:
    """The sessions of whose end we heard from an instant up to another, in that order."""
    # Up to when one may have ended by its charger's clock whose end we heard by then.
    ahead = stored(parsed(until) + _AHEAD)
    return read(_ENDED, {"since": since, "until": until, "lately": _lately(since), "ahead": ahead, "most": most})


def _lately(at: str) -> str:
    """Since when sessions may have ended that were open to us at an instant."""
    return stored(parsed(at) - _TOLD_LATE)


def statuses_before(read: Read, at: str, charger_ids: list[str]) -> list[Record]:
    """The last statuses of every EVSE of these chargers, the oldest first."""
    return read(_STATUSES, {"at": at, "chargers": msgspec.json.encode(charger_ids).decode()})


def since_when(read: Read, at: str, charger_id: str, evse: Evse) -> str | None:
    """Since when an EVSE has told its status again and again."""
    given = {"charger": charger_id, "evse": evse.evse_id, "at": at, "status": evse.status, "error": evse.error_code}
    before = read(_BEFORE, given)[0]["at"] or ""
    first = read(_FIRST, {"charger": charger_id, "evse": evse.evse_id, "before": before})
    return first[0]["happened_at"] if first else None


def tell_status(live: LiveFleet, row: Record) -> events.StatusChanged:
    """Let a fleet know a status as it was received; the event that it was. RELIABILITY V-05"""
    charger = live.charger(row["charger_id"])
    known = charger.evses.get(row["evse_id"]) if charger else None
    event = status(row, known)
    live.apply(event)
    return event


def status(row: Record, known: Evse | None) -> events.StatusChanged:
    """A status, where one connector tells it of the EVSE with its neighbours."""
    place, shown = row["connector_id"], row["status"]
    if place is not None:
        neighbours = {**(known.connectors if known else {}), place: shown}
        shown = statuses.of_evse(neighbours.values())
    happened = row["happened_at"] if row["timestamp_raw"] else None
    before = known.charger_time if known else None
    late = happened is not None and before is not None and parsed(before) - parsed(happened) > _LATE_BY
    return events.StatusChanged(
        charger_id=row["charger_id"],
        evse_id=row["evse_id"],
        status=row["status"] if late else shown,
        error_code=row["error_code"],
        info=row["info"],
        vendor_id=row["vendor_id"],
        vendor_error_code=row["vendor_error_code"],
        since=row["happened_at"],
        charger_time=happened,
        current=not late,
        connector_id=place,
        connector_status=None if place is None else row["status"],
    )


def connected(row: Record) -> events.ChargerConnected:
    """A connection was opened."""
    return events.ChargerConnected(
        charger_id=row["charger_id"],
        connection_id=row["connection_id"],
        address=row["address"],
        version=row["version"],
        auth=row["auth"],
        at=row["opened_at"],
    )


def disconnected(row: Record) -> events.ChargerDisconnected:
    """A connection ended."""
    return events.ChargerDisconnected(
        charger_id=row["charger_id"],
        connection_id=row["connection_id"],
        code=row["close_code"],
        reason=row["close_reason"] or "",
        at=row["closed_at"],
    )


def started(row: Record) -> events.SessionStarted:
    """A session began."""
    return events.SessionStarted(
        charger_id=row["charger_id"],
        session_id=row["session_id"],
        evse_id=row["evse_id"],
        transaction_id=row["transaction_id"],
        tag_id=row["tag_id"],
        tag_status=row["tag_status"],
        started_at=row["started_at"],
        started_raw=row["started_raw"],
        meter_start_wh=row["meter_start_wh"],
        meter_start_raw=row["meter_start_raw"],
        flags=tuple(msgspec.json.decode(row["flags"])),
        remote_start_id=row["remote_start_id"],
    )


def stopped(row: Record) -> events.SessionStopped:
    """A session ended."""
    return events.SessionStopped(
        charger_id=row["charger_id"],
        session_id=row["session_id"],
        evse_id=row["evse_id"],
        transaction_id=row["transaction_id"],
        started_at=row["started_at"],
        stopped_at=row["stopped_at"],
        energy_wh=row["energy_wh"],
        reason=row["stop_reason"],
        flags=tuple(msgspec.json.decode(row["flags"])),
    )


def metered(row: Record) -> events.MeterChanged:
    """A reading in a session."""
    energy = row["energy_wh"]
    return events.MeterChanged(
        charger_id=row["charger_id"],
        evse_id=row["evse_id"],
        transaction_id=row["transaction_id"],
        taken_at=row["taken_at"],
        energy_wh=energy if energy is not None and energy >= 0 else None,
        power_w=row["power_w"],
        soc_percent=row["soc_percent"],
    )


def kept(row: Record) -> events.Event | None:
    """A stored event."""
    return event_of(row | {"data": msgspec.json.decode(row["data"])})


def message(at: str, event: events.Event, seq: int | None = None) -> dict[str, Any]:
    """An event as the event stream tells it."""
    told = {"seq": seq, "order": None, "at": at, "type": event.type, "charger_id": event.charger_id}
    return told | {"data": events.as_data(event)}
