"""Flags: the global options as parameters that every command of the tree takes."""

import sys
from math import isfinite, nan
from typing import Any

from typer import Context
from typer._click import types
from typer.core import TyperOption

import cpoctl
from cpoctl.cli.choices import COUNT, FLAG, NUMBER, OPTIONS, QUERIES

_OF_ROWS = ("limit", "last")
_TOO_MUCH = 1 << 63
FOOTNOTE = "The global options of `cpoctl --help` are taken here as well. Exit codes: `cpoctl help exit-codes`."


class WholeNumber(types.ParamType):
    """A whole number that the database can hold; a number of rows is none below 0."""

    name = "integer"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The number."""
        try:
            number = int(value)
        except ValueError:
            self.fail(f"{value!r} is no whole number{_wanted(param)}", param, ctx)
        if param is not None and param.name in _OF_ROWS and number < 0:
            self.fail(f"{number} is less than 0", param, ctx)
        if abs(number) >= _TOO_MUCH:
            self.fail(f"{number} is too much", param, ctx)
        return number


class Number(types.ParamType):
    """A number that there is: neither nan nor infinite."""

    name = "float"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The number."""
        try:
            number = float(value)
        except ValueError:
            number = nan
        if not isfinite(number):
            self.fail(f"{value!r} is no number, such as 12.5{_wanted(param)}", param, ctx)
        return number


def _wanted(param: Any) -> str:
    help = getattr(param, "help", None)
    return f": {help}" if help else ""


def options(*, hidden: bool, taken: tuple[str, ...] = ()) -> list[Any]:
    """The global options; `taken` are names that the command uses itself."""
    made = (_option(*row, hidden=hidden) for row in OPTIONS)
    return [option for option in made if not {option.name, *option.opts} & set(taken)]


def of_queries(*, hidden: bool, plots: bool, taken: tuple[str, ...]) -> list[Any]:
    """The options of what reads: where it goes, and as what."""
    made = [_option(*row, hidden=hidden) for row in QUERIES if plots or row[0] != "--plot"]
    return [option for option in made if not {option.name, *option.opts} & set(taken)]


def _option(names: str, form: str, metavar: str, help: str, *, hidden: bool) -> TyperOption:
    flag, count = form == FLAG, form == COUNT
    return TyperOption(
        param_decls=names.split(","),
        type=WholeNumber() if form == NUMBER else None if flag or count else types.STRING,
        is_flag=flag or None,
        count=count,
        metavar=metavar or None,
        help=help,
        hidden=hidden,
        expose_value=False,
        callback=_keep,
    )


def _keep(context: Any, option: Any, value: Any) -> Any:
    if value is not None:
        setattr(context.obj, option.name, value)
    return value


def noted(command: Any) -> Any:
    """The command, or a group and what it has at hand, with what holds for every command below its help."""
    for below in getattr(command, "commands", {}).values():
        noted(below)
    if FOOTNOTE not in (command.epilog or ""):
        command.epilog = f"{command.epilog}\n\n{FOOTNOTE}" if command.epilog else FOOTNOTE
    return command


def version_option() -> TyperOption:
    """`--version`: print it and leave."""
    return TyperOption(
        param_decls=["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        help="print the version and leave",
        callback=_version,
    )


def _version(context: Context, option: Any, value: Any) -> Any:
    if value:
        sys.stdout.write(f"cpoctl {cpoctl.__version__}\n")
        context.exit()
    return value
