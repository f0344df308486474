"""Exchanges of the wire log for the eye: the columns of a line, and a few lines for one of them. Pure."""

import json

from rich.cells import chop_cells

from cpoctl.operations.log import FrameRow, short
from cpoctl.table import clock_time
from cpoctl.tui.widgets.columns import Cell, Col
from cpoctl.tui.widgets.lines import Line, flat
from cpoctl.tui.wire_entries import Entry

ARROWS = {"charger": "←", "csms": "→"}
_SUMMARY = 500
_USUAL = "result"
_ODD = {"timeout": "NO ANSWER", "error": "ERROR", "late": "LATE"}
_TELLING = ("status", "connectorStatus", "errorCode")  # of a StatusNotification 1.6 and 2.x: what it is sent for
_SHORTER = {"connectorId": "conn"}


def _summary(frame: FrameRow) -> Cell:
    """What is wrong with it, then what it says: the telling words first, since the end may be cut off."""
    wrong = [_ODD.get(frame.outcome, frame.outcome)] if frame.outcome != _USUAL else []
    wrong += [f"!{violation}" for violation in frame.violations]
    answer = short(frame.answer) if frame.answer else ""
    said = f"{_asked(frame)}  → {answer}" if answer and answer != "{}" else _asked(frame)
    return "  ".join([*wrong, said])[:_SUMMARY], "alert" if wrong else ""


def _asked(frame: FrameRow) -> str:
    """What a request carries, in words; of a status the status first, and no error where there is none."""
    if frame.action == "StatusNotification":
        match _parsed(frame.request):
            case [number, message_id, action, {**carried}]:
                told: dict[object, object] = {name: carried.pop(name) for name in _TELLING if name in carried}
                if told.get("errorCode") == "NoError":
                    del told["errorCode"]
                rest = {_SHORTER.get(str(name), name): value for name, value in carried.items()}
                return short(json.dumps([number, message_id, action, told | rest], ensure_ascii=False))
    return short(frame.request)


def _parsed(text: str) -> object:
    """A frame as JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _took(frame: FrameRow) -> Cell:
    if frame.latency_ms is None:
        return "-", "dim"
    return f"{frame.latency_ms:.0f}" if frame.latency_ms >= 10 else f"{frame.latency_ms:.1f}", ""


COLS = (
    Col("at", "TIME", 12, lambda f: (clock_time(f.at), ""), lambda f: f.at, 2),
    Col("sender", "", 1, lambda f: (ARROWS.get(f.sender, "?"), ""), lambda f: f.sender, 1),
    Col("charger", "CHARGER", 12, lambda f: (f.charger_id, "strong"), lambda f: f.charger_id, 1),
    Col("action", "ACTION", 18, lambda f: (f.action or "(unread)", ""), lambda f: f.action, 1),
    Col("took", "MS", 6, _took, lambda f: f.latency_ms, 5, "right"),
    Col("summary", "SUMMARY", 16, _summary, lambda f: f.journal_id, 3, grows=True),
)


def preview(entry: Entry | None, width: int, height: int) -> list[Line]:
    """The exchange under the cursor, in about so many lines."""
    if not isinstance(entry, FrameRow):
        return [[(f" {entry.text}", "offline")]] if entry else []
    problems = f" · {len(entry.violations)} problems noted" if entry.violations else ""
    head = f" frame {entry.journal_id} · {entry.outcome} · message id {entry.message_id or '-'}{problems}"
    lines: list[Line] = [[(head, "header")]]
    lines += [[(f" ! {violation}", "alert")] for violation in entry.violations[:2]]
    for frame in (entry.request, entry.answer):
        most = max(3, (height - len(lines)) // 2)
        lines += [[(f" {text}", "")] for text in wrapped((frame or "(no answer)")[: most * width], width - 2)[:most]]
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Foreign text, made harmless, in lines of so many cells at the most."""
    return chop_cells(flat(text, 10 * len(text) + 1), max(1, width)) or [""]
