"""Rebuilding: sessions once more, out of the Calls that the journal has kept, by the handlers that made them.

The Calls of one charger are handled as they were then, in a fleet and a database of their own. Tags are all accepted: who
might charge was decided then. What an operator did is not in the journal, and not in what comes out.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from cpoctl.clock import parsed, stored
from cpoctl.csms.actions import ACTIONS, Action, Context, Ids, Outcome
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.ocpp import Version
from cpoctl.ocpp.reading import read as read_struct
from cpoctl.store import DuplicateRow, Read, Record, Scratch, rows
from cpoctl.store.seeking import first_since

_CLOSING_VALUES = timedelta(hours=1)  # come after the stop
_WANTED = """
SELECT session_id, charger_id, transaction_id, started_raw, start_received_at, stop_received_at FROM session
WHERE session_id IN (SELECT value FROM json_each(?)) ORDER BY session_id
"""
_CALLS = """
SELECT j.journal_id, j.at, j.action, j.request, j.answer, c.version FROM charger_journal j
JOIN connection c ON c.connection_id = j.connection_id
WHERE j.charger_id = :charger AND j.journal_id >= :first AND j.journal_id < :end AND j.sender = 'charger'
  AND j.outcome = 'result' AND j.action IN ('StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent')
ORDER BY j.journal_id
"""
_LINKS = """
SELECT connection_id, charger_id, opened_at, address, version, auth FROM connection
WHERE charger_id = ? AND opened_at >= ? AND opened_at <= ?
"""
_MADE = "SELECT * FROM session WHERE transaction_id = ? ORDER BY started_raw = ? DESC, session_id LIMIT 1"


def rebuilt(read: Read, scratch: Scratch, charger_id: str, sessions: Sequence[int]) -> dict[int, Record | None]:
    """The sessions of one charger as the journal tells them; None for one whose begin it does not hold any more."""
    wanted = read(_WANTED, [msgspec.json.encode(sessions).decode()])
    since = min(record["start_received_at"] for record in wanted)
    ends = [record["stop_received_at"] or stored(datetime.now(UTC)) for record in wanted]
    until = stored(parsed(max(ends)) + _CLOSING_VALUES)
    scratch.write([rows.ConnectionOpened(**link) for link in read(_LINKS, [charger_id, since, until])])
    given = {
        "charger": charger_id,
        "first": first_since(read, "journal", since),
        "end": first_since(read, "journal", until),
    }
    replay = _Replay(charger_id, scratch)
    for call in read(_CALLS, given):
        replay.tell(call)
    return {record["session_id"]: _made(record, scratch) for record in wanted}


def _made(record: Record, scratch: Scratch) -> Record | None:
    found = scratch.read(_MADE, [record["transaction_id"], record["started_raw"]])
    return found[0] if found and found[0]["started_raw"] == record["started_raw"] else None


class _Replay:
    """One charger, as it was."""

    def __init__(self, charger_id: str, scratch: Scratch) -> None:
        self._scratch = scratch
        self._live = LiveFleet()
        self._live.accepts_unknown_tags = True
        self._charger = self._live.add(LiveCharger(charger_id))
        self._issued = 0
        self._ids = Ids(count(1).__next__, lambda: self._issued)

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
        struct, _ = read_struct(action.struct, payload)
        for sure in (False, True):
            outcome = self._handled(action, struct, payload, parsed(call["at"]), sure)
            try:
                self._scratch.write(outcome.rows)
            except DuplicateRow:
                continue
            for event in outcome.events:
                self._live.apply(event)
            return

    def _handled(self, action: Action, struct: Any, payload: dict[str, Any], now: datetime, sure: bool) -> Outcome:
        sql = action.lookup(struct, self._charger, sure) if action.lookup else None
        found = self._scratch.read(*sql) if sql is not None else None
        return action.handle(
            struct, Context(self._charger, self._live, now, stored(now), 300, self._ids, payload, found)
        )


def _issued(answered: Any) -> Iterator[int]:
    """The transaction id that the answer gave."""
    match answered:
        case [_, _, {"transactionId": int(number)}]:
            yield number
