"""See it work: a server and simulated chargers, with nothing to set up and nothing left behind."""

import os
import sys

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperCommand, TyperOption

from cpoctl.cli import terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.clock import duration
from cpoctl.errors import UsageProblem

MOST = 500
_LONGEST = "24h"
_CLOSING = "session_id,charger_id,tag_id,state,energy_wh,cost,stop_reason"
UNWATCHED_S = 12.0


def command() -> TyperCommand:
    """`cpoctl demo`."""
    return TyperCommand(
        "demo",
        help="Run a server with simulated chargers and show what they do: in the dashboard at a terminal, as lines elsewhere.",
        params=[*_options(), *options(hidden=True)],
        callback=_show,
        epilog="\b\nExamples:\n  cpoctl demo\n  cpoctl demo --chargers 12 --speed 60\n  cpoctl demo --for 20s | cat",
        rich_markup_mode=None,
    )


def _options() -> list[TyperOption]:
    return [
        TyperOption(param_decls=["--chargers"], type=types.INT, default=6, metavar="N", help="how many (default 6)"),
        TyperOption(
            param_decls=["--speed"],
            type=types.FLOAT,
            default=120.0,
            metavar="N",
            help="how much faster than the clock cars charge (default 120)",
        ),
        TyperOption(
            param_decls=["--for", "lasting"],
            type=types.STRING,
            metavar="DUR",
            help=f"how long; without it until you leave the dashboard, {UNWATCHED_S:g}s without a terminal",
        ),
    ]


def _show(chargers: int, speed: float, lasting: str | None) -> None:
    _check(chargers, speed)
    seconds = _seconds(lasting)
    choices: Choices = get_current_context().obj
    choices.settle(os.environ)
    terminal.use_utc(choices.utc)

    if terminal.is_watched() and choices.format is None and os.environ.get("TERM") != "dumb":
        _dashboard(chargers, speed, seconds, choices)
        return
    from cpoctl import app
    from cpoctl.cli.stage import Lines
    from cpoctl.demo import Plan

    app.demo(Plan(chargers, speed), Lines(seconds or UNWATCHED_S, choices))


def _dashboard(chargers: int, speed: float, seconds: float | None, choices: Choices) -> None:
    """The demo in a process of its own, the dashboard in this one; in the end what the demo tells of its sessions."""
    from cpoctl.cli.beside import beside
    from cpoctl.cli.cockpit import fly

    words = [
        "demo",
        "--chargers",
        str(chargers),
        "--speed",
        f"{speed:g}",
        "--for",
        _LONGEST,
        "-o",
        "table",
        "--fields",
        _CLOSING,
    ]
    with beside(words) as demo:
        fly(demo.server, choices, named="demo", seconds=seconds, ends="The demo, its server and its chargers end too.")
    sys.stdout.write(demo.said)


def _check(chargers: int, speed: float) -> None:
    if not 1 <= chargers <= MOST:
        raise UsageProblem(f"--chargers {chargers} is not 1 to {MOST}", hints=["cpoctl demo --chargers 6"])
    if not 1 <= speed <= 1000:
        raise UsageProblem(f"--speed {speed:g} is not 1 to 1000", hints=["cpoctl demo --speed 120"])


def _seconds(lasting: str | None) -> float | None:
    if lasting is None:
        return None
    try:
        seconds = duration(lasting)
    except ValueError as error:
        raise UsageProblem(f"--for: {error}", hints=["cpoctl demo --for 20s"]) from error
    if seconds <= 0:
        raise UsageProblem("--for must be longer than nothing", hints=["cpoctl demo --for 20s"])
    return seconds
