"""One screen: is the server well, and what does its fleet do."""

import os

from typer._click.globals import get_current_context
from typer.core import TyperCommand

from cpoctl.cli import output, reach, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.errors import CheckFailed, ServerDown
from cpoctl.health import DOWN, Health
from cpoctl.table import record


def command() -> TyperCommand:
    """`cpoctl status`."""
    return TyperCommand(
        "status",
        help="Is the server well, and what does its fleet do. Exit code 0 when healthy, 11 when not.",
        params=options(hidden=True),
        callback=_tell,
        epilog="\b\nExamples:\n  cpoctl status\n  cpoctl status --watch --every 10s",
        rich_markup_mode=None,
    )


def _tell() -> None:
    choices: Choices = get_current_context().obj
    choices.settle(os.environ)
    terminal.use_utc(choices.utc)
    client = reach.server(choices)
    if choices.watch and client:
        from cpoctl.cli.changing import Watched
        from cpoctl.cli.watching import watch  # threads, which a plain answer does without

        watch(lambda: [client.request("GET", "/v1/status")], Watched(Health, many=False), choices)
    try:
        found = client.request("GET", "/v1/status") if client else record(DOWN)
    except ServerDown:
        found = record(DOWN)
    output.rows([found], Health, choices, many=False)
    if not found["healthy"]:
        why = "the server is not running" if found["server"] == "down" else f"the store is {found['store']}"
        raise CheckFailed(why, hints=["cpoctl serve    start it" if found["server"] == "down" else "cpoctl db check"])
