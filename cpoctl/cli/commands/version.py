"""The version of cpoctl, and of what it runs on."""

import platform

from typer.core import TyperCommand

import cpoctl
from cpoctl.cli.flags import options


def command() -> TyperCommand:
    """`cpoctl version`."""
    return TyperCommand(
        "version",
        help="The version of cpoctl and of Python.",
        params=options(hidden=True),
        callback=_tell,
        rich_markup_mode=None,
    )


def _tell() -> None:
    print(f"cpoctl {cpoctl.__version__} (Python {platform.python_version()})")
