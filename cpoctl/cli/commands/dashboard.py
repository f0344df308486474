"""The dashboard: every charger live, and everything that can be done, on one screen."""

import os
from functools import partial

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperCommand, TyperOption

from cpoctl.cli import in_browser, reach, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.cockpit import FASTEST, Wanted, fly, fly_past, must_be_past, must_be_terminal, shell
from cpoctl.cli.flags import options
from cpoctl.errors import ServerDown, UsageProblem

_MOST_FPS = 30.0


def command() -> TyperCommand:
    """`cpoctl dashboard`."""
    return TyperCommand(
        "dashboard",
        help="Keep an eye on everything: chargers, sessions, the wire log, alerts and tasks, live.",
        params=[*_options(), *in_browser.options(), *options(hidden=True)],
        callback=_show,
        epilog="\b\nExamples:\n  cpoctl dashboard\n  cpoctl dashboard --read-only\n  cpoctl -C hq dashboard --fps 1\n  cpoctl dashboard --at 2026-11-20T14:00 --speed 60\n  cpoctl dashboard --web",
        rich_markup_mode=None,
    )


def _options() -> list[TyperOption]:
    return [
        TyperOption(
            param_decls=["--fps"],
            type=types.FLOAT,
            metavar="N",
            help="how often a second what has changed is painted (default 4); 1 for a slow line",
        ),
        _text("--view", "NAME", "begin with a saved view"),
        _text("--screen", "NAME", "begin on this screen, such as sessions"),
        _text("--filter", "TEXT", "begin with this filter, such as status:faulted,offline"),
        _text("--at", "TIME", "replay what happened from a time on, or how long ago, such as 2h; read-only"),
        TyperOption(
            param_decls=["--speed"],
            type=types.FLOAT,
            metavar="N",
            help="replay it so many times faster (default 1); + and - change it",
        ),
        TyperOption(param_decls=["--no-mouse"], is_flag=True, help="leave the mouse to the terminal"),
    ]


def _text(name: str, metavar: str, help: str) -> TyperOption:
    return TyperOption(param_decls=[name], type=types.STRING, metavar=metavar, help=help)


def _show(
    fps: float | None,
    view: str | None,
    screen: str | None,
    filter: str | None,
    at: str | None,
    speed: float | None,
    no_mouse: bool,
    web: bool,
    web_write: bool,
    listen: str | None,
) -> None:
    choices: Choices = get_current_context().obj
    choices.settle(os.environ)
    if (web_write or listen) and not web:
        raise UsageProblem("--web-write and --listen belong to --web", hints=["cpoctl dashboard --web"])
    if speed is not None and (at is None or not 0 < speed <= FASTEST):
        told = "belongs to --at" if at is None else f"{speed:g} is not above 0 and up to {FASTEST:g}"
        raise UsageProblem(f"--speed {told}", hints=["cpoctl dashboard --at 2h --speed 60"])
    if web and not in_browser.is_tab():
        in_browser.show(choices, listen, partial(_must_be_there, choices, at))
        return
    if web:
        choices.read_only = choices.read_only or not web_write
    else:
        must_be_terminal()
    if fps is not None and not 0 < fps <= _MOST_FPS:
        raise UsageProblem(f"--fps {fps:g} is not above 0 and up to {_MOST_FPS:g}", hints=["cpoctl dashboard --fps 1"])
    wanted = Wanted(fps=fps, view=view, screen=screen, filter=filter)
    if at is not None:
        fly_past(choices, at, 1.0 if speed is None else speed, wanted=wanted, mouse=not no_mouse)
        return
    client = reach.server(choices)
    if client is None and not choices.server:
        _without_server(choices, wanted, mouse=not no_mouse)
    else:
        fly(None, choices, wanted=wanted, mouse=not no_mouse)


def _must_be_there(choices: Choices, at: str | None) -> None:
    """See that tabs will have something to show. Raises ServerDown, UsageProblem, NotFound."""
    if at is None:
        reach.needed(choices)
    else:
        must_be_past(choices, at)


def _without_server(choices: Choices, wanted: Wanted, *, mouse: bool) -> None:
    """Nothing runs here: offer to start a server, or to go to one elsewhere."""
    hints = [
        "cpoctl serve    start one",
        "cpoctl --server https://HOST:PORT --key-file FILE dashboard    one elsewhere",
    ]
    if choices.no_input or not terminal.can_ask():
        raise ServerDown("no server runs here", hints=hints)
    answer = terminal.asked(
        "No server runs here. y: start one for as long as the dashboard is open; or the URL of one. [y/URL/N] "
    )
    if answer.lower() in ("y", "yes"):
        from cpoctl.cli.beside import beside

        with beside([*shell(choices), "serve"]) as server:
            fly(server.server, choices, wanted=wanted, mouse=mouse, ends="The server that was started for it ends too.")
    elif ":" in answer:
        fly(answer, choices, wanted=wanted, mouse=mouse)
    else:
        raise ServerDown("no server runs here", hints=hints)
