"""The whole command line as JSON, for programs that read it."""

import json
import sys

from typer.core import TyperCommand

from cpoctl.cli.flags import options


def command() -> TyperCommand:
    """`cpoctl spec`."""
    return TyperCommand(
        "spec",
        help="Print every command with its options, danger, role and the fields of its rows, as JSON.",
        params=options(hidden=True),
        callback=_print,
        epilog="\b\nExamples:\n  cpoctl spec | jq -r '.commands[].path'",
        rich_markup_mode=None,
    )


def _print() -> None:
    from cpoctl.cli.describing import spec  # it imports the whole tree

    json.dump(spec(), sys.stdout, indent=1)
    sys.stdout.write("\n")
