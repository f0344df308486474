"""The configuration: dataclasses are the schema, TOML files the values, the user's over the system's.

A key that the schema lacks is an error that names file, line and the nearest key.
"""

import dataclasses
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from cpoctl import places
from cpoctl.errors import ConfigInvalid, nearest
from cpoctl.places import database_path as database_path
from cpoctl.places import socket_path as socket_path

Unknown = Literal["reject", "pending", "accept"]


@dataclass(frozen=True)
class ServeSettings:
    """What `cpoctl serve` runs with. Paths that are None are those of `places`."""

    listen: str = "0.0.0.0:9000"  # chargers come from other machines
    db: str | None = None
    socket: str | None = None
    ephemeral: bool = False
    accept_all: bool = False
    unknown: Unknown = "pending"
    heartbeat: int = 300
    tls_cert: str | None = None
    tls_key: str | None = None
    journal_days: int = 14
    event_days: int = 400
    ping_interval: int = 60  # seconds; 0 for fleets that cannot bear pings


@dataclass(frozen=True)
class CliSettings:
    """Defaults of the command line's global options."""

    server: str | None = None
    db: str | None = None
    output: str | None = None
    color: Literal["auto", "always", "never"] = "auto"
    read_only: bool = False
    timeout: str | None = None


@dataclass(frozen=True)
class Config:
    """Everything that a config file may say. `origin` tells which file each value came from."""

    serve: ServeSettings = field(default_factory=ServeSettings)
    cli: CliSettings = field(default_factory=CliSettings)
    origin: Mapping[str, str] = field(default_factory=dict)


SECTIONS: dict[str, type] = {"serve": ServeSettings, "cli": CliSettings}


def load(chosen: Path | None = None) -> Config:
    """Read the config: the chosen file alone, else the user's file over the system's."""
    if chosen is not None and not chosen.exists():
        raise ConfigInvalid(f"{chosen} does not exist", target=str(chosen), hints=["cpoctl config path"])
    paths = [chosen] if chosen else places.config_files()[::-1]
    values: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
    origin: dict[str, str] = {}
    for path in paths:
        for section, given in _read(path).items():
            values[section] |= given
            origin |= {f"{section}.{key}": str(path) for key in given}
    return Config(ServeSettings(**values["serve"]), CliSettings(**values["cli"]), origin)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"cannot read {path}: {error}", target=str(path), hints=["cpoctl config path"]) from error
    import tomllib

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(f"{path}: {error}", target=str(path), hints=["cpoctl config path"]) from error
    return {section: _checked(path, text, section, given) for section, given in tree.items()}


def _checked(path: Path, text: str, section: str, given: Any) -> dict[str, Any]:
    if section not in SECTIONS:
        raise _invalid(path, text, None, section, f"unknown section {section}{nearest(section, SECTIONS)}")
    if not isinstance(given, dict):
        raise _invalid(path, text, None, section, f"{section} is a section, not a value")
    hints = get_type_hints(SECTIONS[section])
    for key, value in given.items():
        if key not in hints:
            raise _invalid(path, text, section, key, f"unknown key {section}.{key}{nearest(key, hints)}")
        if not _fits(value, hints[key]):
            wanted = " or ".join(_words(hints[key]))
            raise _invalid(path, text, section, key, f"{section}.{key} is {value!r}, wanted {wanted}")
    return given


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) in (Union, types.UnionType):
        return any(_fits(value, kind) for kind in get_args(hint))
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, hint) and not (hint is int and isinstance(value, bool))


def _words(hint: Any) -> list[str]:
    if get_origin(hint) in (Union, types.UnionType):
        return [word for kind in get_args(hint) if kind is not type(None) for word in _words(kind)]
    if get_origin(hint) is Literal:
        return [repr(choice) for choice in get_args(hint)]
    return [{"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}[hint.__name__]]


def _invalid(path: Path, text: str, section: str | None, key: str, message: str) -> ConfigInvalid:
    line = _line(text, section, key)
    return ConfigInvalid(
        f"{path}:{line}: {message}",
        target=str(path),
        hints=["cpoctl config show    all keys and their values"],
        detail={"file": str(path), "line": line, "key": key},
    )


def _line(text: str, section: str | None, key: str) -> int:
    """The line on which a key, or with no section a section, stands."""
    inside = section is None
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([\w.-]+)", line):
            if section is None and header[1].split(".")[0] == key:
                return number
            inside = header[1] == section
        elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
    return 1


def with_flags(settings: ServeSettings, **given: Any) -> ServeSettings:
    """The settings with what the command line says, None meaning that it says nothing."""
    return dataclasses.replace(settings, **{name: value for name, value in given.items() if value is not None})
