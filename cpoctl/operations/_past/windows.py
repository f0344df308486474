"""Windows: what happened from an instant up to another, in the order in which we heard of it.

Stored events tell it exactly as far back as they are kept, beside meter values and connections, which are rows either way (a
server that was killed told nobody that its chargers had gone). Before that everything is made of rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from cpoctl import events
from cpoctl.clock import parsed
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.operations._past import loose, rows
from cpoctl.store import Read, Record
from cpoctl.store.seeking import first_since

MOST: Final = 5_000
"""Messages on a page."""
_EVENTS_FROM = "SELECT at FROM event WHERE type = 'ChargerConnected' ORDER BY seq LIMIT 1"
"""Every server stores this one; some that others write stand alone in a past that has no events."""
_EVENTS = """
SELECT seq, at, type, charger_id, data FROM event WHERE seq >= :first AND seq < :last
  AND type NOT IN (SELECT value FROM json_each(:but)) ORDER BY seq LIMIT :most
"""
_OPENED = """
SELECT n.* FROM charger c CROSS JOIN connection n ON n.charger_id = c.charger_id
WHERE n.opened_at >= :since AND n.opened_at < :until ORDER BY n.opened_at LIMIT :most
"""
_CLOSED = """
SELECT * FROM (
    SELECT n.* FROM charger c CROSS JOIN connection n ON n.charger_id = c.charger_id
    WHERE n.opened_at >= :since AND n.opened_at < :until
    UNION ALL
    SELECT n.* FROM charger c CROSS JOIN connection n ON n.connection_id IN (
        SELECT connection_id FROM connection x WHERE x.charger_id = c.charger_id AND x.opened_at < :since
        ORDER BY x.opened_at DESC LIMIT 3)
) WHERE closed_at >= :since AND closed_at < :until ORDER BY closed_at LIMIT :most
"""
_STATUSES = """
SELECT s.* FROM evse e CROSS JOIN status_change s ON s.charger_id = e.charger_id AND s.evse_id = e.evse_id
WHERE s.received_at >= :since AND s.received_at < :until ORDER BY s.received_at, s.status_change_id LIMIT :most
"""
_STARTED = """
SELECT * FROM session WHERE session_id >= :first AND session_id < :last
  AND start_received_at >= :since AND start_received_at < :until ORDER BY start_received_at LIMIT :most
"""
_METERED = """
SELECT m.*, s.transaction_id FROM session s CROSS JOIN meter_value m ON m.session_id = s.session_id
WHERE s.session_id IN (SELECT value FROM json_each(:sessions)) AND m.received_at >= :since AND m.received_at < :until
ORDER BY m.received_at, m.taken_at LIMIT :most
"""
_CHARGERS = """
SELECT * FROM charger WHERE (added_at >= :since AND added_at < :until) OR (removed_at >= :since AND removed_at < :until)
"""
_ALERTS = """
SELECT * FROM alert WHERE (opened_at >= :since AND opened_at < :until) OR (acked_at >= :since AND acked_at < :until)
  OR (resolved_at >= :since AND resolved_at < :until)
"""
_HEARD = """
SELECT charger_id, substr(at, 1, :signs) AS moment, max(at) AS at FROM journal
WHERE journal_id >= :first AND journal_id < :last AND sender = 'charger' GROUP BY 1, 2
"""
_MINUTE, _TEN_SECONDS = len("2026-11-20T14:02"), len("2026-11-20T14:02:1")
_LONG = timedelta(minutes=10)
_FROM_ROWS = (events.ChargerConnected, events.ChargerDisconnected)
_FROM_OLD_ROWS = (
    *_FROM_ROWS, events.ChargerAdded, events.ChargerRemoved, events.StatusChanged, events.SessionStarted,
    events.SessionStopped, events.AlertOpened, events.AlertAcknowledged, events.AlertResolved,
)  # fmt: skip
_CHARGERS_TELL = {
    events.ChargerConnected, events.ChargerBooted, events.StatusChanged, events.SessionStarted, events.MeterChanged,
}  # fmt: skip


class _Told(NamedTuple):
    """Something that happened; of one instant what has the lower rank came first."""

    at: str
    rank: int
    event: events.Event
    seq: int | None = None


@dataclass(frozen=True)
class Window:
    """From an instant up to another, which it does not hold."""

    since: str
    until: str
    most: int = MOST

    def page(self, read: Read) -> dict[str, Any]:
        """What happened, `through` an instant up to which it is everything. There is at least one instant on a page."""
        kept_from = next((row["at"] for row in read(_EVENTS_FROM)), "9999")
        until = min(self.until, kept_from) if self.since < kept_from else self.until
        if until <= self.since:
            return {"since": self.since, "through": self.since, "events": []}
        sources = _OLD if self.since < kept_from else _NEW
        told, through = self._told(read, sources, until, self.most)
        told += _heard(read, self.since, through, told)
        told.sort(key=itemgetter(0, 1))
        messages = [rows.message(each.at, each.event, each.seq) for each in told]
        return {"since": self.since, "through": through, "events": messages}

    def _told(self, read: Read, sources: "tuple[_Source, ...]", until: str, most: int) -> tuple[list[_Told], str]:
        found: list[_Told] = []
        through = until
        for source in sources:
            some = sorted(source(read, _Asked(self.since, until, most)), key=itemgetter(0))
            if len(some) >= most:  # there may be more: complete is only what lies before the last
                through = min(through, some[-1].at)
            found += some
        found.sort(key=itemgetter(0, 1))
        if len(found) > most:
            through = min(through, found[most].at)
        whole = [each for each in found if each.at < through]
        if not whole and through < until and len(found) >= most:  # one instant that fills more than a page
            return self._told(read, sources, until, 4 * most)
        return whole, through


class _Asked(NamedTuple):
    since: str
    until: str
    most: int


_Source = Callable[[Read, _Asked], Iterator[_Told]]


def _opened(read: Read, asked: _Asked) -> Iterator[_Told]:
    for row in read(_OPENED, asked._asdict()):
        yield _Told(row["opened_at"], 0, rows.connected(row))


def _closed(read: Read, asked: _Asked) -> Iterator[_Told]:
    for row in read(_CLOSED, asked._asdict()):
        yield _Told(row["closed_at"], 5, rows.disconnected(row))


def _metered(read: Read, asked: _Asked) -> Iterator[_Told]:
    numbers = [row["session_id"] for row in rows.running(read, asked.since, asked.until)]
    given = asked._asdict() | {"sessions": msgspec.json.encode(numbers).decode()}
    for row in read(_METERED, given):
        yield _Told(row["received_at"], 3, rows.metered(row))


def _metered_loose(read: Read, asked: _Asked) -> Iterator[_Told]:
    for row in loose.between(read, *asked):
        yield _Told(row["received_at"], 3, rows.metered(row))


def _started(read: Read, asked: _Asked) -> Iterator[_Told]:
    ends = {"first": first_since(read, "session", asked.since), "last": first_since(read, "session", asked.until)}
    for row in read(_STARTED, asked._asdict() | ends):
        yield _Told(row["start_received_at"], 2, rows.started(row))


def _stopped(read: Read, asked: _Asked) -> Iterator[_Told]:
    for row in rows.ended(read, *asked):
        yield _Told(row["ended_at"], 4, rows.stopped(row))


def _statuses(read: Read, asked: _Asked) -> Iterator[_Told]:
    """An EVSE of several connectors tells what they make together, for which the statuses before are needed."""
    found = read(_STATUSES, asked._asdict())
    there = LiveFleet()
    for charger_id in (chargers := sorted({row["charger_id"] for row in found})):
        there.add(LiveCharger(charger_id))
    for row in rows.statuses_before(read, asked.since, chargers) if found else ():
        rows.tell_status(there, row)
    for row in found:
        yield _Told(row["received_at"], 1, rows.tell_status(there, row))


def _chargers(read: Read, asked: _Asked) -> Iterator[_Told]:
    for row in sorted(read(_CHARGERS, asked._asdict()), key=itemgetter("added_at")):
        charger_id = row["charger_id"]
        if asked.since <= row["added_at"] < asked.until:
            added = events.ChargerAdded(
                charger_id=charger_id, registration=row["registration"], known=bool(row["known"])
            )
            labels = msgspec.json.decode(row["labels"])
            edited = events.ChargerEdited(
                charger_id=charger_id, name=row["name"], site_id=row["site_id"], labels=labels
            )
            yield _Told(row["added_at"], -2, added)
            yield _Told(row["added_at"], -1, edited)
        if row["removed_at"] and asked.since <= row["removed_at"] < asked.until:
            yield _Told(row["removed_at"], 6, events.ChargerRemoved(charger_id=charger_id))


def _alerts(read: Read, asked: _Asked) -> Iterator[_Told]:
    for row in read(_ALERTS, asked._asdict()):
        for at, event in _of_alert(row):
            if at is not None and asked.since <= at < asked.until:
                yield _Told(at, 2, event)


def _of_alert(row: Record) -> Iterator[tuple[str | None, events.Event]]:
    place = {
        "charger_id": row["charger_id"],
        "alert_id": row["alert_id"],
        "rule": row["rule"],
        "evse_id": row["evse_id"],
    }
    more = {"severity": row["severity"], "what": row["what"], "count": row["openings"]}
    opened = row["opened_at"]
    yield opened, events.AlertOpened(**place, **more, opened_at=opened, since=opened)
    if row["acked_at"]:
        said = {"acked_at": row["acked_at"], "acked_by": row["acked_by"] or "", "comment": row["comment"] or ""}
        yield row["acked_at"], events.AlertAcknowledged(**place, **said)
    if row["resolved_at"]:
        ended = {"since": row["since"], "resolved_at": row["resolved_at"]}
        yield row["resolved_at"], events.AlertResolved(**place, **more, **ended)


def _stored(*but: type[events.Event]) -> _Source:
    """The stored events, but for those that rows tell."""
    names = msgspec.json.encode([kind.__name__ for kind in but]).decode()

    def source(read: Read, asked: _Asked) -> Iterator[_Told]:
        ends = {"first": first_since(read, "event", asked.since), "last": first_since(read, "event", asked.until)}
        for row in read(_EVENTS, {**ends, "but": names, "most": asked.most}):
            if event := rows.kept(row):
                yield _Told(row["at"], 4 if isinstance(event, events.SessionStopped) else 2, event, row["seq"])

    return source


_NEW: tuple[_Source, ...] = (_stored(*_FROM_ROWS), _opened, _closed, _metered, _metered_loose)
_OLD: tuple[_Source, ...] = (
    _stored(*_FROM_OLD_ROWS), _chargers, _opened, _closed, _statuses, _started, _metered, _metered_loose, _stopped,
    _alerts,
)  # fmt: skip


def _heard(read: Read, since: str, until: str, told: list[_Told]) -> list[_Told]:
    """When chargers were heard, by the journal and by what they told: ten seconds at a time, in a long window a minute."""
    signs = _MINUTE if parsed(until) - parsed(since) > _LONG else _TEN_SECONDS
    moments: dict[str, dict[str, str]] = {}
    ends = {"first": first_since(read, "journal", since), "last": first_since(read, "journal", until), "signs": signs}
    found = [(row["moment"], row["charger_id"], row["at"]) for row in read(_HEARD, ends)]
    found += [(each.at[:signs], each.event.charger_id, each.at) for each in told if type(each.event) in _CHARGERS_TELL]
    for moment, charger_id, at in found:
        seen = moments.setdefault(moment, {})
        seen[charger_id] = max(seen.get(charger_id, ""), at)
    return [_Told(max(seen.values()), 7, events.ChargersSeen(seen=seen)) for seen in moments.values()]
