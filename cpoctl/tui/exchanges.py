"""Exchanges of the wire log for the eye: the columns of a line, and a few lines for one of them. Pure."""

from rich.cells import chop_cells

from cpoctl.operations.log import FrameRow, short
from cpoctl.table import clock_time
from cpoctl.tui.widgets.lines import Line, flat
from cpoctl.tui.widgets.table import Cell, Col
from cpoctl.tui.wire_log import Entry

ARROWS = {"charger": "←", "csms": "→"}
_SUMMARY = 500
_ODD = {"timeout": "NO ANSWER", "error": "ERROR", "late": "LATE"}


def _outcome(frame: FrameRow) -> Cell:
    word = _ODD.get(frame.outcome, frame.outcome)
    if frame.violations:
        return f"! {word}", "alert"
    return word, "" if frame.outcome == "result" else "alert"


def _summary(frame: FrameRow) -> Cell:
    broken = "".join(f"!{violation}  " for violation in frame.violations)
    answer = short(frame.answer) if frame.answer else ""
    text = f"{broken}{short(frame.request)}{'  → ' if answer else ''}{answer}"
    return text[:_SUMMARY], "alert" if frame.violations else ""


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
    Col("outcome", "OUTCOME", 11, _outcome, lambda f: f.outcome, 3),
    Col("summary", "SUMMARY", 16, _summary, lambda f: f.journal_id, 4, grows=True),
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
