"""Tell what has happened to a charger as one timeline."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from cpoctl.clock import stored
from cpoctl.ocpp import answers
from cpoctl.operations import Option, Query, Read, instant
from cpoctl.operations.charger import Charger, known_spelling
from cpoctl.table import Column, kwh, local

Kind = Literal["status", "connection", "session", "command", "boot", "firmware", "security", "tag", "record"]


@dataclass(frozen=True)
class HistoryRow:
    """One thing that happened. `at` is the charger's own time where that can be believed."""

    at: Annotated[str, Column("TIME", show=local)]
    kind: Annotated[Kind, Column("KIND")]
    evse_id: Annotated[int | None, Column("EVSE", 2, "right")]
    told: Annotated[str, Column("WHAT")]


Record = dict[str, Any]
_FOR_EVER = "9999"
_RESULT, _WORD_MOST = 3, 50  # a CALLRESULT of OCPP-J
_STATUS = """
SELECT happened_at AS at, evse_id, connector_id, status, error_code, info, vendor_error_code FROM status_change
WHERE charger_id = :charger AND happened_at BETWEEN :since AND :until ORDER BY happened_at DESC, status_change_id DESC LIMIT :last
"""
_OPENED = """
SELECT opened_at AS at, address, version, auth FROM connection
WHERE charger_id = :charger AND opened_at BETWEEN :since AND :until ORDER BY opened_at DESC LIMIT :last
"""
_CLOSED = """
SELECT closed_at AS at, close_code, close_reason FROM connection
WHERE charger_id = :charger AND closed_at BETWEEN :since AND :until ORDER BY closed_at DESC LIMIT :last
"""
_STARTED = """
SELECT started_at AS at, evse_id, session_id, tag_id, tag_status FROM session
WHERE charger_id = :charger AND started_at BETWEEN :since AND :until ORDER BY started_at DESC LIMIT :last
"""
_STOPPED = """
SELECT stopped_at AS at, evse_id, session_id, energy_wh, stop_reason FROM session
WHERE charger_id = :charger AND stopped_at BETWEEN :since AND :until ORDER BY stopped_at DESC LIMIT :last
"""
_COMMANDS = """
SELECT coalesce(sent_at, queued_at) AS at, command_id, action, state, actor, answer FROM command
WHERE charger_id = :charger AND coalesce(sent_at, queued_at) BETWEEN :since AND :until ORDER BY command_id DESC LIMIT :last
"""
_SECURITY = """
SELECT happened_at AS at, type, tech_info, source FROM security_event
WHERE charger_id = :charger AND happened_at BETWEEN :since AND :until ORDER BY security_event_id DESC LIMIT :last
"""
_EVENTS = """
SELECT at, type, data FROM event WHERE charger_id = :charger AND at BETWEEN :since AND :until
  AND type IN (SELECT value FROM json_each(:types)) ORDER BY seq DESC LIMIT :last
"""


def _status(record: Record) -> tuple[Kind, str]:
    part = f"connector {record['connector_id']}" if (record["connector_id"] or 0) > 1 else None
    faults = [part, record["error_code"], record["info"], record["vendor_error_code"]]
    beside = ", ".join(word for word in faults if word and word != "NoError")
    return "status", f"{record['status']} ({beside})" if beside else record["status"]


def _opened(record: Record) -> tuple[Kind, str]:
    return "connection", f"connected from {record['address']}, OCPP {record['version']}, auth {record['auth']}"


def _closed(record: Record) -> tuple[Kind, str]:
    code = f" ({record['close_code']})" if record["close_code"] else ""
    return "connection", f"disconnected{code}: {record['close_reason'] or 'no reason given'}"


def _started(record: Record) -> tuple[Kind, str]:
    verdict = "" if record["tag_status"] == "Accepted" else f" ({record['tag_status']})"
    return "session", f"session {record['session_id']} began, tag {record['tag_id'] or 'none'}{verdict}"


def _stopped(record: Record) -> tuple[Kind, str]:
    energy = "energy unknown" if record["energy_wh"] is None else f"{kwh(record['energy_wh'])} kWh"
    return "session", f"session {record['session_id']} ended, {energy}, {record['stop_reason'] or 'no reason given'}"


def _command(record: Record) -> tuple[Kind, str]:
    said = _said(record["answer"]) or record["state"]
    if record["state"] == "late" or said.casefold() == record["state"]:
        said = record["state"]
    return "command", f"{record['action']} by {record['actor']}: {said} (command {record['command_id']})"


def _said(answer: str | None) -> str | None:
    """The status, or the error's code, of an answer as it came over the wire."""
    try:
        kind, _, told, *_ = json.loads(answer or "[]")
    except (ValueError, TypeError):  # none, or not kept because it named a secret
        return None
    return answers.word(told) if kind == _RESULT and isinstance(told, dict) else str(told)[:_WORD_MOST]


def _security(record: Record) -> tuple[Kind, str]:
    info = f": {record['tech_info']}" if record["tech_info"] else ""
    return (
        "security",
        f"{record['type']}{info} (told by the {'charger' if record['source'] == 'charger' else 'server'})",
    )


def _event(record: Record) -> tuple[Kind, str]:
    kind, tell = _TOLD[record["type"]]
    return kind, tell(json.loads(record["data"]))


def _booted(data: Record) -> str:
    what = " ".join(str(data[name]) for name in ("vendor", "model") if data.get(name))
    why = f" ({data['reason']})" if data.get("reason") else ""
    return f"booted{why}: {what or 'unnamed'}, firmware {data.get('firmware') or 'unknown'}, answered {data['registration']}"


def _step(data: Record) -> str:
    request = f" (request {data['request_id']})" if data.get("request_id") is not None else ""
    return f"{data['status']}{request}"


def _edited(data: Record) -> str:
    labels = ",".join(f"{key}={value}" for key, value in data["labels"].items())
    return f"edited: name {data['name'] or '-'}, site {data['site_id'] or '-'}, labels {labels or '-'}"


_TOLD: dict[str, tuple[Kind, Callable[[Record], str]]] = {
    "ChargerBooted": ("boot", _booted),
    "FirmwareStatusReported": ("firmware", lambda data: f"firmware {_step(data)}"),
    "DiagnosticsStatusReported": ("firmware", lambda data: f"upload of diagnostics {_step(data)}"),
    "ChargerAdded": ("record", lambda data: f"came into the records, {data['registration']}"),
    "RegistrationChanged": ("record", lambda data: f"the operator decided: {data['registration']}"),
    "ChargerRemoved": ("record", lambda data: "removed from the records"),
    "ChargerEdited": ("record", _edited),
    "TagRefused": ("tag", lambda data: f"tag {data['tag_id'] or 'none'} refused: {data['status']}"),
}
_SOURCES: tuple[tuple[str, Callable[[Record], tuple[Kind, str]], frozenset[Kind]], ...] = (
    (_EVENTS, _event, frozenset(kind for kind, _ in _TOLD.values())),
    (_OPENED, _opened, frozenset({"connection"})),
    (_STATUS, _status, frozenset({"status"})),
    (_STARTED, _started, frozenset({"session"})),
    (_STOPPED, _stopped, frozenset({"session"})),
    (_COMMANDS, _command, frozenset({"command"})),
    (_SECURITY, _security, frozenset({"security"})),
    (_CLOSED, _closed, frozenset({"connection"})),
)
"""What is told of whom. Of one instant the first stands first."""


@dataclass(frozen=True, kw_only=True)
class ShowHistory(Query):
    """Tell what has happened to a charger as one timeline, the newest last."""

    path = "charger history"
    route = "GET /chargers/{charger}/history"
    row = HistoryRow
    noun = "entries"
    newest_last = True
    examples = ("cpoctl charger history HQ-07 --since 24h", "cpoctl charger history HQ-07 --kind session --last 10")

    charger: Charger
    since: Annotated[str | None, Option("only from then on: an ISO 8601 time, or 24h ago", kind="time")] = None
    until: Annotated[str | None, Option("only up to then", kind="time")] = None
    last: Annotated[int, Option("how many at the most, the newest of them")] = 100
    kind: Annotated[Kind | None, Option("only of this kind")] = None

    def select(self, read: Read) -> list[HistoryRow]:
        """The newest of every kind, in one order."""
        since = stored(instant(self.since, datetime.now(UTC), "since", ago=True)) if self.since else ""
        until = stored(instant(self.until, datetime.now(UTC), "until", ago=True)) if self.until else _FOR_EVER
        types = [name for name, (kind, _) in _TOLD.items() if self.kind in (None, kind)]
        most = max(0, self.last)
        given = {
            "charger": known_spelling(self.charger, read),
            "since": since,
            "until": until,
            "last": most,
            "types": json.dumps(types),
        }
        found = sorted(self._told(read, given), key=lambda row: row.at)
        return found[max(0, len(found) - most) :]

    def _told(self, read: Read, given: Record) -> Iterator[HistoryRow]:
        for sql, tell, kinds in _SOURCES:
            for record in reversed(read(sql, given)) if self.kind is None or self.kind in kinds else ():
                kind, told = tell(record)
                yield HistoryRow(record["at"], kind, record.get("evse_id"), told)
