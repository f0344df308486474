"""Write a year of a network that never was into a new database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer._click import types
from typer.core import TyperArgument, TyperCommand

from cpoctl.cli import output, terminal
from cpoctl.cli.commands.sim import _given
from cpoctl.cli.flags import options
from cpoctl.clock import duration
from cpoctl.errors import UsageProblem
from cpoctl.table import record

if TYPE_CHECKING:
    from datetime import datetime

    from cpoctl.simulator.history import Scale

CHARGERS_MOST, DAYS_MOST = 2_000, 3_660
_HINT = "cpoctl sim year year.db --chargers 20 --days 31"


def command() -> TyperCommand:
    """`cpoctl sim year FILE`."""
    file = TyperArgument(
        param_decls=["file"], type=types.STRING, required=True, metavar="FILE", help="the database to write; a new file"
    )
    return TyperCommand(
        "year",
        help="Write the history of an invented network into a new database, as the server would have written it: sites,"
        " owners, tariffs, tags, sessions with their samples, statuses, outages and odd meters. Tells what went in, so that"
        " reports can be held against it. The same seed and the same --until make the same history.",
        params=[file, *_options(), *options(hidden=True)],
        callback=_run,
        epilog="\b\nExamples:\n  cpoctl sim year year.db\n  cpoctl sim year small.db --chargers 5 --days 31 --seed 7 --json"
        "\n  cpoctl --db year.db session list --limit 20",
        rich_markup_mode=None,
    )


def _options() -> list[Any]:
    return [
        _given.whole("--chargers", "how many (default 200)", 200),
        _given.whole("--days", "of how many days (default 365)", 365),
        _given.whole("--sessions", "about how many in all (default: four a charger and day)"),
        _given.text("--samples", "DUR", "the time from one meter sample to the next; 0: none (default 15m)"),
        _given.text("--until", "DAY", "the day before which it ends, in UTC (default: the first of this month)"),
        _given.whole("--seed", "another number, another history (default 0)", 0),
    ]


def _run(**given: Any) -> None:
    choices = _given.chosen()
    scale, path = _scale(given), Path(given["file"])

    from cpoctl.founding import found_history
    from cpoctl.simulator.history import HistoryRow

    told = found_history(path, scale, _silent if choices.quiet else _tell)
    output.rows([record(told)], HistoryRow, choices, many=False)


def _tell(done: int, total: int) -> None:
    """One line that is written anew at a terminal, and now and then one elsewhere."""
    if total and sys.stderr.isatty():
        end = "\n" if done == total else "\r"
        sys.stderr.write(f"\x1b[K{done:,} of {total:,} visits ({100 * done // total} %){end}")
        sys.stderr.flush()
    elif total and done == total:
        terminal.note(f"{total:,} visits written")


def _silent(done: int, total: int) -> None:
    return


def _scale(given: dict[str, Any]) -> "Scale":
    """Read what it shall be like. Raises UsageProblem."""
    from cpoctl.simulator.history import Scale

    for name, most in (("chargers", CHARGERS_MOST), ("days", DAYS_MOST)):
        if not 1 <= given[name] <= most:
            raise UsageProblem(f"--{name} {given[name]} is not 1 to {most}", hints=[_HINT])
    if given["sessions"] is not None and given["sessions"] < 0:
        raise UsageProblem(f"--sessions {given['sessions']} is less than nothing", hints=[_HINT])
    return Scale(
        until=_until(given["until"]),
        chargers=given["chargers"],
        days=given["days"],
        sessions=given["sessions"],
        sample_s=_samples(given["samples"]),
        seed=given["seed"],
    )


def _samples(text: str | None) -> int:
    try:
        seconds = 900 if text is None else int(duration(text))
    except ValueError as error:
        raise UsageProblem(f"--samples: {error}", hints=[_HINT]) from None
    if 0 < seconds < 60:
        raise UsageProblem(f"--samples {text} is less than a minute", hints=[_HINT])
    return seconds


def _until(text: str | None) -> "datetime":
    from datetime import UTC, datetime

    if text is None:
        return datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 2001 <= day.year <= 9000 or (day.hour, day.minute, day.second) != (0, 0, 0):
        raise UsageProblem(f"--until: {text!r} is no day", hints=[f"{_HINT} --until 2026-11-01"])
    return day.replace(tzinfo=UTC)
