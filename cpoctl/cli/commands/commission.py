"""Is a charger fit for use? Go through a checklist with it, and write the report."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperArgument, TyperCommand, TyperOption

from cpoctl.cli import output, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.commissioning import LISTEN, TAG, arrived, bench_of, let_try, server, through
from cpoctl.cli.flags import options
from cpoctl.clock import duration
from cpoctl.errors import CheckFailed, Denied, NotFound, UsageProblem, nearest

if TYPE_CHECKING:
    from cpoctl.commissioning.report import Report

_ARRIVES_WITHIN = 600.0
_HINTS_MOST = 8
_HELP = """Go through a checklist with a charger: boot, status, meter, clock, settings, remote start and stop, unlock, soft reset.

With --serve it runs a temporary server of its own, says the URL that the charger must be given, lets everybody in, and
takes the first charger that connects, or the named one. Without it the charger is one of the running server. What disturbs
the charger (start, stop, unlock, reset) is asked for first, done at once with --yes, and left out where nobody can be asked.
Exit code 0 when no step failed, 11 when one did."""
_EXAMPLES = """\b
Examples:
  cpoctl commission --serve
  cpoctl commission --serve --listen 0.0.0.0:8080 --report hq-07.md
  cpoctl commission HQ-07 --tag ANNA-K --skip unlock --skip reset
  cpoctl commission HQ-07 --yes --json | jq -r '.steps[] | select(.result == "fail").found'"""


def command() -> TyperCommand:
    """`cpoctl commission`."""
    charger = TyperArgument(
        param_decls=["charger"], type=types.STRING, required=False, metavar="CHARGER", help="the charger's id"
    )
    return TyperCommand(
        "commission",
        help=_HELP,
        params=[charger, *_options(), *options(hidden=True)],
        callback=_commission,
        epilog=_EXAMPLES,
        rich_markup_mode=None,
    )


def _options() -> list[TyperOption]:
    return [
        TyperOption(param_decls=["--serve"], is_flag=True, help="run a temporary server for the charger to connect to"),
        _text("--listen", "HOST:PORT", f"with --serve: where the charger connects (default {LISTEN})"),
        _text("--tag", "TAG", f"the tag to start a session with (default with --serve: {TAG})"),
        TyperOption(param_decls=["--evse"], type=types.INT, default=1, metavar="N", help="the EVSE to try (default 1)"),
        TyperOption(
            param_decls=["--skip"],
            type=types.STRING,
            multiple=True,
            metavar="STEP",
            help=f"leave a step out: {_names()}",
        ),
        _text("--within", "DUR", "how long a step may wait for the charger to act; each has its own time without it"),
        _text("--arrives-within", "DUR", "how long to wait until a charger connects (default 10m)"),
        _text("--report", "FILE", "write the report: Markdown, or JSON to a name that ends in .json"),
    ]


def _names() -> str:
    from cpoctl import plugins
    from cpoctl.commissioning import steps

    return " ".join(name.replace("_", "-") for name in plugins.names(steps))


def _text(name: str, metavar: str, help: str) -> TyperOption:
    return TyperOption(param_decls=[name], type=types.STRING, metavar=metavar, help=help)


def _commission(charger: str | None, serve: bool | None, **given: Any) -> None:
    choices: Choices = get_current_context().obj
    choices.settle(os.environ)
    terminal.use_utc(choices.utc)
    if choices.read_only:
        raise Denied("a commissioning changes something, and this is read-only", hints=["cpoctl config show"])
    skip = _steps(given["skip"])
    if given["report"] is not None:
        _check_writable(Path(given["report"]), charger)
    within = _seconds("--within", given["within"])
    arrives = _seconds("--arrives-within", given["arrives_within"]) or _ARRIVES_WITHIN
    with server(charger, bool(serve), given["listen"], choices) as (client, url, socket):
        heard, name = arrived(client, charger, bool(serve), arrives)
        bench = bench_of(client, heard, name, given, within, choices, serve=bool(serve))
        report = through(bench, skip, url, choices, lambda part: _keep(part, given["report"]))
        hints = _tell(report, given["report"], choices)
        hints = let_try(hints, socket, choices)
    _judge(report, hints)


def _steps(skip: tuple[str, ...]) -> frozenset[str]:
    from cpoctl.commissioning.checklist import titles

    known = titles()
    for word in skip:
        if word not in known:
            raise UsageProblem(
                f"--skip {word}: no such step{nearest(word, known)}",
                hints=["cpoctl commission --serve --skip reset", f"the steps: {' '.join(known)}"],
            )
    return frozenset(skip)


def _seconds(option: str, text: str | None) -> float | None:
    try:
        return None if text is None else duration(text)
    except ValueError as error:
        raise UsageProblem(f"{option}: {error}", hints=["cpoctl commission --serve --within 30s"]) from error


def _tell(report: "Report", file: str | None, choices: Choices) -> list[str]:
    """Write what was asked for; what to try next."""
    from cpoctl.commissioning import Result
    from cpoctl.commissioning.report import Report, StepRow, markdown, verdict
    from cpoctl.table import record

    made = record(report)
    if choices.format == "json":
        output.rows([made], Report, choices, many=False)
    elif choices.format == "md":
        output.write(f"{line}\n" for line in markdown(made))
    else:
        output.rows(made["steps"], StepRow, choices, many=True)
    _keep(report, file)
    if report.passed:
        terminal.note(f"{report.charger_id}: {verdict(report.passed, [step.result for step in report.steps])}")
    broken = [step for step in report.steps if step.result is Result.FAIL]
    return list(dict.fromkeys(hint for step in broken for hint in step.next))[:_HINTS_MOST]


def _keep(report: "Report", file: str | None) -> None:
    """Write the report where it was wanted."""
    from cpoctl.table import record

    if file is not None:
        _write(Path(file), record(report))


def _judge(report: "Report", hints: list[str]) -> None:
    broken = [step.step for step in report.steps if step.result == "fail"]
    if broken:
        raise CheckFailed(
            f"{report.charger_id} failed {', '.join(broken)}",
            target=report.charger_id,
            hints=hints or ["cpoctl commission --serve --report report.md    with every frame"],
        )


def _check_writable(path: Path, charger: str | None) -> None:
    """Before the charger is disturbed, so that nobody does it again for want of a folder."""
    place = path if path.exists() else path.parent
    if path.is_dir():
        why = "it is a directory"
    elif not path.parent.is_dir():
        why = f"there is no directory {path.parent}"
    elif not os.access(place, os.W_OK):
        why = f"nobody but its owner may write to {place}"
    else:
        return
    raise UsageProblem(
        f"--report {path}: {why}",
        hints=[f"cpoctl commission {charger or '--serve'} --report report.md    into this directory"],
    )


def _write(path: Path, report: dict[str, Any]) -> None:
    import json

    from cpoctl.cli import written
    from cpoctl.commissioning.report import markdown

    text = json.dumps(report, indent=2) if path.suffix == ".json" else "\n".join(markdown(report))
    try:
        written.put(path, [text, "\n"])
    except OSError as error:
        raise NotFound(
            f"cannot write {path}: {error.strerror}",
            target=str(path),
            hints=["cpoctl commission --serve --report here.md"],
        ) from error
    terminal.note(f"the report is in {path}")
