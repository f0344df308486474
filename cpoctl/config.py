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
    hide_unknown: bool = False  # a refused stranger hears what a wrong password does: ids cannot be found by trying
    heartbeat: int = 300
    tls_cert: str | None = None
    tls_key: str | None = None
    tls_listen: str | None = None  # where wss:// is; without it the certificate turns `listen` into wss://
    journal_days: int = 14
    event_days: int = 400
    meter_days: int = (
        0  # after so many, two readings a quarter of an hour stay of those between begin and end; 0: all stay
    )
    ping_interval: int = 60  # seconds; 0 for fleets that cannot bear pings


@dataclass(frozen=True)
class ApiSettings:
    """The listener for operators elsewhere; off while `listen` is None."""

    listen: str | None = None
    cert: str | None = None
    key: str | None = None
    plain: bool = False  # HTTP without TLS, on this machine's own address only


@dataclass(frozen=True)
class FileSettings:
    """The file exchange with chargers. A listener opens at the start if it is named here, else when it is first needed."""

    off: bool = False  # never opens a port
    listen: str | None = None  # HTTP; where chargers connect without TLS, port 9080
    tls_listen: str | None = None  # HTTPS, where there is a certificate: port 9081
    ftp_listen: str | None = None  # port 9021
    passive_ports: str | None = None  # of FTP, such as 50000-50100; any free ones without it
    host: str | None = None  # under which chargers reach it; the address that each of them dialled without it
    folder: str | None = None  # beside the database without it
    upload_mb: int = 2048  # of one upload
    download_mb_s: float = 0  # of all downloads together, where others need the line too; 0: as fast as it goes
    keep_mb: int = 20_000  # of all uploads and images together
    hours: int = 24  # how long a secret path works; longer where an update is planned for later
    silence_s: int = 60  # how long a charger may send nothing before the next form is tried
    transfer_days: int = 400  # how long transfers are listed whose file is not kept


@dataclass(frozen=True)
class RecipeSettings:
    """How chargers of a make move files, where what is learned or shipped does not do. Patterns are globs; none means any."""

    vendor: str | None = None
    model: str | None = None
    firmware: str | None = None
    purpose: Literal["firmware", "diagnostics"] | None = None  # both without it
    forms: list[Literal["http", "https", "ftp"]] | None = None  # these alone, in this order
    url: Literal["slash", "plain", "file"] | None = None  # how the URL for an upload ends
    dates: Literal["asked", "never", "always"] | None = None  # whether an upload is asked for from and to a time
    fetch: Literal["now", "past"] | None = None  # the time at which firmware is to be fetched, if it is to be now


@dataclass(frozen=True)
class AlertSettings:
    """When something is an alert."""

    silent_after_s: int = 60  # a charger that is back within them has only connected again
    after_start_s: int = 600  # for chargers to come back after a start of the server; some take many minutes


@dataclass(frozen=True)
class MoneySettings:
    """What decides about prices beside the tariffs, and whether drivers are told what they pay so far."""

    suspended_evse: Literal["time", "free"] = "time"  # what the time costs in which our own limit lets nothing flow
    running_cost: Literal["off", "display"] = "off"  # display: chargers are told, for their screens
    flat_needs_energy: bool = False  # neither the fee for the start nor the least price where nothing was delivered
    parking_needs_energy: bool = False  # no price for parking before the first energy
    grace_minutes: int = 0  # of each stay after charging that cost nothing


@dataclass(frozen=True)
class ViewSettings:
    """A saved view of the dashboard: a screen, and what it shows of its rows."""

    screen: str | None = None
    filter: str | None = None
    sort: str | None = None  # a column's id; `-` before it for the greatest first
    columns: list[str] | None = None
    group: str | None = None  # `site`, or the name of a label


@dataclass(frozen=True)
class DashboardSettings(ViewSettings):
    """How the dashboard begins, and how it looks."""

    theme: str | None = None
    fps: float = 4.0
    times: Literal["ago", "clock"] = "ago"
    utc: bool = False
    flash: bool = True  # rows whose status has changed are bold for a moment


@dataclass(frozen=True)
class CliSettings:
    """Defaults of the command line's global options."""

    server: str | None = None
    context: str | None = None
    key_file: str | None = None
    ca_file: str | None = None
    db: str | None = None
    output: str | None = None
    color: Literal["auto", "always", "never"] = "auto"
    read_only: bool = False
    timeout: str | None = None


@dataclass(frozen=True)
class ContextSettings:
    """A named server: where it is and what it wants to see."""

    server: str | None = None
    db: str | None = None
    key_file: str | None = None
    ca_file: str | None = None
    read_only: bool = False


@dataclass(frozen=True)
class Config:
    """Everything that a config file may say. `origin` tells which file each value came from, `beaten` which it beat."""

    serve: ServeSettings = field(default_factory=ServeSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    files: FileSettings = field(default_factory=FileSettings)
    money: MoneySettings = field(default_factory=MoneySettings)
    cli: CliSettings = field(default_factory=CliSettings)
    dashboard: DashboardSettings = field(default_factory=DashboardSettings)
    keymap: Mapping[str, str] = field(default_factory=dict)
    view: Mapping[str, ViewSettings] = field(default_factory=dict)
    recipe: Mapping[str, RecipeSettings] = field(default_factory=dict)
    context: Mapping[str, ContextSettings] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)
    beaten: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


SECTIONS: dict[str, type] = {
    "serve": ServeSettings,
    "api": ApiSettings,
    "alerts": AlertSettings,
    "files": FileSettings,
    "money": MoneySettings,
    "cli": CliSettings,
    "dashboard": DashboardSettings,
}
CONTEXT = "context"  # [context.NAME]: a section a server
VIEW = "view"  # [view.NAME]: a section a saved view
RECIPE = "recipe"  # [recipe.NAME]: a section a recipe
NAMED: dict[str, type] = {CONTEXT: ContextSettings, VIEW: ViewSettings, RECIPE: RecipeSettings}
KEYMAP = "keymap"  # its keys are ids of the dashboard's bindings, which it alone knows


def load(chosen: Path | None = None) -> Config:
    """Read the config: the chosen file alone, else the user's file over the system's."""
    if chosen is not None and not chosen.exists():
        raise ConfigInvalid(f"{chosen} does not exist", target=str(chosen), hints=["cpoctl config path"])
    paths = [chosen] if chosen else places.config_files()[::-1]
    values: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
    origin: dict[str, str] = {}
    beaten: dict[str, tuple[str, ...]] = {}
    for path in paths:
        for section, given in _read(path).items():
            values.setdefault(section, {}).update(given)
            for key in (f"{section}.{name}" for name in given):
                if key in origin:
                    beaten[key] = (origin[key], *beaten.get(key, ()))
                origin[key] = str(path)
    made: dict[str, Any] = {name: schema(**values.pop(name)) for name, schema in SECTIONS.items()}
    made[KEYMAP] = values.pop(KEYMAP, {})
    made |= {kind: {} for kind in NAMED}
    for section, given in values.items():
        kind, _, name = section.partition(".")
        made[kind][name] = NAMED[kind](**given)
    return Config(**made, origin=origin, beaten=beaten)


def check(path: Path, text: str) -> None:
    """Hold the text of a config file against the schema. Raises ConfigInvalid."""
    _understood(path, text)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"cannot read {path}: {error}", target=str(path), hints=["cpoctl config path"]) from error
    return _understood(path, text)


def _understood(path: Path, text: str) -> dict[str, dict[str, Any]]:
    """The values by section; a context is the section `context.NAME`, likewise `view.NAME`, `recipe.NAME`."""
    import tomllib

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(f"{path}: {error}", target=str(path), hints=["cpoctl config path"]) from error
    sections: dict[str, Any] = {}
    for kind in NAMED:
        several = tree.pop(kind, {})
        if not isinstance(several, dict):
            raise _invalid(path, text, None, kind, f"{kind} is a section, not a value")
        sections |= {f"{kind}.{name}": given for name, given in several.items()}
    if isinstance(tree.get(KEYMAP), dict):
        tree[KEYMAP] = _flat(tree[KEYMAP])
    return {section: _checked(path, text, section, given) for section, given in {**tree, **sections}.items()}


def _flat(tree: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """The leaves of a tree by their dotted names: `charger.reset`, whether or not it was quoted."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        found |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return found


def keys_of(section: str) -> Mapping[str, Any] | None:
    """Which keys a section has, and what each wants; None for a section that there is not. Those of `keymap` differ."""
    kind, _, name = section.partition(".")
    schema = NAMED.get(kind) if name else SECTIONS.get(section)
    return None if schema is None else get_type_hints(schema)


def _checked(path: Path, text: str, section: str, given: Any) -> dict[str, Any]:
    hints = dict.fromkeys(given, str) if section == KEYMAP and isinstance(given, dict) else keys_of(section)
    if hints is None and section != KEYMAP:
        near = nearest(section, [*SECTIONS, *NAMED, KEYMAP])
        raise _invalid(path, text, None, section, f"unknown section {section}{near}")
    if hints is None or not isinstance(given, dict):
        raise _invalid(path, text, None, section, f"{section} is a section, not a value")
    for key, value in given.items():
        if key not in hints:
            raise _invalid(path, text, section, key, f"unknown key {section}.{key}{nearest(key, hints)}")
        if not fits(value, hints[key]):
            wanted = " or ".join(words(hints[key]))
            raise _invalid(path, text, section, key, f"{section}.{key} is {value!r}, wanted {wanted}")
    return given


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is what a key wants."""
    if get_origin(hint) in (Union, types.UnionType):
        return any(fits(value, kind) for kind in get_args(hint))
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is list:
        return isinstance(value, list) and all(fits(item, get_args(hint)[0]) for item in value)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, hint) and not (hint is int and isinstance(value, bool))


def words(hint: Any) -> list[str]:
    """What a key wants, for a reader."""
    if get_origin(hint) in (Union, types.UnionType):
        return [word for kind in get_args(hint) if kind is not type(None) for word in words(kind)]
    if get_origin(hint) is Literal:
        return [repr(choice) for choice in get_args(hint)]
    if get_origin(hint) is list:
        return ["a list of " + " or ".join(words(get_args(hint)[0]))]
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
