"""How tasks and their targets look: their columns, how far a task is, and everything of one target."""

import json
from collections.abc import Iterator, Sequence

from cpoctl.clock import parsed
from cpoctl.operations.task import TaskRow, said
from cpoctl.operations.task.show import TargetDetail, TaskDetail
from cpoctl.table import local, millis, span
from cpoctl.tui.folding import folded
from cpoctl.tui.task_book import Place
from cpoctl.tui.widgets.columns import Cell, Col
from cpoctl.tui.widgets.lines import Line

_BAR = 10


def _state(row: TaskRow) -> Cell:
    if row.state == "running":
        return "▸ running", "charging"
    if row.failed:
        return f"✕ {row.state}", "alert"
    return ("✓ finished", "") if row.state == "finished" else (f"– {row.state}", "dim")


def bar(row: TaskRow, width: int = _BAR) -> str:
    """How far it is: well, failed, waiting, and not yet. What there is any of has a cell at least."""
    counts = {"█": row.succeeded, "✕": row.failed, "‖": row.waiting}
    cells = {sign: max(1, round(width * count / row.targets)) for sign, count in counts.items() if count}
    room = width - (row.targets > sum(counts.values()))  # what is missing can be seen
    while sum(cells.values()) > room:
        cells[max(cells, key=cells.__getitem__)] -= 1
    return "".join(sign * count for sign, count in cells.items()).ljust(width, "·")


def counts(row: TaskRow, places: Sequence[Place] | None) -> str:
    """How many of its targets went how, and how many go on: `1 ok, 3 failed, 5 under way of 9`."""
    rest = row.targets - row.succeeded - row.failed - row.waiting
    later = rest if row.state != "running" else sum(place.state == "pending" for place in places or ())
    numbers = ((row.waiting, "waiting"), (rest - later, "under way"), (later, "not begun"))
    told = [f"{row.succeeded} ok", f"{row.failed} failed", *(f"{number} {word}" for number, word in numbers if number)]
    return f"{', '.join(told)} of {row.targets}"


def given(row: TaskRow) -> str:
    """What was asked for, as `name=value`."""
    return " ".join(f"{name}={','.join(map(str, v)) if isinstance(v, list) else v}" for name, v in row.given.items())


def _target_state(place: Place) -> Cell:
    if place.state == "done":
        return (f"✓ {place.status}", "good") if place.ok else (f"✕ {place.status}", "alert")
    if place.state == "waiting":
        return "‖ waits for its charger", "suspended"
    if place.heard:
        return "◔ answered", "busy"
    return ("→ sent", "charging") if place.state == "sent" else ("· not begun", "dim")


def _target_what(place: Place) -> Cell:
    if place.error:
        hints = place.error.get("hints") or ()
        return said(place.error) + (f" · try {hints[0]}" if hints else ""), ""
    if place.state == "waiting":
        return f"until {local(place.expires_at)}", "dim"
    if place.moving and place.state != "done":
        return place.moving, "busy"
    note = (place.result or {}).get("note")
    return str(note or place.heard), ""


TARGET_COLS = (
    Col("target", "TARGET", 14, lambda p: (p.target or "-", "strong"), lambda p: p.target),
    Col("state", "STATE", 23, _target_state, lambda p: p.state),
    Col("took", "ANSWERED", 8, lambda p: (millis(p.latency_ms), ""), lambda p: p.latency_ms, 3, "right"),
    Col("what", "WHAT", 10, _target_what, lambda p: None, 2, grows=True),
)

COLS = (
    Col("task", "TASK", 5, lambda t: (str(t[0].task_id), "strong"), lambda t: t[0].task_id, align="right"),
    Col("operation", "OPERATION", 21, lambda t: (t[0].operation, ""), lambda t: t[0].operation),
    Col("state", "STATE", 11, lambda t: _state(t[0]), lambda t: t[0].state),
    Col("bar", "PROGRESS", _BAR, lambda t: (bar(t[0]), _state(t[0])[1]), lambda t: t[0].succeeded / t[0].targets, 4),
    Col("of", "OF", 4, lambda t: (str(t[0].targets), ""), lambda t: t[0].targets, 2, "right"),
    Col("ok", "OK", 4, lambda t: (str(t[0].succeeded), ""), lambda t: t[0].succeeded, 1, "right"),
    Col("failed", "FAIL", 4, lambda t: (str(t[0].failed), "alert" if t[0].failed else "dim"),
        lambda t: t[0].failed, 1, "right"),
    Col("waiting", "WAIT", 4, lambda t: (str(t[0].waiting), "suspended" if t[0].waiting else "dim"),
        lambda t: t[0].waiting, 3, "right"),
    Col("age", "AGE", 5, lambda t: (t[1].age(t[0].started_at), "dim"), lambda t: t[0].started_at, 2, "right"),
    Col("who", "WHO", 12, lambda t: (t[0].actor, ""), lambda t: t[0].actor, 5),
    Col("given", "GIVEN", 10, lambda t: (given(t[0]), "dim"), lambda t: given(t[0]), 6, grows=True),
)  # fmt: skip


def page(detail: TaskDetail, result: TargetDetail, width: int) -> Iterator[Line]:
    """Everything of one target: when, what came of it, why, and what to try."""
    facts = (
        ("result", result.status if result.ok is not None else f"{result.status}, not ended"),
        ("sent", local(result.sent_at)),
        ("answered", f"in {millis(result.latency_ms)}" if result.latency_ms is not None else "-"),
        ("ended", _end(result)),
        ("until", local(result.expires_at) if result.state == "waiting" else "-"),
        ("given", given(detail) or "-"),
        ("error", said(result.error) or "-"),
    )
    for name, text in facts:
        if text != "-":
            yield from folded(f"{name:<9}", text, width, "alert" if name == "error" else "")
    for hint in (result.error or {}).get("hints") or ():
        yield from folded("try      ", str(hint), width, "strong")
    if result.result:
        yield from ([], [("what it told", "strong")])
        yield from ([(line, "")] for line in json.dumps(result.result, indent=2, ensure_ascii=False).splitlines())
    lines = explained([each.line for each in detail.explanation], result.target or detail.operation)
    if lines:
        yield from ([], [("explanation", "strong")])
        yield from ([(line, "")] for line in lines)


def _end(result: TargetDetail) -> str:
    """When, and how long after it was sent: the effect may come long after the answer."""
    if result.finished_at is None or result.sent_at is None:
        return local(result.finished_at)
    lasted = (parsed(result.finished_at) - parsed(result.sent_at)).total_seconds()
    return f"{local(result.finished_at)}, {millis(lasted * 1000) if lasted < 1 else span(lasted)} after it was sent"


def explained(lines: list[str], name: str) -> list[str]:
    """What an explanation of a task says of one target: its line, and those below that stand deeper."""
    begin = next((number for number, line in enumerate(lines) if line.startswith(f"{name}: ")), len(lines))
    end = next((number for number in range(begin + 1, len(lines)) if not lines[number].startswith(" ")), len(lines))
    return lines[begin:end]
