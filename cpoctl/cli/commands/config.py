"""The configuration: where it is and what it says."""

import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer._click.globals import get_current_context
from typer.core import TyperCommand, TyperGroup, TyperOption

from cpoctl import places
from cpoctl.cli import output
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.config import SECTIONS, Config
from cpoctl.table import Column, plain, record


@dataclass(frozen=True)
class Setting:
    """A key of the config with its value and where the value came from."""

    key: Annotated[str, Column("KEY")]
    value: Annotated[str, Column("VALUE")]
    origin: Annotated[str, Column("ORIGIN", 2)]


@dataclass(frozen=True)
class ConfigFile:
    """A place where a config file may be."""

    path: Annotated[str, Column("PATH")]
    exists: Annotated[bool, Column("EXISTS")]


def command() -> TyperGroup:
    """`cpoctl config`."""
    origin = TyperOption(param_decls=["--origin"], is_flag=True, help="say which file each value came from")
    show = TyperCommand(
        "show",
        help="Every setting with its value.",
        params=[origin, *options(hidden=True)],
        callback=_show,
        rich_markup_mode=None,
    )
    path = TyperCommand(
        "path",
        help="Where config files are looked for.",
        params=options(hidden=True),
        callback=_path,
        rich_markup_mode=None,
    )
    return TyperGroup(
        name="config",
        help="The configuration: where it is and what it says.",
        commands=[path, show],
        params=options(hidden=True),
        no_args_is_help=True,
        rich_markup_mode=None,
    )


def _show(origin: bool | None) -> None:
    choices: Choices = get_current_context().obj
    choices.settle(os.environ)
    if not origin and choices.fields is None:
        choices.fields = "key,value"
    rows = [record(setting) for setting in settings(choices.known())]
    output.rows(rows, Setting, choices, many=True, noun="settings")


def settings(known: Config) -> list[Setting]:
    """Every key of the schema with its value."""
    return [
        Setting(key, plain(getattr(getattr(known, section), field.name)), known.origin.get(key, "default"))
        for section, schema in SECTIONS.items()
        for field in dataclasses.fields(schema)
        for key in [f"{section}.{field.name}"]
    ]


def _path() -> None:
    choices: Choices = get_current_context().obj
    chosen = choices.config or os.environ.get("CPOCTL_CONFIG")
    paths = [Path(chosen)] if chosen else places.config_files()
    rows = [record(ConfigFile(str(path), path.exists())) for path in paths]
    output.rows(rows, ConfigFile, choices, many=True)
