"""What a simulated charger in the foreground tells: happenings on stderr, every frame on stdout if that is wanted."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl.cli import output, terminal
from cpoctl.clock import stored
from cpoctl.domain.secrets import masked
from cpoctl.simulator import Happening, Step, VirtualCharger, hand
from cpoctl.table import Column, local, record

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

_BLOCK = 65536


@dataclass(frozen=True)
class SimFrame:
    """A frame that a simulated charger sent or got; secrets in it are masked."""

    at: Annotated[str, Column("TIME", show=local)]
    charger_id: Annotated[str, Column("CHARGER")]
    sender: Annotated[str, Column("FROM")]
    frame: Annotated[str, Column("FRAME")]


class Teller:
    """Tells until nobody reads any more; then the charger is to stop."""

    def __init__(self, choices: "Choices", charger_id: str, stop: asyncio.Event) -> None:
        name = choices.format
        self._frames = None if name is None else replace(choices, output=_by_line(name), json=None, headers=False)
        self._quiet = bool(choices.quiet)
        self._charger_id = charger_id
        self._stop = stop
        self._broken: BrokenPipeError | None = None

    def happened(self, happening: Happening) -> None:
        """Narrate."""
        if not self._quiet:
            terminal.note(f"{datetime.now().astimezone():%H:%M:%S}  {happening}")

    def frame(self, sender: str, text: str) -> None:
        """Write a frame as a line of data."""
        if self._frames is None or self._broken is not None:
            return
        row = SimFrame(stored(datetime.now(UTC)), self._charger_id, sender, masked(text))
        try:
            output.rows([record(row)], SimFrame, self._frames, many=True)
            sys.stdout.flush()
        except BrokenPipeError as error:
            self._broken = error
            self._stop.set()

    def end(self) -> None:
        """Tell the command line if the reader has left."""
        if self._broken is not None:
            raise self._broken


def _by_line(name: str) -> str:
    return "jsonl" if name == "json" else name


async def deeds(charger: VirtualCharger) -> AsyncIterator[Step]:
    """Deeds from stdin, until it ends. A line that cannot be read is told and passed over, one that must wait is told."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()
    threading.Thread(target=_read, args=(loop, lines), daemon=True).start()
    while (line := await lines.get()) is not None:
        why = _held(charger)
        if line.strip() == "?":
            terminal.note(f"by hand: {hand.WORDS}; a number at the end is the EVSE")
            if why:
                terminal.note(f"nothing of it now: {why}")
            continue
        try:
            step = hand.read(line, len(charger.outlets))
        except ValueError as error:
            terminal.note(f"error: {error}")
            continue
        if step is not None:
            if why:
                terminal.note(f"{line.strip()}: it waits; {why}")
            yield step


def _held(charger: VirtualCharger) -> str | None:
    """Why nothing can be done at it now. 1.6 §4.2: before it is accepted it sends nothing else."""
    if charger.registration == "Accepted":
        return None
    return (
        f"the server answers {charger.registration or 'nothing that can be read'} to its boot; "
        f"cpoctl charger approve {charger.charger_id} lets it in, and it asks again by itself"
    )


def _read(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str | None]") -> None:
    """Not through sys.stdin: a thread that waits in it would hold its lock when the process ends."""
    rest = b""
    try:
        while block := os.read(0, _BLOCK):
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, line.decode("utf-8", "replace"))
        loop.call_soon_threadsafe(lines.put_nowait, rest.decode("utf-8", "replace"))
        loop.call_soon_threadsafe(lines.put_nowait, None)
    except RuntimeError:  # the loop has ended meanwhile
        return
