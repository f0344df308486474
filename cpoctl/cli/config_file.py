"""The user's config file, changed line by line, so that comments and order stay.

A TOML writer would drop them. Each change is proved before it is written: the new text has to say what the
old one said and the change, nothing else; a file that is written too cleverly for that is left alone.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpoctl import places
from cpoctl.errors import ConfigInvalid, Conflict

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_VALUE = re.compile(r"""[^=]*=\s*(?:"[^"\\]*"|'[^']*'|[^#"']*?)(\s*#.*)?""")
_EDIT = "cpoctl config edit    change it by hand"


def chosen(choices: "Choices") -> Path:
    """The file that is changed: the one that was named, else the user's own."""
    named = choices.config or os.environ.get("CPOCTL_CONFIG")
    return Path(named) if named else places.config_files()[0]


def read(path: Path) -> str:
    """The text of the file; '' when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"cannot read {path}: {error}", target=str(path), hints=["cpoctl config path"]) from error


def change(path: Path, section: str, values: dict[str, Any]) -> None:
    """Set keys of a section; None takes one out. Raises ConfigInvalid, Conflict."""
    text = read(path)
    for key, value in values.items():
        text = _proved(path, text, _changed(text, section, key, value), section, key, value)
    write(path, text)


def remove(path: Path, section: str) -> None:
    """Take a whole section out. Raises Conflict."""
    text = read(path)
    write(path, _proved(path, text, _without(text, section), section, None, None))


def replace(path: Path, section: str, values: dict[str, Any] | None) -> None:
    """Put a section with these keys alone in the place of what there was of it; None for none. Raises Conflict."""
    text = _proved(path, old := read(path), _without(old, section), section, None, None)
    for key, value in (values or {}).items():
        text = _proved(path, text, _changed(text, section, key, value), section, key, value)
    write(path, text)


def write(path: Path, text: str) -> None:
    """Put the text in the file's place at once, if the schema agrees. Raises ConfigInvalid."""
    from cpoctl import config
    from cpoctl.cli import written  # temporary files, which whoever only reads does without

    config.check(path, text)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        written.put(path, [text], mode=0o600)
    except OSError as error:
        raise ConfigInvalid(f"cannot write {path}: {error}", target=str(path), hints=["cpoctl config path"]) from error


def _span(lines: list[str], section: str) -> tuple[int, int] | None:
    """The lines of a section: its header's, and the one behind its last."""
    begin = None
    for number, line in enumerate(lines):
        if found := _HEADER.fullmatch(line):
            if begin is not None:
                return begin, number
            begin = number if found[1] == section else None
    return None if begin is None else (begin, len(lines))


def _changed(text: str, section: str, key: str, value: Any) -> str:
    lines = text.splitlines()
    line = [] if value is None else [_line(key, value)]
    span = _span(lines, section)
    if span is None:
        return "\n".join([*lines, *([""] if lines else []), f"[{section}]", *line, ""]) if line else text
    begin, end = span
    for number in range(begin + 1, end):
        if re.match(rf"\s*{re.escape(key)}\s*=", lines[number]):
            kept = [f"{line[0]}{_remark(lines[number])}"] if line else []
            return "\n".join([*lines[:number], *kept, *lines[number + 1 :], ""])
    while end > begin + 1 and lines[end - 1].strip()[:1] in ("", "#"):  # those belong to what follows
        end -= 1
    return "\n".join([*lines[:end], *line, *lines[end:], ""])


def _remark(line: str) -> str:
    """The comment behind a value, with the blanks before it. Raises Conflict where it cannot be told apart."""
    found = _VALUE.fullmatch(line)
    if found is None and "#" in line:
        raise Conflict(f"{line.strip()}: this line cannot be changed without risk to its comment", hints=[_EDIT])
    return (found[1] or "") if found else ""


def _without(text: str, section: str) -> str:
    lines = text.splitlines()
    span = _span(lines, section)
    if span is None:
        return text
    kept = [*lines[: span[0]], *lines[span[1] :]]
    while kept and not kept[-1].strip():
        kept.pop()
    return "\n".join([*kept, ""]) if kept else ""


def _line(key: str, value: Any) -> str:
    import tomli_w

    def told(one: Any) -> str:
        return tomli_w.dumps({"": one}).partition("=")[2].strip()

    if isinstance(value, list):  # on one line, as whatever is changed here
        return f"{key} = [{', '.join(map(told, value))}]"
    return f"{key} = {told(value)}"


def _proved(path: Path, old: str, new: str, section: str, key: str | None, value: Any) -> str:
    """The new text, when it says exactly the change."""
    try:
        wanted, found = tomllib.loads(old), tomllib.loads(new)
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(f"{path}: {error}", target=str(path), hints=["cpoctl config validate"]) from error
    _put(wanted, section.split("."), key, value)
    if _full(wanted) != _full(found):
        raise Conflict(
            f"{path} is written in a way that cannot be changed without risk", target=str(path), hints=[_EDIT]
        )
    return new


def _put(tree: dict[str, Any], section: list[str], key: str | None, value: Any) -> None:
    if key is not None:  # of the keymap: `charger.reset` is a tree, too
        *below, key = key.split(".")
        section = [*section, *below]
    *above, last = section
    for name in above:
        tree = tree.setdefault(name, {})
    if key is None:
        tree.pop(last, None)
    elif value is None:
        tree.setdefault(last, {}).pop(key, None)
    else:
        tree.setdefault(last, {})[key] = value


def _full(tree: dict[str, Any]) -> dict[str, Any]:
    """The tree without empty sections, which say nothing."""
    shown = {name: _full(value) if isinstance(value, dict) else value for name, value in tree.items()}
    return {name: value for name, value in shown.items() if value != {}}
