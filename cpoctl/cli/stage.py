"""The stage: how a demo is told without a terminal: a line an event, then a closing table of the sessions."""

import asyncio
import sys
from contextlib import suppress

from cpoctl.cli import output, terminal
from cpoctl.cli.choices import Choices
from cpoctl.demo import Demo
from cpoctl.formats import Sheet, harmless
from cpoctl.formats.table import render
from cpoctl.operations.session import SessionRow
from cpoctl.table import fields, record

_CLOSING = ("session_id", "charger_id", "tag_id", "state", "energy_wh", "cost", "stop_reason")


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
