"""The whole command tree as data: commands, options, danger, role, and the fields of the rows that they tell."""

import dataclasses
from collections.abc import Iterator
from enum import Enum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import cpoctl
from cpoctl import formats, plugins
from cpoctl.cli.choices import COUNT, FLAG, OPTIONS
from cpoctl.cli.walking import Leaf, leaves
from cpoctl.errors import CpoctlError
from cpoctl.operations import Query
from cpoctl.routes import PREFIX
from cpoctl.table import Field, fields

if TYPE_CHECKING:
    from typer.core import TyperArgument, TyperOption

SCHEMA_VERSION = 1
_NAMES = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    tuple: "array",
}

_GIVEN = {"str": "string", "text": "string", "int": "integer", "float": "number"}


def spec() -> dict[str, Any]:
    """Everything that a caller of the command line can rely on."""
    return {
        "schema_version": SCHEMA_VERSION,
        "version": cpoctl.__version__,
        "formats": plugins.names(formats),
        "exit_codes": dict(sorted(_codes())),
        "global_options": [_global(*row) for row in OPTIONS],
        "commands": [_command(leaf) for leaf in leaves()],
    }


def _codes() -> Iterator[tuple[str, int]]:
    yield from (("ok", 0), ("interrupted", 130), ("terminated", 143))
    kinds: list[type[CpoctlError]] = [CpoctlError, *CpoctlError.__subclasses__()]
    yield from ((kind.code, kind.exit_code) for kind in kinds)


def _global(names: str, form: str, metavar: str, help: str) -> dict[str, Any]:
    spelled = names.replace("/", ",").split(",")
    return {"names": spelled, "flag": form in (FLAG, COUNT), "metavar": metavar or None, "help": help}


def _command(leaf: Leaf) -> dict[str, Any]:
    operation = leaf.operation
    return {
        "path": leaf.path,
        "help": leaf.help,
        "arguments": [_argument(argument) for argument in leaf.arguments],
        "options": [_option(option) for option in leaf.options],
        "examples": leaf.examples,
        "danger": operation.danger.name.lower() if operation else None,
        "role": str(operation.role) if operation else None,
        "endpoint": operation.route.replace(" ", f" {PREFIX}") if operation and operation.route else None,
        "many": operation.many if operation and issubclass(operation, Query) else None,
        "row": _row(operation.row) if operation else None,
    }


def _argument(argument: "TyperArgument") -> dict[str, Any]:
    return {
        "name": argument.metavar or (argument.name or "").upper(),
        "type": _GIVEN.get(argument.type.name, argument.type.name),
        "required": argument.required,
        "many": argument.nargs == -1,
        "help": argument.help or "",
    }


def _option(option: "TyperOption") -> dict[str, Any]:
    metavar = option.metavar or ""
    return {
        "names": [*option.opts, *option.secondary_opts],
        "type": "flag" if option.is_flag else _GIVEN.get(option.type.name, option.type.name),
        "metavar": metavar or None,
        "choices": metavar.split("|") if "|" in metavar else None,
        "required": option.required,
        "many": option.multiple,
        "help": option.help or "",
    }


def _row(row: type) -> list[dict[str, Any]]:
    hints = get_type_hints(row)
    return [_field(field, hints[field.name]) for field in fields(row)]


def _field(field: Field, hint: Any) -> dict[str, Any]:
    kinds = list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]
    found = {
        "name": field.name,
        "type": _kind(next(kind for kind in kinds if kind is not NoneType)),
        "nullable": NoneType in kinds or hint is Any,
        "heading": field.column.header if field.column else None,
    }
    return found | {"row": _row(field.rows)} if field.rows else found


def _kind(hint: Any) -> str:
    """The JSON type of a field."""
    origin = get_origin(hint) or hint
    if origin is Literal:
        return _kind(type(get_args(hint)[0]))
    if isinstance(origin, type):
        if dataclasses.is_dataclass(origin):
            return "object"
        if issubclass(origin, Enum):
            return "string" if issubclass(origin, str) else "integer"
        return next((name for kind, name in _NAMES.items() if origin is kind), "object")
    return "any"
