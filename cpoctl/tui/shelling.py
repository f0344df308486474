"""Shelling: a command of the command line, run from the dashboard against the same server."""

import asyncio
import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cpoctl.errors import UsageProblem
from cpoctl.tui.widgets.dialogs import Page

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_WITHIN_S = 60


def spelled(command: str, shell: Sequence[str]) -> str:
    """A command line as it reaches the same server from any shell, by the words that this dashboard reaches it by."""
    return command.replace("cpoctl ", f"cpoctl {shlex.join(shell)} ", 1) if shell else command


async def run_command(desk: "Dashboard", text: str) -> None:
    """Run a command of the command line against the same server, and show what it says."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        desk.tell_error(UsageProblem(f"{text}: {error}"))
        return
    words = words[1:] if words[:1] == ["cpoctl"] else words
    command = [sys.executable, "-m", "cpoctl", *desk.shell, *(["--read-only"] if desk.read_only else []), *words]
    said = await _said([*command, "--no-input"], desk.size.width - 8)
    await desk.push_screen_wait(Page(f"cpoctl {text}", [[(line, "")] for line in said]))


async def _said(command: Sequence[str], width: int) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "COLUMNS": str(width), "CPOCTL_FORCE_TTY": str(width), "NO_COLOR": "1"},
    )
    try:
        async with asyncio.timeout(_WITHIN_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return [f"it went on for more than {_WITHIN_S} s and was ended"]
    return said.decode("utf-8", "replace").splitlines() or ["(it said nothing)"]
