"""Start-up: the live state and the next numbers out of the database, and what a crash left open."""

from datetime import datetime
from functools import partial

import msgspec

from cpoctl.clock import parsed, stored
from cpoctl.csms.ledger import Numbers
from cpoctl.domain import alerts, tags
from cpoctl.domain.clocks import correction
from cpoctl.domain.energy import odd
from cpoctl.domain.fleet import Evse, KnownStart, LiveCharger, LiveFleet, OpenSession
from cpoctl.domain.sites import Site
from cpoctl.domain.timestamps import corrected
from cpoctl.store import Read, Record, Store, rows

_NUMBERS = """
SELECT (SELECT coalesce(max(session_id), 0) FROM session) + 1 AS session,
       (SELECT coalesce(max(connection_id), 0) FROM connection) + 1 AS connection,
       (SELECT coalesce(max(alert_id), 0) FROM alert) + 1 AS alert,
       (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event') + 1 AS event,
       (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal') + 1 AS journal,
       (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'command') + 1 AS command
"""
_CHARGERS = """
SELECT c.*, (SELECT at FROM journal WHERE journal_id =
  (SELECT max(journal_id) FROM journal_of_charger x WHERE x.charger_id = c.charger_id)) AS heard_at
FROM charger c WHERE removed_at IS NULL
"""
_HEARD_LATELY = """
SELECT charger_id, max(at) AS at FROM journal WHERE journal_id > (SELECT journal_id FROM journal_mark) GROUP BY charger_id
"""
_REMOVED = "SELECT charger_id FROM charger WHERE removed_at IS NOT NULL"
_TAGS = "SELECT * FROM tag"
_SITES = "SELECT site_id, name, time_zone FROM site"
_EVSES = "SELECT * FROM evse"
_OPEN = "SELECT * FROM session WHERE stopped_at IS NULL ORDER BY session_id"
_READINGS = """
SELECT m.session_id, m.taken_at, m.energy_wh, m.power_w, m.soc_percent FROM session s JOIN meter_value m ON m.session_id = s.session_id
WHERE s.stopped_at IS NULL ORDER BY m.taken_at
"""
_STEPS = """
SELECT s.session_id, count(*) AS told, min(e.seq_no) AS first_seq, max(e.seq_no) AS newest_seq,
       (SELECT charging_state FROM transaction_event n WHERE n.session_id = s.session_id AND n.charging_state IS NOT NULL
        ORDER BY seq_no DESC LIMIT 1) AS charging_state
FROM session s JOIN transaction_event e ON e.session_id = s.session_id WHERE s.stopped_at IS NULL GROUP BY s.session_id
"""
_CONNECTORS = "SELECT charger_id, evse_id, connector_id, status FROM connector"
_NEWEST_STARTS = """
SELECT charger_id, max(started_raw) AS raw FROM session WHERE keyed = 1 OR issued = 0 GROUP BY charger_id
"""
_LEFT_OPEN = "SELECT connection_id, opened_at FROM connection WHERE closed_at IS NULL"
_UNFINISHED = "SELECT command_id, state FROM command WHERE state IN ('queued', 'sent')"
_UNANSWERED = """
SELECT message_id, command_id, charger_id, action, request AS payload, actor FROM command
WHERE state IN ('unknown', 'timeout') AND message_id IS NOT NULL ORDER BY command_id DESC LIMIT 1000
"""
_ALERTS = """
SELECT alert_id, rule, severity, charger_id, evse_id, opened_at, since, what, openings AS count, acked_at, acked_by,
       comment, resolved_at
FROM alert WHERE resolved_at IS NULL OR resolved_at > ? ORDER BY alert_id
"""
_LAST_RUN = "SELECT run_id, alive_at FROM run ORDER BY run_id DESC LIMIT 1"


async def load(store: Store, now: datetime) -> tuple[LiveFleet, Numbers]:
    """The state as it was committed last."""
    return await store.reading(partial(_load, now))


def _load(now: datetime, read: Read) -> tuple[LiveFleet, Numbers]:
    live = LiveFleet()
    for record in read(_TAGS):
        live.tags[tags.key(record["tag_id"])] = tags.Tag(
            record["tag_id"],
            record["status"],
            record["parent_id"],
            _instant(record["expires_at"]),
            record["sessions_most"],
            tuple(msgspec.json.decode(record["sites"])),
            tuple(msgspec.json.decode(record["places"])),
        )
    for record in read(_SITES):
        live.sites[record["site_id"].casefold()] = Site(**record)
    lately = {record["charger_id"]: record["at"] for record in read(_HEARD_LATELY)}
    for record in read(_CHARGERS):
        live.add(_charger(record, lately.get(record["charger_id"], "")))
    for record in read(_REMOVED):
        live.remove(record["charger_id"])
    for record in read(_EVSES):
        if charger := live.charger(record.pop("charger_id")):
            charger.evses[record["evse_id"]] = Evse(**record)
    for record in read(_CONNECTORS):
        if (charger := live.charger(record["charger_id"])) and (evse := charger.evses.get(record["evse_id"])):
            evse.connectors = {**evse.connectors, record["connector_id"]: record["status"]}
    _sessions(live, read)
    for record in read(_ALERTS, [stored(now - alerts.RETURNS_WITHIN)]):
        live.alerts.add(alerts.Alert(**record))
    return live, Numbers(**read(_NUMBERS)[0])


def _charger(record: Record, heard_lately: str) -> LiveCharger:
    return LiveCharger(
        charger_id=record["charger_id"],
        registration=record["registration"],
        known=bool(record["known"]),
        vendor=record["vendor"],
        model=record["model"],
        serial=record["serial"] or record["box_serial"],
        firmware=record["firmware"],
        ponged=bool(record["ponged"]),
        password_hash=record["password_hash"],
        password_next_hash=record["password_next_hash"],
        version=record["version"],
        booted_at=record["booted_at"],
        clock_ahead_s=record["clock_ahead_s"],
        clock_off_s=correction(record["clock_ahead_s"]),
        site_id=record["site_id"],
        labels=msgspec.json.decode(record["labels"]),
        # After a crash the journal knows more than the minute's mark.
        last_seen=_instant(max(record["last_seen_at"] or "", record["heard_at"] or "", heard_lately) or None),
    )


def _sessions(live: LiveFleet, read: Read) -> None:
    by_number: dict[int, OpenSession] = {}
    for record in read(_OPEN):
        charger = live.charger(record["charger_id"])
        if charger is None:
            continue
        flags = tuple(msgspec.json.decode(record["flags"]))
        begun = OpenSession(
            session_id=record["session_id"],
            evse_id=record["evse_id"],
            transaction_id=record["transaction_id"],
            tag_id=record["tag_id"],
            tag_status=record["tag_status"],
            started_at=record["started_at"],
            meter_start_wh=record["meter_start_wh"],
            energy_wh=record["meter_start_wh"],
            flags=flags,
            remote_start_id=record["remote_start_id"],
            corrected_s=corrected(flags, record["started_raw"], record["started_at"]),
        )
        by_number[begun.session_id] = charger.sessions[begun.transaction_id] = begun
        key = (record["evse_id"], record["tag_id"], record["started_raw"], record["meter_start_raw"])
        charger.remember_start(key, KnownStart(begun.session_id, begun.transaction_id, begun.tag_status))
    for record in read(_READINGS):
        session = by_number.get(record["session_id"])
        if session is None:
            continue  # of a charger that was removed meanwhile
        session.metered_at = record["taken_at"]
        if (register := record["energy_wh"]) is not None and register >= 0:
            session.odd_meter |= session.energy_wh is not None and odd(session.energy_wh, register)
            session.energy_wh = register
        session.power_w = record["power_w"] if record["power_w"] is not None else session.power_w
        session.soc_percent = record["soc_percent"] if record["soc_percent"] is not None else session.soc_percent
    for record in read(_STEPS):
        session = by_number.get(record["session_id"])
        if session is None:
            continue
        session.told, session.first_seq, session.newest_seq = record["told"], record["first_seq"], record["newest_seq"]
        session.charging_state = record["charging_state"]
    for record in read(_NEWEST_STARTS):
        if charger := live.charger(record["charger_id"]):
            charger.newest_start_raw = record["raw"]


async def settle(store: Store, now: str) -> list[rows.Row]:
    """Rows that end what the last run left open: connections at its last sign of life, commands as unknown."""
    last = await store.read(_LAST_RUN)
    alive = last[0]["alive_at"] if last else now
    ended: list[rows.Row] = [
        rows.ConnectionClosed(max(alive, record["opened_at"]), None, "the server ended", record["connection_id"])
        for record in await store.read(_LEFT_OPEN)
    ]
    for record in await store.read(_UNFINISHED):
        state = "unknown" if record["state"] == "sent" else "dropped"
        ended.append(rows.CommandState(state, None, None, None, None, record["command_id"]))
    return ended


async def unanswered(store: Store) -> list[Record]:
    """Commands whose answer may still come: a charger that lost its connection answers on the next one (F-24)."""
    return list(reversed(await store.read(_UNANSWERED)))


async def next_run(store: Store) -> int:
    """The number of the run that begins."""
    last = await store.read(_LAST_RUN)
    return int(last[0]["run_id"]) + 1 if last else 1


def _instant(text: str | None) -> datetime | None:
    return parsed(text) if text else None
