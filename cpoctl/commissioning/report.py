"""The report of a commissioning: as rows for tables and JSON, and as Markdown for a ticket or a binder.

Whatever the charger said is made harmless here: frames stand indented, cells are escaped.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from cpoctl.commissioning import Frame, Result
from cpoctl.table import Column, clean, local, span


@dataclass(frozen=True)
class Evidence:
    """A frame that shows what happened, as it went over the wire."""

    at: str
    sender: str
    action: str
    request: str
    answer: str | None


@dataclass(frozen=True)
class StepRow:
    """A step of the checklist and how it ended."""

    step: Annotated[str, Column("STEP")]
    title: Annotated[str, Column("CHECKED", 2)]
    result: Annotated[Result, Column("RESULT")]
    found: Annotated[str, Column("FOUND")]
    next: list[str]
    took_s: Annotated[float, Column("TOOK", 2, "right", span)]
    evidence: list[Evidence]


@dataclass(frozen=True)
class Report:
    """What was found of a charger. `passed` when no step has failed."""

    charger_id: Annotated[str, Column("CHARGER")]
    vendor: Annotated[str | None, Column("VENDOR")]
    model: Annotated[str | None, Column("MODEL")]
    firmware: Annotated[str | None, Column("FIRMWARE")]
    serial: Annotated[str | None, Column("SERIAL")]
    url: Annotated[str | None, Column("URL")]
    version: Annotated[str, Column("CPOCTL")]
    started_at: Annotated[str, Column("STARTED", show=local)]
    ended_at: Annotated[str, Column("ENDED", show=local)]
    passed: Annotated[bool, Column("PASSED")]
    steps: list[StepRow]
    violations: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


def evidence(frame: Frame) -> Evidence:
    """A frame as evidence."""
    return Evidence(frame.at, frame.sender, frame.action, frame.request, frame.reply)


def verdict(passed: bool, results: Sequence[str]) -> str:
    """How it ended, in a few words that also say how much of it was not looked at."""
    skipped = sum(result == Result.SKIPPED for result in results)
    left_out = f", {skipped} of {len(results)} steps left out" if skipped else ""
    return f"{'passed' if passed else 'FAILED'}{left_out}"


def markdown(report: Mapping[str, Any]) -> Iterator[str]:
    """The report, given as JSON data, as Markdown lines."""
    yield f"# Commissioning of {_cell(report['charger_id'])}"
    yield ""
    yield from _table(("", ""), _head(report))
    yield ""
    yield "## Checklist"
    yield ""
    yield from _table(("Step", "Checked", "Result", "Found", "Took"), map(_step, report["steps"]))
    yield from _next(report["steps"])
    yield from _list("What breaks the standard", report["violations"])
    yield from _list("What is known of this model", report["known"])
    yield ""
    yield "## Evidence"
    for step in report["steps"]:
        yield from _evidence(step)


def _head(report: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    yield "Result", verdict(report["passed"], [step["result"] for step in report["steps"]])
    for name, title in (("vendor", "Vendor"), ("model", "Model"), ("firmware", "Firmware"), ("serial", "Serial"),
                        ("url", "Connected to"), ("started_at", "Started"), ("ended_at", "Ended"),
                        ("version", "cpoctl")):  # fmt: skip
        yield title, report[name] or "not told"


def _step(step: Mapping[str, Any]) -> Sequence[Any]:
    return step["step"], step["title"], step["result"], step["found"], span(step["took_s"])


def _next(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    open_steps = [step for step in steps if step["result"] != Result.PASS and step["next"]]
    if open_steps:
        yield from ("", "## What to try next", "")
    for step in open_steps:
        yield f"{step['step']}:"
        yield ""
        yield from (f"    {clean(command, 500)}" for command in step["next"])
        yield ""


def _list(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield from ("", f"## {title}", "")
        yield from (f"- {_cell(item)}" for item in items)


def _evidence(step: Mapping[str, Any]) -> Iterator[str]:
    if not step["evidence"]:
        return
    yield from ("", f"### {step['step']}", "")
    for frame in step["evidence"]:
        arrow = "→" if frame["sender"] == "csms" else "←"
        yield f"    {frame['at']} {arrow} {clean(frame['request'], 4096)}"
        if frame["answer"]:
            yield f"    {' ' * len(frame['at'])} {'←' if arrow == '→' else '→'} {clean(frame['answer'], 4096)}"


def _table(titles: Sequence[str], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(_cell(str(cell)) for cell in row)} |"


def _cell(text: str) -> str:
    shown = clean(text, 500)
    for sign in "\\|`*_[]<>":
        shown = shown.replace(sign, "\\" + sign)
    return shown
