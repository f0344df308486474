"""The stage: how a demo looks. A live table at a terminal, lines and a closing table anywhere else.

What chargers said reaches the terminal as clean text, never as markup.
"""

import asyncio
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cpoctl.cli import output, terminal
from cpoctl.cli.choices import Choices
from cpoctl.demo import Demo, StageRow
from cpoctl.formats import Sheet, harmless, header, shown
from cpoctl.formats.table import render
from cpoctl.operations.session import SessionRow
from cpoctl.table import fields, record

if TYPE_CHECKING:
    from rich.console import JustifyMethod

_TICK_S = 0.25
_NEWS = 8
_AROUND = _NEWS + 6  # lines that the picture needs beside the chargers
_CLOSING = ("session_id", "charger_id", "tag_id", "state", "energy_wh", "stop_reason")
_STYLES = {
    "Charging": "green", "Faulted": "bold red", "Offline": "bold yellow", "Preparing": "cyan", "Finishing": "cyan",
    "SuspendedEV": "yellow", "SuspendedEVSE": "yellow", "Unavailable": "yellow",
}  # fmt: skip


class Lines:
    """One line an event for a while, then the sessions; in a format of the caller's choice, only those are data."""

    def __init__(self, seconds: float, choices: Choices) -> None:
        self._seconds = seconds
        self._choices = choices

    async def __call__(self, demo: Demo, stop: asyncio.Event) -> None:
        """Tell until the time is over."""
        _introduce(demo, f"it ends by itself after {self._seconds:g} s")
        telling = asyncio.create_task(self._tell(demo))
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((telling, waiting), timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            telling.cancel()
            waiting.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        await _close(demo, self._choices)

    async def _tell(self, demo: Demo) -> None:
        file = sys.stdout if self._choices.format is None else sys.stderr
        while True:
            print(harmless(await demo.news.get()), file=file, flush=True)


class Picture:
    """A table that follows the chargers, with the latest events below it."""

    def __init__(self, seconds: float | None, choices: Choices) -> None:
        self._seconds = seconds
        self._choices = choices
        self._console = Console(file=sys.stdout, force_terminal=True, no_color=choices.color == "never" or None)
        self._news: deque[str] = deque(maxlen=_NEWS)

    async def __call__(self, demo: Demo, stop: asyncio.Event) -> None:
        """Show until the time is over or somebody stops it."""
        _introduce(demo, "Ctrl-C ends it")
        with Live(console=self._console, auto_refresh=False, transient=True) as live, suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                while not stop.is_set():
                    live.update(self._frame(demo), refresh=True)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), _TICK_S)
        await _close(demo, self._choices)

    def _frame(self, demo: Demo) -> Group:
        while not demo.news.empty():
            self._news.append(demo.news.get_nowait())
        rows = demo.rows()
        room = max(3, self._console.height - _AROUND)
        more = [Text(f"and {len(rows) - room} more", style="dim")] if len(rows) > room else []
        news = [Text(harmless(line), no_wrap=True, overflow="ellipsis", style="dim") for line in self._news]
        return Group(Text(), table(rows[:room]), *more, Text(), *news)


def table(rows: Iterable[StageRow]) -> Table:
    """The chargers, a row each."""
    columns = [field for field in fields(StageRow) if field.column]
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for field in columns:
        side: JustifyMethod = field.column.align if field.column else "left"
        made.add_column(Text(header(field)), justify=side, no_wrap=True)
    for row in rows:
        cells = record(row)
        style = _STYLES.get(row.status, "")
        made.add_row(*(Text(shown(cells, field), style if field.name == "status" else "") for field in columns))
    return made


def _introduce(demo: Demo, end: str) -> None:
    plan = demo.plan
    terminal.note(f"demo: {plan.chargers} simulated chargers, 1 s here is {plan.speed:g} s for their cars; {end}")
    terminal.note(f"try:  cpoctl --server unix:{demo.server.socket} charger list")


async def _close(demo: Demo, choices: Choices) -> None:
    """The sessions; a format or fields of the caller's choice are kept to."""
    rows = [record(row) for row in await demo.sessions()]
    if choices.format or choices.fields:
        output.rows(rows, SessionRow, choices, many=True)
    else:
        known = {field.name: field for field in fields(SessionRow)}
        columns = [known[name] for name in _CLOSING]
        output.write(["\n", *render(Sheet(rows, columns, width=terminal.columns(), picked=True))])
    sys.stdout.flush()
