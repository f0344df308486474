"""The version of cpoctl, and of what it runs on."""

import os
import platform
from dataclasses import dataclass
from typing import Annotated

from typer._click.globals import get_current_context
from typer.core import TyperCommand

import cpoctl
from cpoctl.cli import output
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.table import Column


@dataclass(frozen=True)
class _Version:
    """What runs."""

    version: Annotated[str, Column("VERSION")]
    python: Annotated[str, Column("PYTHON")]


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
    choices: Choices = get_current_context().obj
    choices.settle(os.environ)
    found = {"version": cpoctl.__version__, "python": platform.python_version()}
    if choices.format or choices.fields:
        output.rows([found], _Version, choices, many=False)
    else:
        print(f"cpoctl {found['version']} (Python {found['python']})")
