"""Contexts: named servers, so that one word says which one is meant and what it wants to see."""

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cpoctl.cli import config_file, output, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.cli.settings import must_write
from cpoctl.cli.whereabouts import LOCAL
from cpoctl.config import CONTEXT, ContextSettings
from cpoctl.errors import Conflict, NotFound, UsageProblem, nearest
from cpoctl.table import Column, record

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_OWN = ("server", "key_file", "ca_file", "db")
_ADD = "cpoctl context add office --server https://cpo.example.org:9443 --key-file office.key"
_LIST = "cpoctl context list    all that are known"


@dataclass(frozen=True)
class ContextRow:
    """A named server."""

    name: Annotated[str, Column("NAME")]
    active: Annotated[bool, Column("ACTIVE")]
    server: Annotated[str | None, Column("SERVER")]
    key_file: Annotated[str | None, Column("KEY FILE", 2)]
    ca_file: Annotated[str | None, Column("CERTIFICATE", 3)]
    db: Annotated[str | None, Column("DATABASE", 3)]
    read_only: Annotated[bool, Column("READ ONLY", 3)]


def command() -> TyperGroup:
    """`cpoctl context`."""
    name = TyperArgument(param_decls=["name"], type=types.STRING, metavar="NAME", help="the context's name")
    return TyperGroup(
        name="context",
        help="Named servers, so that one word says which one is meant and what it wants to see.",
        commands=[
            _verb("add", "Name a server.", _add, [name, *_own_options()], _ADD, taken=_OWN),
            _verb("list", "List the named servers; `local` is this machine's.", _list, [], "cpoctl context list"),
            _verb("rm", "Forget a named server.", _rm, [name], "cpoctl context rm office"),
            _verb("show", "What a name stands for; the active one without a name.", _show, [_optional()],
                  "cpoctl context show office"),
            _verb("use", "Ask this server from now on; `local` is this machine's.", _use, [name],
                  "cpoctl context use office", "cpoctl context use local"),
        ],
        params=options(hidden=True),
        no_args_is_help=True,
        rich_markup_mode=None,
    )  # fmt: skip


def _verb(name: str, help: str, run: Any, params: list[Any], *examples: str, taken: tuple[str, ...] = ()) -> Any:
    shown = "".join(f"\n  {example}" for example in examples)
    return TyperCommand(
        name,
        help=help,
        params=[*params, *options(hidden=True, taken=taken)],
        callback=run,
        epilog=f"\b\nExamples:{shown}",
        rich_markup_mode=None,
    )


def _optional() -> TyperArgument:
    return TyperArgument(
        param_decls=["name"], type=types.STRING, required=False, metavar="NAME", help="the context's name"
    )


def _own_options() -> list[TyperOption]:
    rows = (
        ("--server", "URL", "https://HOST:PORT, or unix:PATH"),
        ("--key-file", "FILE", "a file that holds your key for it"),
        ("--ca-file", "FILE", "its certificate, where the system does not know it"),
        ("--db", "FILE", "instead of a server: a database on this machine"),
    )
    return [TyperOption(param_decls=[n], type=types.STRING, metavar=metavar, help=help) for n, metavar, help in rows]


def _choices() -> Choices:
    choices: Choices = get_current_context().obj
    return choices


def _known(choices: Choices) -> dict[str, ContextSettings]:
    return {LOCAL: ContextSettings(), **choices.known().context}


def _active(choices: Choices) -> str:
    """The context that is in force; '' when a server or a database was named instead."""
    choices.settle(os.environ)
    return choices.context or ("" if choices.server or choices.db else LOCAL)


def _row(name: str, found: ContextSettings, active: str) -> dict[str, Any]:
    shown: dict[str, Any] = record(ContextRow(name, name == active, **record(found)))
    return shown


def _list() -> None:
    choices = _choices()
    active = _active(choices)
    rows = [_row(name, found, active) for name, found in _known(choices).items()]
    output.rows(rows, ContextRow, choices, many=True, noun="contexts")


def _show(name: str | None) -> None:
    choices = _choices()
    active = _active(choices)
    wanted = name or active or LOCAL
    output.rows([_row(wanted, _found(wanted, choices), active)], ContextRow, choices, many=False)


def _found(name: str, choices: Choices) -> ContextSettings:
    known = _known(choices)
    if name not in known:
        raise NotFound(f"no context {name}{nearest(name, known)}", target=name, hints=[_LIST, _ADD])
    return known[name]


def _add(name: str, **given: str | None) -> None:
    choices = _choices()
    must_write(choices)
    made = {key: given.get(key) or getattr(choices, key) for key in _OWN}
    if choices.read_only:
        made["read_only"] = True
    if not _NAME.fullmatch(name) or name == LOCAL:
        raise UsageProblem(f"{name!r} cannot be a context's name: A-Z a-z 0-9 _ -, and not {LOCAL}", hints=[_ADD])
    if not (made["server"] or made["db"]):
        raise UsageProblem("say which server: --server URL", hints=[_ADD])
    if made["server"] and not made["server"].startswith(("unix:", "https://", "http://")):
        raise UsageProblem(f"{made['server']} is no address of a server", hints=[_ADD])
    if name in choices.known().context:
        raise Conflict(f"context {name} exists already", target=name, hints=[f"cpoctl context rm {name}", _LIST])
    paths = {key: str(Path(text).expanduser().absolute()) for key in _OWN[1:] if (text := made[key])}
    values = {key: value for key, value in {**made, **paths}.items() if value is not None}
    config_file.change(config_file.chosen(choices), f"{CONTEXT}.{name}", values)
    _said(choices, f"added {name}; cpoctl context use {name} makes it the usual one, -C {name} asks it once")


def _rm(name: str) -> None:
    choices = _choices()
    must_write(choices)
    if name == LOCAL:
        raise UsageProblem(f"{LOCAL} is this machine and stays", hints=[_LIST])
    _found(name, choices)
    path = config_file.chosen(choices)
    _must_stand_in(path, name, choices)
    config_file.remove(path, f"{CONTEXT}.{name}")
    if choices.known().cli.context == name:
        config_file.change(path, "cli", {"context": None})
    _said(choices, f"forgot {name}")


def _must_stand_in(path: Path, name: str, choices: Choices) -> None:
    origins = {choices.known().origin.get(f"{CONTEXT}.{name}.{field.name}") for field in fields(ContextSettings)}
    if elsewhere := origins - {None, str(path)}:
        raise Conflict(
            f"context {name} stands in {', '.join(sorted(map(str, elsewhere)))}",
            target=name,
            hints=["cpoctl config path    where config files are"],
        )


def _use(name: str) -> None:
    choices = _choices()
    must_write(choices)
    _found(name, choices)
    config_file.change(config_file.chosen(choices), "cli", {"context": name})
    for variable in ("CPOCTL_SERVER", "CPOCTL_SOCKET", "CPOCTL_DB", "CPOCTL_CONTEXT"):
        if os.environ.get(variable):
            terminal.note(f"note: {variable} is set and comes first")
    _said(choices, f"commands ask {name} from now on")


def _said(choices: Choices, text: str) -> None:
    if not choices.quiet:
        terminal.note(text)
