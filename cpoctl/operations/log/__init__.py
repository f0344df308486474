"""The wire log: every exchange with every charger, as it went over the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.table import Column, local, millis


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


COLUMNS = "journal_id, at, charger_id, sender, action, outcome, latency_ms, request, answer, message_id, violations"
FRAMES = f"SELECT {COLUMNS} FROM journal"  # noqa: S608 # ours
FRAMES_OF_CHARGER = f"SELECT {COLUMNS} FROM charger_journal"  # noqa: S608 # ours
"""For `WHERE charger_id = :charger`, the id spelled as it is stored; `ORDER BY journal_id DESC LIMIT` stops early."""


def row(record: dict[str, Any]) -> FrameRow:
    """A row of a record of `FRAMES`."""
    number = str(record["journal_id"])
    return FrameRow(**record | {"journal_id": number, "violations": json.loads(record["violations"] or "[]")})


_BRIEF = 60
_SAID_ELSEWHERE = frozenset({"timestamp", "context", "format", "location"})


def short(frame: str) -> str:
    """What a frame carries as `name=value` words; a frame that is no JSON as it is."""
    try:
        parts = json.loads(frame)
    except (ValueError, RecursionError):
        return frame
    match parts:
        case [2 | 3 | 6, _, *_, carried]:
            return " ".join(_words(carried)) or "{}"
        case [_, _, code, *more]:
            return " ".join(_words({"code": code, "description": "".join(map(str, more[:1]))}))
    return frame


def _brief(frame: str | None) -> str:
    """As much of a frame as a table's cell should hold; `log show` has it all."""
    words = short(frame) if frame else "-"
    return words if len(words) <= _BRIEF else words[: _BRIEF - 1] + "…"


def _words(value: Any, name: str = "") -> Iterator[str]:
    """Leaves as `name=value`; a sampled value as its measurand, number and unit."""
    match value:
        case [*items]:  # not isinstance: here `list` is the verb
            for item in items:
                yield from _words(item, name)
        case {"value": _, **rest} if "key" not in rest:
            measurand = str(value.get("measurand", "Energy.Active.Import.Register")).removesuffix(".Register")
            phase = f".{value['phase']}" if value.get("phase") else ""
            yield f"{measurand}{phase}={value['value']}{value.get('unit', '')}"
        case {**members}:
            for key, item in members.items():
                if key not in _SAID_ELSEWHERE:
                    yield from _words(item, str(key))
        case _:
            yield f"{name}={value}" if name else str(value)
