"""Rebuilding: sessions once more, out of the Calls that the journal has kept, by the handlers that made them.

The Calls of one charger are handled as they were then, in a fleet and a database of their own, beside the sessions that were
open or had ended before. A tag is worth what its charger was told then. What an operator did is not in the journal, and not in
what comes out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from cpoctl.clock import parsed, stored
from cpoctl.csms.actions import ACTIONS, Action, Context, Ids, Outcome
from cpoctl.csms.beginnings import started
from cpoctl.domain import tags
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.domain.registers import SESSIONS_MOST
from cpoctl.ocpp import Version
from cpoctl.ocpp.reading import read as read_struct
from cpoctl.store import DuplicateRow, Read, Record, Scratch, UnstorableRow, rows
from cpoctl.store.seeking import first_since

_CLOSING_VALUES = timedelta(hours=1)  # come after the stop
_OUT_OF_ORDER = timedelta(minutes=1)  # a row is numbered when it is committed, and some wait for a look-up before
_CALLS_AT_ONCE = 100
_OF_SESSIONS = "('StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent')"
# One that was closed by hand, and whose charger has said nothing since, is judged by what came until then.
_WANTED = """
SELECT s.session_id, s.transaction_id, s.started_raw, s.start_received_at, s.stopped_at,
       coalesce(s.stop_received_at, max(s.stopped_at, s.start_received_at)) AS until,
       (SELECT count(*) FROM meter_value m WHERE m.session_id = s.session_id) AS readings
FROM session s WHERE s.session_id IN (SELECT value FROM json_each(?)) ORDER BY s.session_id
"""
_BEGINS = f"SELECT at FROM journal WHERE sender = 'charger' AND action IN {_OF_SESSIONS} ORDER BY journal_id LIMIT 1"  # noqa: S608 # ours
_CALLS = f"""
SELECT j.journal_id, j.at, j.action, j.request, j.answer, c.version FROM charger_journal j
JOIN connection c ON c.connection_id = j.connection_id
WHERE j.charger_id = :charger AND j.journal_id >= :first AND j.journal_id < :end AND j.at >= :since AND j.sender = 'charger'
  AND j.outcome = 'result' AND j.action IN {_OF_SESSIONS}
ORDER BY j.journal_id LIMIT {_CALLS_AT_ONCE}
"""  # noqa: S608 # ours
_LINKS = """
SELECT connection_id, charger_id, opened_at, address, version, auth FROM connection
WHERE charger_id = ? AND opened_at >= ? AND opened_at <= ?
"""
# What stands beside them: sessions that were not over by then, and those that show what a register counts from.
_BESIDE = """
SELECT * FROM (
  SELECT s.*, row_number() OVER (PARTITION BY s.evse_id ORDER BY s.session_id DESC) AS newest FROM session s
  WHERE s.charger_id = :charger AND s.session_id < :first
) WHERE newest <= :most OR coalesce(stop_received_at, '9') >= :since
ORDER BY session_id
"""
_MADE = """
SELECT s.*, (SELECT count(*) FROM meter_value m WHERE m.session_id = s.session_id) AS readings
FROM session s WHERE s.transaction_id = ? AND s.session_id > ? ORDER BY s.started_raw = ? DESC, s.session_id LIMIT 1
"""


def rebuilt(
    read: Read, scratch: Scratch, charger_id: str, sessions: Sequence[int], step: Callable[[], None]
) -> dict[int, Record | str]:
    """The sessions of one charger as the journal tells them, or why it does not: nothing is made of half of a session.

    `step` is called between two Calls, and may take its time.
    """
    wanted = read(_WANTED, [msgspec.json.encode(sessions).decode()])
    begins = next((record["at"] for record in read(_BEGINS)), None)
    held = [record for record in wanted if begins is not None and record["start_received_at"] >= begins]
    found: dict[int, Record | str] = {record["session_id"]: _before(begins) for record in wanted}
    if held:
        replay = _Replay(charger_id, scratch)
        for _ in replay.place_beside(read, held[0]["session_id"], min(record["start_received_at"] for record in held)):
            step()
        for call in _calls(read, scratch, charger_id, held):
            replay.tell(call)
            step()
        found |= {record["session_id"]: replay.made(record) for record in held}
    return found


def _before(begins: str | None) -> str:
    return f"the journal begins at {begins}" if begins else "the journal holds nothing of any session"


def _calls(read: Read, scratch: Scratch, charger_id: str, held: Sequence[Record]) -> Iterator[Record]:
    """What the charger said from the first begin until the closing values of the last end."""
    since = min(record["start_received_at"] for record in held)
    ends = [record["until"] if record["stopped_at"] else stored(datetime.now(UTC)) for record in held]
    until = stored(parsed(max(ends)) + _CLOSING_VALUES)
    scratch.write([rows.ConnectionOpened(**link) for link in read(_LINKS, [charger_id, since, until])])
    given = {
        "charger": charger_id,
        "since": since,
        "first": first_since(read, "journal", stored(parsed(since) - _OUT_OF_ORDER)),
        "end": first_since(read, "journal", until),
    }
    while found := read(_CALLS, given):
        yield from found
        given["first"] = found[-1]["journal_id"] + 1


class _Replay:
    """One charger, as it was."""

    def __init__(self, charger_id: str, scratch: Scratch) -> None:
        self._scratch = scratch
        self._live = LiveFleet()
        self._live.accepts_unknown_tags = True
        self._charger = self._live.add(LiveCharger(charger_id))
        self._issued = 0
        self._beside = 0
        self._ids = Ids(count(1).__next__, lambda: self._issued)

    def place_beside(self, read: Read, first: int, since: str) -> Iterator[None]:
        """Let the sessions before the first one stand as they stood when it began, one at a time."""
        given = {"charger": self._charger.charger_id, "first": first, "since": since, "most": SESSIONS_MOST}
        for record in read(_BESIDE, given):
            self._beside = record["session_id"] = self._ids.session()
            begun = rows.SessionStart(**{name: record[name] for name in rows.SessionStart._fields})
            self._scratch.write([begun])
            was_open = record["stop_received_at"] is None or record["stop_received_at"] >= since
            if record["stopped_at"] is None or (was_open and record["stop_received_at"] is not None):
                self._live.apply(started(begun, tuple(msgspec.json.decode(begun.flags))))
            else:
                self._scratch.write([rows.SessionStop(**{name: record[name] for name in rows.SessionStop._fields})])
            yield

    def made(self, wanted: Record) -> Record | str:
        """What has come out, or what the journal lacks."""
        found = self._scratch.read(_MADE, [wanted["transaction_id"], self._beside, wanted["started_raw"]])
        if not found or found[0]["started_raw"] != wanted["started_raw"]:
            return "the journal does not hold its begin"
        if found[0]["readings"] < wanted["readings"]:
            return f"the journal holds {found[0]['readings']} of its {wanted['readings']} readings"
        return found[0]

    def tell(self, call: Record) -> None:
        """Handle one Call as dispatch does; what cannot be read or stored told nothing then either."""
        action = ACTIONS[Version(call["version"])].get(call["action"])
        try:
            payload = msgspec.json.decode(call["request"])[3]
            answered = msgspec.json.decode(call["answer"] or "[]")
        except (msgspec.DecodeError, IndexError, KeyError, RecursionError):
            return
        if action is None or not isinstance(payload, dict):
            return
        self._issued = next(_issued(answered), 0)
        self._judge(payload, answered)
        struct, _ = read_struct(action.struct, payload)
        for sure in (False, True):
            outcome = self._handled(action, struct, payload, parsed(call["at"]), sure)
            try:
                self._scratch.write(outcome.rows)
            except DuplicateRow:
                continue
            except UnstorableRow:
                return
            for event in outcome.events:
                self._live.apply(event)
            return

    def _judge(self, payload: Mapping[str, Any], answered: Any) -> None:
        """Let the tag of a Call be worth what its answer says."""
        for tag in _presented(payload, answered):
            self._live.tags[tags.key(tag.tag_id)] = tag

    def _handled(self, action: Action, struct: Any, payload: dict[str, Any], now: datetime, sure: bool) -> Outcome:
        sql = action.lookup(struct, self._charger, sure) if action.lookup else None
        found = self._scratch.read(*sql) if sql is not None else None
        return action.handle(
            struct, Context(self._charger, self._live, now, stored(now), 300, self._ids, payload, found)
        )


def _presented(payload: Mapping[str, Any], answered: Any) -> Iterator[tags.Tag]:
    """The tag that a Call presents, as it was answered."""
    match payload, answered:
        case (({"idTag": str(tag_id)} | {"idToken": {"idToken": str(tag_id)}}), [_, _, {} as answer]):
            told: dict[str, Any] = answer.get("idTagInfo") or answer.get("idTokenInfo") or {}
            if status := told.get("status"):
                group = told.get("parentIdTag") or (told.get("groupIdToken") or {}).get("idToken")
                known = tags.ACCEPTED if status == tags.ACCEPTED else tags.BLOCKED
                yield tags.Tag(tags.shown(tag_id), known, group)


def _issued(answered: Any) -> Iterator[int]:
    """The transaction id that the answer gave."""
    match answered:
        case [_, _, {"transactionId": int(number)}]:
            yield number
