"""The configuration: where it is, what it says, and how to change it."""

import dataclasses
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cpoctl import config, places
from cpoctl.cli import config_file, output, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.cli.settings import Setting, must_write, settings
from cpoctl.config import KEYMAP, NAMED, SECTIONS
from cpoctl.errors import ConfigInvalid, CpoctlError, NotFound, UsageProblem, nearest
from cpoctl.table import Column, plain, record

_SHOW = "cpoctl config show    all keys and their values"
_SWITCH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True)
class ConfigFile:
    """A place where a config file may be."""

    path: Annotated[str, Column("PATH")]
    exists: Annotated[bool, Column("EXISTS")]


@dataclass(frozen=True)
class Key:
    """A key that the config may have."""

    key: Annotated[str, Column("KEY")]
    type: Annotated[str, Column("WANTED")]
    default: Annotated[str, Column("DEFAULT")]


def command() -> TyperGroup:
    """`cpoctl config`."""
    origin = TyperOption(
        param_decls=["--origin"], is_flag=True, help="say who said so, a flag, a variable or a file, and whom that beat"
    )
    key = TyperArgument(param_decls=["key"], type=types.STRING, metavar="KEY", help="SECTION.KEY, as serve.listen")
    value = TyperArgument(param_decls=["value"], type=types.STRING, metavar="VALUE", help="what it is to be")
    return TyperGroup(
        name="config",
        help="The configuration: where it is, what it says, and how to change it.",
        commands=[
            _verb("edit", "Change the file in your editor; what is wrong is not kept.", _edit, [], "cpoctl config edit"),
            _verb("get", "One setting's value.", _get, [key], "cpoctl config get serve.listen"),
            _verb("path", "Where config files are looked for.", _path, [], "cpoctl config path"),
            _verb("schema", "Every key that there is, and what it wants.", _schema, [], "cpoctl config schema --json"),
            _verb("set", "Set a key in your file; comments and order stay.", _set, [key, value],
                  "cpoctl config set serve.listen 0.0.0.0:9000"),
            _verb("show", "Every setting with its value.", _show, [origin], "cpoctl config show --origin"),
            _verb("unset", "Take a key out of your file.", _unset, [key], "cpoctl config unset serve.listen"),
            _verb("validate", "Is the config right. Exit code 12 when not.", _validate, [], "cpoctl config validate"),
        ],
        params=options(hidden=True),
        no_args_is_help=True,
        rich_markup_mode=None,
    )  # fmt: skip


def _verb(name: str, help: str, run: Any, params: list[Any], example: str) -> TyperCommand:
    return TyperCommand(
        name,
        help=help,
        params=[*params, *options(hidden=True)],
        callback=run,
        epilog=f"\b\nExamples:\n  {example}",
        rich_markup_mode=None,
    )


def _choices() -> Choices:
    choices: Choices = get_current_context().obj
    return choices


def _show(origin: bool | None) -> None:
    choices = _choices()
    rows = [record(setting) for setting in settings(choices, os.environ)]
    if not origin and choices.fields is None and choices.format is None:
        choices.fields = "key,value"
    output.rows(rows, Setting, choices, many=True, noun="settings")


def _get(key: str) -> None:
    choices = _choices()
    known = {setting.key: setting for setting in settings(choices, os.environ)}
    if key not in known:
        raise NotFound(f"no key {key}{nearest(key, known)}", target=key, hints=[_SHOW])
    output.rows([record(known[key])], Setting, choices, many=False)


def _set(key: str, value: str) -> None:
    choices = _choices()
    must_write(choices)
    section, name = _parted(key)
    path = config_file.chosen(choices)
    found = _value(section, name, value)
    if section == KEYMAP:
        _check_keymap({**choices.known().keymap, name: value})
    config_file.change(path, section, {name: found})
    _said(choices, f"{key} is {value} in {path}")


def _unset(key: str) -> None:
    choices = _choices()
    must_write(choices)
    section, name = _parted(key)
    path = config_file.chosen(choices)
    config_file.change(path, section, {name: None})
    _said(choices, f"{key} stands in {path} no longer")


def _parted(key: str) -> tuple[str, str]:
    """Section and name of a key that there is."""
    first, _, rest = key.partition(".")
    section, name = (KEYMAP, rest) if first == KEYMAP and rest else key.rpartition(".")[::2]
    if name not in _hints(section, name):
        raise NotFound(f"no key {key}{nearest(key, [row.key for row in _keys()])}", target=key, hints=[_SHOW])
    return section, name


def _hints(section: str, name: str) -> Mapping[str, Any]:
    return {name: str} if section == KEYMAP else config.keys_of(section) or {}


def _value(section: str, name: str, text: str) -> Any:
    """The text as the key wants it. Raises UsageProblem."""
    hint = _hints(section, name)[name]
    candidates = [text, _SWITCH.get(text.lower()), _number(text), text.split(",")]
    for candidate in candidates:
        if candidate is not None and config.fits(candidate, hint):
            return candidate
    wanted = " or ".join(config.words(hint))
    raise UsageProblem(f"{section}.{name} is {text!r}, wanted {wanted}", hints=["cpoctl config schema"])


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def _schema() -> None:
    output.rows([record(row) for row in _keys()], Key, _choices(), many=True, noun="keys")


def _keys() -> list[Key]:
    sections = {**SECTIONS, **{f"{kind}.NAME": schema for kind, schema in NAMED.items()}}
    return [
        *(
            Key(f"{section}.{field.name}", " or ".join(config.words(hints[field.name])), plain(field.default))
            for section, schema in sections.items()
            for hints in [get_type_hints(schema)]
            for field in dataclasses.fields(schema)
        ),
        Key(f"{KEYMAP}.ID", "text", ""),
    ]


def _path() -> None:
    choices = _choices()
    rows = [record(ConfigFile(str(path), path.exists())) for path in _files(choices)]
    output.rows(rows, ConfigFile, choices, many=True)


def _files(choices: Choices) -> list[Path]:
    chosen = choices.config or os.environ.get("CPOCTL_CONFIG")
    return [Path(chosen)] if chosen else places.config_files()


def _validate() -> None:
    choices = _choices()
    choices.config = choices.config or os.environ.get("CPOCTL_CONFIG")
    known = choices.known()
    if known.cli.context and known.cli.context not in (*known.context, "local"):
        raise ConfigInvalid(
            f"cli.context is {known.cli.context}, and there is no such context",
            hints=["cpoctl context list", "cpoctl context use local"],
        )
    _check_dashboard(known)
    if not choices.quiet:
        there = [str(path) for path in _files(choices) if path.exists()]
        terminal.note(
            f"{' and '.join(there)}: right" if there else "there is no config file; the defaults are in force"
        )


def _check_dashboard(known: config.Config) -> None:
    """What only the dashboard can judge: the ids of its keys, its screens and their columns. Raises ConfigInvalid."""
    if known.keymap:
        _check_keymap(known.keymap)
    if known.view or known.dashboard != config.DashboardSettings():
        from cpoctl.tui.beginnings import check  # the toolkit takes a fifth of a second

        check(known.dashboard, known.view)


def _check_keymap(keymap: Mapping[str, str]) -> None:
    from cpoctl.tui.keymap import checked

    checked(keymap)


def _edit() -> None:
    choices = _choices()
    must_write(choices)
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    path = config_file.chosen(choices)
    if not editor or choices.no_input or not terminal.can_ask():
        raise UsageProblem(
            "this needs a terminal and an editor, named by EDITOR",
            hints=["cpoctl config set serve.listen 0.0.0.0:9000    sets one key", f"{path} is the file"],
        )
    draft = path.with_name(f"{path.stem}.draft.toml")
    draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(config_file.read(draft) or config_file.read(path), encoding="utf-8")
    if subprocess.run([*shlex.split(editor), str(draft)], check=False).returncode != 0:  # noqa: S603 # the user's own
        raise CpoctlError(f"{editor} failed; nothing is changed, your text is in {draft}", hints=["cpoctl config edit"])
    try:
        config_file.write(path, config_file.read(draft))
    except ConfigInvalid as error:
        raise ConfigInvalid(
            error.message, target=str(path), hints=[f"cpoctl config edit    goes on with {draft}"]
        ) from error
    draft.unlink()
    _said(choices, f"{path} is changed")


def _said(choices: Choices, text: str) -> None:
    if not choices.quiet:
        terminal.note(text)
