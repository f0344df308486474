"""Settings: every key of the config with its value, who said so, and whom that beat (UX §4.6)."""

import dataclasses
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl import places
from cpoctl.cli.whereabouts import VARIABLES
from cpoctl.config import KEYMAP, NAMED, SECTIONS, Config, ContextSettings
from cpoctl.errors import Denied
from cpoctl.table import Column, plain

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

_VARIABLES = {
    **{f"cli.{name}": variables for name, variables in VARIABLES.items()},
    "cli.output": ("CPOCTL_OUTPUT",),
    "cli.timeout": ("CPOCTL_TIMEOUT",),
    "cli.color": ("CPOCTL_COLOR",),
    "cli.read_only": ("CPOCTL_READ_ONLY",),
    "serve.db": ("CPOCTL_DB",),
    "serve.socket": ("CPOCTL_SOCKET",),
}
_PLACES = {"serve.db": places.database_path, "serve.socket": places.socket_path}
_OF_CONTEXT = tuple(field.name for field in dataclasses.fields(ContextSettings))


@dataclass(frozen=True)
class Setting:
    """A key of the config with its value and where the value came from."""

    key: Annotated[str, Column("KEY")]
    value: Annotated[str, Column("VALUE")]
    origin: Annotated[str, Column("ORIGIN", 2)]
    beats: Annotated[str, Column("BEATS", 3)]


def must_write(choices: "Choices") -> None:
    """Raise Denied when this very command was told to change nothing; the file itself may say otherwise."""
    if choices.read_only or os.environ.get("CPOCTL_READ_ONLY", "").lower() not in ("", "0", "false", "no"):
        raise Denied("this changes the config file, and this is read-only", hints=["cpoctl config show"])


def settings(choices: "Choices", environment: Mapping[str, str]) -> list[Setting]:
    """Every key of the schema with its value; settles the choices."""
    flags = {field.name: getattr(choices, field.name) for field in dataclasses.fields(choices)}
    choices.settle(environment)
    known = choices.known()
    return [_setting(key, value, flags, choices, environment, known) for key, value in _values(known)]


def _values(known: Config) -> Iterator[tuple[str, Any]]:
    for section, schema in SECTIONS.items():
        for field in dataclasses.fields(schema):
            yield f"{section}.{field.name}", getattr(getattr(known, section), field.name)
    yield from ((f"{KEYMAP}.{name}", key) for name, key in known.keymap.items())
    for kind in NAMED:
        for name, found in getattr(known, kind).items():
            for field in dataclasses.fields(found):
                yield f"{kind}.{name}.{field.name}", getattr(found, field.name)


def _setting(
    key: str, value: Any, flags: Mapping[str, Any], choices: "Choices", environment: Mapping[str, str], known: Config
) -> Setting:
    default = value if value is not None or key not in _PLACES else _PLACES[key]()
    winner, *beaten = [*_said(key, value, flags, choices, environment, known)] or [("default", default)]
    return Setting(key, plain(winner[1]), winner[0], ", ".join(origin for origin, _ in beaten))


def _said(
    key: str, value: Any, flags: Mapping[str, Any], choices: "Choices", environment: Mapping[str, str], known: Config
) -> Iterator[tuple[str, Any]]:
    """Who says what of a key, the strongest first."""
    section, _, name = key.partition(".")
    if (section == "cli" or key == "serve.db") and flags.get(name) is not None:
        yield f"--{name.replace('_', '-')}", flags[name]
    variables = [(variable, text) for variable in _VARIABLES.get(key, ()) if (text := environment.get(variable))]
    active = known.context.get(choices.context or "")
    given = getattr(active, name, None) if section == "cli" and name in _OF_CONTEXT else None
    contexts = [(f"context {choices.context}", given)] if given else []
    by_flag = flags.get("context") is not None
    yield from [*contexts, *variables] if by_flag else [*variables, *contexts]
    if key in known.origin:
        yield known.origin[key], value
        yield from ((file, None) for file in known.beaten.get(key, ()))
