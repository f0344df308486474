"""`cpoctl dashboard --web`: the same command again behind each tab of a browser, read-only unless it was told to act."""

import os
import sys
from collections.abc import Callable

from typer._click import types
from typer.core import TyperOption

from cpoctl.cli.choices import Choices
from cpoctl.errors import UsageProblem
from cpoctl.web import DRIVER

LISTEN = "127.0.0.1:8790"
_HINT = f"cpoctl dashboard --web --listen {LISTEN}"


def options() -> list[TyperOption]:
    """What a command that can show itself in a browser takes."""
    return [
        TyperOption(
            param_decls=["--web"], is_flag=True, help="show it in a browser on this machine, read-only, until Ctrl-C"
        ),
        TyperOption(param_decls=["--web-write"], is_flag=True, help="with --web: act from the browser, too"),
        TyperOption(
            param_decls=["--listen"],
            type=types.STRING,
            metavar="HOST:PORT",
            help=f"with --web: where (default {LISTEN}; port 0 is any free one)",
        ),
    ]


def is_tab() -> bool:
    """Whether this process is behind a tab: it has no terminal, and the words that began the page."""
    return os.environ.get("TEXTUAL_DRIVER") == DRIVER


def show(choices: Choices, listen: str | None, must_be_there: Callable[[], None]) -> None:
    """Serve the page until Ctrl-C; each tab runs this process's own words again. Raises UsageProblem.

    `must_be_there` raises where tabs would have nothing to show.
    """
    host, port = _checked(listen or LISTEN)
    must_be_there()
    from cpoctl.web.serving import serve_in_browser

    serve_in_browser([sys.executable, "-m", "cpoctl", *choices.args], host, port, _tell)


def _checked(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise UsageProblem(f"--listen {listen} is not HOST:PORT", hints=[_HINT])
    return host.strip("[]"), int(port)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
