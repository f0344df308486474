"""The fleet as it was: from rows, by the very changes that the live fleet takes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from operator import itemgetter

import msgspec

from cpoctl.clock import parsed, stored
from cpoctl.domain.alerts import Alert
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.domain.rebuilding import told
from cpoctl.events import Event
from cpoctl.operations._past import loose, rows
from cpoctl.store import Read, Record
from cpoctl.store.seeking import first_since

_CHARGERS = "SELECT * FROM charger WHERE added_at < :at AND (removed_at IS NULL OR removed_at >= :at)"
_LOOKS_BACK = 200_000
"""Stored events in which what chargers said of themselves is looked for; older than these it is as it is known today."""
_KNOWN = """
SELECT type, charger_id, data, at FROM event WHERE seq IN (
    SELECT max(seq) FROM event WHERE seq BETWEEN :first AND :last
      AND type IN ('ChargerBooted', 'ChargerEdited', 'RegistrationChanged', 'ClockJudged') GROUP BY charger_id, type)
ORDER BY seq
"""
_LINKS = """
SELECT n.* FROM charger c CROSS JOIN connection n ON n.connection_id = (
    SELECT connection_id FROM connection x WHERE x.charger_id = c.charger_id AND x.opened_at < :at
    ORDER BY x.opened_at DESC, x.connection_id DESC LIMIT 1)
"""
_READINGS = """
SELECT m.*, s.transaction_id FROM session s JOIN meter_value m ON m.session_id = s.session_id
WHERE s.session_id IN (SELECT value FROM json_each(:sessions)) AND m.received_at < :at ORDER BY m.received_at, m.taken_at
"""
_HEARD = """
SELECT charger_id, (SELECT at FROM journal WHERE journal_id = (
    SELECT max(journal_id) FROM journal_of_charger x WHERE x.charger_id = c.charger_id AND x.journal_id < :number)) AS at
FROM charger c
"""
_HEARD_LATELY = """
SELECT charger_id, max(at) AS at FROM journal
WHERE journal_id > (SELECT journal_id FROM journal_mark) AND journal_id < :number GROUP BY charger_id
"""
_ALERTS = """
SELECT alert_id, rule, severity, charger_id, evse_id, opened_at, CASE WHEN since < :at THEN since ELSE opened_at END AS since,
       what, openings AS count, CASE WHEN acked_at < :at THEN acked_at END AS acked_at,
       CASE WHEN acked_at < :at THEN acked_by END AS acked_by, CASE WHEN acked_at < :at THEN comment END AS comment
FROM alert WHERE opened_at < :at AND (resolved_at IS NULL OR resolved_at >= :at) ORDER BY alert_id
"""
_ENDED = "SELECT charger_id, sum(energy_wh) AS wh FROM session WHERE stopped_at >= :since AND stopped_at < :at GROUP BY +charger_id"
_A_DAY = timedelta(days=1)
_Telling = tuple[str, int, Callable[[LiveFleet], object]]
"""When, what came first of one instant, and what it changes."""
_SILENT_MOST_S = 900
"""A connection on which nothing was heard for longer is closed; what was heard on it then is kept no longer."""


def snapshot(read: Read, at: str, since: str | None, runs: list[tuple[str, str]]) -> bytes:
    """Everything that had been told before an instant, as `GET /v1/snapshot` tells it, beside when a server ran."""
    records = read(_CHARGERS, {"at": at})
    live = fleet(read, at, records)
    wh = {row["charger_id"]: row["wh"] or 0.0 for row in read(_ENDED, {"since": since, "at": at})} if since else {}
    sessions = [
        {"charger_id": charger.charger_id, **msgspec.to_builtins(session)}
        for charger in live.chargers.values()
        for session in charger.sessions.values()
    ]
    whole = {
        "seq": 0,
        "order": 0,
        "at": at,
        "chargers": [told(charger) for charger in live.chargers.values()],
        "sessions": sessions,
        "written": {row["charger_id"]: {"name": row["name"], "note": row["note"]} for row in records},
        "alerts": list(live.alerts.open.values()),
        "energy_wh": wh,
        "runs": runs,
    }
    return msgspec.json.encode(whole)


def fleet(read: Read, at: str, records: list[Record]) -> LiveFleet:
    """The chargers that there were, and how they stood: all that may matter still is told again, in the order it came in."""
    live = LiveFleet()
    for record in records:
        live.add(_charger(record, at))
    statuses = rows.statuses_before(read, at, [charger.charger_id for charger in live.chargers.values()])
    told = [*_known(read, at), *_links(read, at), *_statuses(statuses), *_sessions(read, at), *_readings(read, at)]
    for _, _, tell in sorted(told, key=itemgetter(0, 1)):
        tell(live)
    _date_statuses(live, read, at, statuses)
    _tell_heard(live, read, at)
    for record in read(_ALERTS, {"at": at}):
        live.alerts.add(Alert(**record))
    return live


def _charger(record: Record, at: str) -> LiveCharger:
    """What does not change, and what did, as it is known today."""
    booted = record["booted_at"]
    return LiveCharger(
        charger_id=record["charger_id"],
        registration=record["registration"],
        known=bool(record["known"]),
        vendor=record["vendor"],
        model=record["model"],
        serial=record["serial"] or record["box_serial"],
        firmware=record["firmware"],
        password_hash=record["password_hash"],
        booted_at=booted if booted and booted < at else None,
        site_id=record["site_id"],
        labels=msgspec.json.decode(record["labels"]),
    )


def _telling(at: str, rank: int, event: Event) -> _Telling:
    return at, rank, partial(LiveFleet.apply, event=event)


def _known(read: Read, at: str) -> Iterator[_Telling]:
    last = first_since(read, "event", at) - 1
    for record in read(_KNOWN, {"first": last - _LOOKS_BACK, "last": last}):
        if event := rows.kept(record):
            yield _telling(record["at"], 0, event)


def _links(read: Read, at: str) -> Iterator[_Telling]:
    for link in read(_LINKS, {"at": at}):
        yield _telling(link["opened_at"], 0, rows.connected(link))
        if link["closed_at"] is not None and link["closed_at"] < at:
            yield _telling(link["closed_at"], 5, rows.disconnected(link))


def _statuses(statuses: list[Record]) -> Iterator[_Telling]:
    for row in statuses:
        yield row["received_at"], 1, partial(rows.tell_status, row=row)


def _sessions(read: Read, at: str) -> Iterator[_Telling]:
    """Those that ran, and the ends of others: nothing is drawn there any more as far as is known."""
    running = rows.running(read, at, at)
    for row in running:
        yield _telling(row["start_received_at"], 2, rows.started(row))
    numbers = msgspec.json.encode([row["session_id"] for row in running]).decode()
    for row in read(_READINGS, {"sessions": numbers, "at": at}):
        yield _telling(row["received_at"], 3, rows.metered(row))
    for row in rows.ended(read, stored(parsed(at) - _A_DAY), at):
        yield _telling(row["ended_at"], 4, rows.stopped(row))


def _readings(read: Read, at: str) -> Iterator[_Telling]:
    for row in loose.last(read, at):
        yield _telling(row["received_at"], 3, rows.metered(row))


def _date_statuses(live: LiveFleet, read: Read, at: str, statuses: list[Record]) -> None:
    """A status that was told again and again has been so since it was told first."""
    told: dict[tuple[str, int], list[str]] = {}
    for row in statuses:
        told.setdefault((row["charger_id"], row["evse_id"]), []).append(row["happened_at"])
    for (charger_id, evse_id), times in told.items():
        charger = live.charger(charger_id)
        evse = charger.evses.get(evse_id) if charger else None
        if evse and len(times) == rows.STATUSES_KEPT and evse.since == times[0]:
            evse.since = rows.since_when(read, at, charger_id, evse) or evse.since


def _tell_heard(live: LiveFleet, read: Read, at: str) -> None:
    """When chargers were heard last, as far as it is known: from the journal, else by what they told."""
    number = first_since(read, "journal", at)
    for record in (*read(_HEARD, {"number": number}), *read(_HEARD_LATELY, {"number": number})):
        if record["at"] is not None and (charger := live.charger(record["charger_id"])):
            charger.heard(parsed(record["at"]))
    for charger in live.chargers.values():
        for reading in charger.evses.values():
            if reading.metered_at and reading.metered_at < at:
                charger.heard(parsed(reading.metered_at))
        if charger.link is None and charger.left_at:
            charger.heard(parsed(charger.left_at))
        elif charger.last_seen and (parsed(at) - charger.last_seen).total_seconds() > _SILENT_MOST_S:
            charger.last_seen = None
