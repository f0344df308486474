"""The wire log: every exchange with every charger, as it went over the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.events import Event, FrameLogged
from cpoctl.operations import Argument, Option, Query, Read, Record, Stream, one
from cpoctl.operations.charger import must_be_known
from cpoctl.table import Column, clean, clock_time, local, millis

_ARROW = {"charger": "←", "csms": "→"}


@dataclass(frozen=True)
class FrameRow:
    """One exchange: a request and its answer, or a frame that was neither."""

    journal_id: Annotated[str, Column("FRAME", 2, "right")]
    at: Annotated[str, Column("TIME", show=local)]
    charger_id: Annotated[str, Column("CHARGER")]
    sender: Annotated[str, Column("FROM")]
    action: Annotated[str, Column("ACTION")]
    outcome: Annotated[str, Column("OUTCOME")]
    latency_ms: Annotated[float | None, Column("TOOK", 2, "right", millis)]
    request: Annotated[str, Column("REQUEST", 1, show=lambda frame: _brief(frame))]
    answer: Annotated[str | None, Column("ANSWER", 3, show=lambda frame: _brief(frame))]
    message_id: str
    violations: Annotated[list[str], Column("VIOLATIONS", 4)]


_SELECT = """
SELECT CAST(journal_id AS TEXT) AS journal_id, at, charger_id, sender, action, outcome, latency_ms, request, answer,
       message_id, violations FROM journal
"""


def _row(record: dict[str, Any]) -> FrameRow:
    return FrameRow(**record | {"violations": json.loads(record["violations"] or "[]")})


@dataclass(frozen=True, kw_only=True)
class ListFrames(Query):
    """List the newest exchanges, the oldest of them first."""

    path = "log list"
    route = "GET /log"
    row = FrameRow
    noun = "exchanges"
    examples = ("cpoctl log list HQ-07", "cpoctl log list --action StopTransaction --last 5")

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    action: Annotated[str | None, Option("only of this action", kind="action")] = None
    last: Annotated[int, Option("how many at the most")] = 100

    def select(self, read: Read) -> list[FrameRow]:
        """The last ones that fit."""
        if self.charger:
            must_be_known(self.charger, read)
        conditions = ["1"]
        if self.charger:
            # The journal has ids as the charger table does; the index is used only for an equality.
            conditions.append(
                "charger_id = coalesce((SELECT charger_id FROM charger WHERE charger_id = :charger), :charger)"
            )
        if self.action:
            conditions.append("action = :action")
        newest = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY journal.journal_id DESC LIMIT :last"
        sql = f"SELECT * FROM ({newest}) ORDER BY CAST(journal_id AS INTEGER)"  # noqa: S608 # made of constants only
        given = {"charger": self.charger, "action": self.action, "last": self.last}
        return [_row(record) for record in read(sql, given)]


@dataclass(frozen=True, kw_only=True)
class ShowFrame(Query):
    """Show one exchange in full."""

    path = "log show"
    route = "GET /log/{frame}"
    row = FrameRow
    many = False
    examples = ("cpoctl log show 1042",)

    frame: Annotated[str, Argument("the exchange's number")]

    def select(self, read: Read) -> list[FrameRow]:
        """The one exchange."""
        number = int(self.frame) if self.frame.isdecimal() and len(self.frame) < 19 else -1
        found = read(f"{_SELECT} WHERE journal.journal_id = :number", {"number": number})
        newest = "SELECT CAST(journal_id AS TEXT) FROM journal ORDER BY journal_id DESC LIMIT 50"
        return [_row(one(found, "log", self.frame, read, newest))]


@dataclass(frozen=True, kw_only=True)
class TailFrames(Stream):
    """Show the newest exchanges, one on a line, and with -f go on as they happen."""

    path = "log tail"
    route = "GET /log/stream"
    row = FrameRow
    noun = "exchanges"
    frames = True
    examples = ("cpoctl log tail -f", "cpoctl log tail HQ-07 -f --json | jq -r .action")

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    follow: Annotated[bool, Option("go on with what happens", short="f")] = False
    last: Annotated[int, Option("how many to begin with")] = 10

    def select(self, read: Read) -> list[FrameRow]:
        """The last ones, to begin with."""
        return ListFrames(charger=self.charger, last=self.last).select(read)

    def take(self, event: Event) -> FrameRow | None:
        """A frame as a row."""
        if not isinstance(event, FrameLogged):
            return None
        if self.charger and (event.charger_id or "").casefold() != self.charger.casefold():
            return None
        return FrameRow(
            journal_id=str(event.journal_id),
            at=event.at,
            charger_id=event.charger_id or "",
            sender=event.sender,
            action=event.action,
            outcome=event.outcome,
            latency_ms=event.latency_ms,
            request=event.request,
            answer=event.answer,
            message_id=event.message_id,
            violations=list(event.violations),
        )

    def place(self, row: FrameRow) -> int:
        """Exchanges are numbered."""
        return int(row.journal_id)

    @classmethod
    def line(cls, row: Record) -> str:
        """`14:02:09.113 ← HQ-03  StatusNotification  8 ms  connectorId=1 status=Faulted errorCode=GroundFailure`"""
        took = millis(row["latency_ms"]) if row["latency_ms"] is not None else ""
        answer = f"  ⇒ {_short(row['answer'])}" if row["answer"] else ""
        odd = "" if row["outcome"] == "result" else _ODD.get(row["outcome"], f"  [{row['outcome']}]")
        marks = "".join(f"  !{clean(violation, 80)}" for violation in row["violations"])
        head = f"{clock_time(row['at'])} {_ARROW.get(row['sender'], '?')} {row['charger_id']:<12} {row['action']:<22}"
        return f"{head} {took:>7}{odd}{marks}  {_short(row['request'])}{answer}"


_BRIEF = 60
_ODD = {"timeout": "  NO ANSWER"}
_SAID_ELSEWHERE = frozenset({"timestamp", "context", "format", "location"})


def _short(frame: str) -> str:
    """What a frame carries as `name=value` words; a frame that is no JSON as it is."""
    try:
        parts = json.loads(frame)
    except (ValueError, RecursionError):
        return frame
    if not isinstance(parts, list) or len(parts) < 3:
        return frame
    carried = parts[-1] if parts[0] in (2, 3) else {"code": parts[2], "description": "".join(map(str, parts[3:4]))}
    return " ".join(_words(carried)) or "{}"


def _brief(frame: str | None) -> str:
    """As much of a frame as a table's cell should hold; `log show` has it all."""
    words = _short(frame) if frame else "-"
    return words if len(words) <= _BRIEF else words[: _BRIEF - 1] + "…"


def _words(value: Any, name: str = "") -> Iterator[str]:
    """Leaves as `name=value`; a sampled value as its measurand, number and unit."""
    if isinstance(value, list):
        for item in value:
            yield from _words(item, name)
    elif isinstance(value, dict) and "value" in value and "key" not in value:
        measurand = str(value.get("measurand", "Energy.Active.Import.Register")).removesuffix(".Register")
        phase = f".{value['phase']}" if value.get("phase") else ""
        yield f"{measurand}{phase}={value['value']}{value.get('unit', '')}"
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _SAID_ELSEWHERE:
                yield from _words(item, key)
    else:
        yield f"{name}={value}" if name else str(value)
