"""What was charged: a session as the records tell it, made ready for pricing."""

import json
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.domain.charge_periods import CARRIED, Charged, Reading, Shown, Suspended, charge
from cpoctl.domain.clocks import fits
from cpoctl.domain.energy import whole
from cpoctl.domain.tariffs import Charge, Kind
from cpoctl.domain.timestamps import corrected
from cpoctl.store import Read, Record

SESSIONS = """
SELECT s.session_id, s.charger_id, s.evse_id, s.connector_id, s.transaction_id, s.tag_id, s.started_at, s.started_raw,
       s.stopped_at, s.stop_received_at, s.flags, s.meter_start_wh, s.energy_wh, charger.site_id, coalesce(site.time_zone, 'UTC') AS time_zone,
       t.parent_id AS tag_group, r.asked_at AS reserved_at
FROM session s
LEFT JOIN charger ON charger.charger_id = s.charger_id
LEFT JOIN site ON site.site_id = charger.site_id
LEFT JOIN tag t ON t.tag_id = s.tag_id
LEFT JOIN reservation r
  ON r.charger_id = s.charger_id AND r.reservation_id = s.reservation_id AND r.session_id = s.session_id
"""
"""Sessions with what decides about their tariff. A charger without a site has the time of UTC."""

_READINGS = """
SELECT taken_at, energy_wh, power_w, current_a, other FROM meter_value WHERE session_id = ? ORDER BY taken_at
"""
# Received, because that is what the index knows: what an offline charger tells comes later, but before its next end.
_STATUSES = """
SELECT happened_at, received_at, status, connector_id FROM status_change
WHERE charger_id = ? AND evse_id = ? AND received_at >= ? AND received_at <= ? AND happened_at <= ? ORDER BY happened_at
"""
_NEWEST = "SELECT max(energy_wh) AS energy_wh FROM meter_value WHERE session_id = ?"
_BEFORE, _AFTER = timedelta(hours=1), timedelta(hours=1)


def charge_of(record: Record, read: Read, now: datetime, suspended: Suspended, *, finely: bool, timed: bool) -> Charge:
    """A session of `SESSIONS` as its tariff prices it, up to now where it is open.

    `finely`: by every reading; `timed`: by what the car did. Where a tariff asks for neither, there is one period.
    """
    end = parsed(record["stopped_at"]) if record["stopped_at"] else now
    begin, reserved = parsed(record["started_at"]), record["reserved_at"]
    session = Charged(
        begin=begin,
        end=max(begin, end),
        energy_wh=_used(record, read),
        meter_start_wh=_number(record["meter_start_wh"]),
        reserved_at=parsed(reserved) if reserved else None,
    )
    readings = _readings(record, read) if finely else []
    statuses = _statuses(record, session, read, now) if finely or timed else []
    return charge(session, readings, statuses, ZoneInfo(record["time_zone"]), suspended)


def spent(record: Record, read: Read) -> dict[Kind, float] | None:
    """How many seconds an ended session did what; None where its EVSE told no status in that time.

    FREE is what our own limit did, whatever that costs.
    """
    begin, end = parsed(record["started_at"]), parsed(record["stopped_at"])
    session = Charged(begin=begin, end=max(begin, end))
    statuses = _statuses(record, session, read, session.end)
    if not any(begin - CARRIED <= shown.at < session.end for shown in statuses):
        return None
    found = dict.fromkeys((Kind.CHARGING, Kind.PARKING, Kind.FREE), 0.0)
    for period in charge(session, [], statuses, ZoneInfo(record["time_zone"]), Suspended.FREE).periods:
        found[period.kind] += (period.end - period.begin).total_seconds()
    return found


def _used(record: Record, read: Read) -> Fraction:
    """The energy of a session, in the whole Wh in which it is told everywhere; of an open one what its readings say by now."""
    used, start = _number(record["energy_wh"]), _number(record["meter_start_wh"])
    if record["stopped_at"] is None and start is not None:
        newest = _number(read(_NEWEST, [record["session_id"]])[0]["energy_wh"])
        used = None if newest is None else newest - start
    return Fraction(max(0, whole(used or Fraction(0))))


def _readings(record: Record, read: Read) -> list[Reading]:
    return [
        Reading(
            parsed(told["taken_at"]),
            _number(told["energy_wh"]),
            _number(told["power_w"]),
            _current(told["current_a"], told["other"]),
        )
        for told in read(_READINGS, [record["session_id"]])
    ]


def _current(greatest: float | None, other: str | None) -> Fraction | None:
    """The current of all phases together, which is what a tariff may ask for; the column has the greatest of them."""
    phases = [
        float(value["value"])
        for value in json.loads(other or "[]")
        if value.get("measurand") == "Current.Import" and value.get("phase") in ("L1", "L2", "L3") and _plain(value)
    ]
    return _number(sum(phases)) if phases else _number(greatest)


def _plain(value: Record) -> bool:
    try:
        return abs(float(value["value"])) < 1e9
    except (KeyError, TypeError, ValueError):
        return False


def _statuses(record: Record, session: Charged, read: Read, now: datetime) -> list[Shown]:
    told_by = parsed(record["stop_received_at"]) if record["stop_received_at"] else now
    since = session.begin - max(CARRIED, _BEFORE)
    off_s = corrected(json.loads(record["flags"]), record["started_raw"], record["started_at"])
    until = session.end + timedelta(seconds=max(0.0, off_s))
    window = [stored(since), stored(max(told_by, session.end) + _AFTER), stored(until)]
    plug = record["connector_id"]
    shown = [
        Shown(_at(told, off_s), told["status"])
        for told in read(_STATUSES, [record["charger_id"], record["evse_id"], *window])
        if plug is None or told["connector_id"] in (None, plug)
    ]
    return sorted((each for each in shown if each.at <= session.end), key=lambda each: each.at) if off_s else shown


def _at(told: Record, off_s: float) -> datetime:
    """When a status came about: told by the clock that was taken off the session's begin, unless it is right by itself."""
    happened = parsed(told["happened_at"])
    if not off_s or fits((happened - parsed(told["received_at"])).total_seconds()):
        return happened
    return happened - timedelta(seconds=off_s)


def _number(value: float | None) -> Fraction | None:
    """The number that a column shows: 0.1 is a tenth."""
    if value is None:
        return None
    return Fraction(int(value)) if value == int(value) else Fraction(repr(value))
