"""The cockpit: how the command line brings up the dashboard, and gives the terminal back afterwards."""

import gc
import os
import sys

from cpoctl.cli import reach, terminal
from cpoctl.cli.choices import Choices
from cpoctl.errors import UsageProblem


def must_be_terminal() -> None:
    """The dashboard is painted on a terminal. Raises UsageProblem."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)) or os.environ.get("TERM") == "dumb":
        raise UsageProblem("the dashboard needs a terminal", hints=["cpoctl status", "cpoctl charger list --watch"])


def fly(
    server: str | None,
    choices: Choices,
    *,
    named: str | None = None,
    fps: float = 4.0,
    mouse: bool = True,
    seconds: float | None = None,
) -> None:
    """Show the dashboard of a server, of the usual one without an address, until somebody leaves it."""
    choices.server = server or choices.server
    from cpoctl.tui.app import Dashboard  # the toolkit takes a fifth of a second

    gc.set_threshold(50_000, 20, 100)  # a fleet of 10,000 is a million objects that stay
    dashboard = Dashboard(
        reach.needed(choices),
        server=named or choices.context or choices.server or "this machine",
        read_only=bool(choices.read_only),
        shell=shell(choices),
        fps=fps,
        ascii=terminal.speaks_ascii(choices.args),
        seconds=seconds,
    )
    dashboard.run(mouse=mouse)
    if dashboard.ended_by:
        raise SystemExit(128 + dashboard.ended_by)


def shell(choices: Choices) -> list[str]:
    """The words by which a command line reaches the same server."""
    named = {
        "--server": choices.server,
        "--db": choices.db,
        "--key-file": choices.key_file,
        "--ca-file": choices.ca_file,
    }
    return [word for flag, value in named.items() if value for word in (flag, value)]
