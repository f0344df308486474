"""Snapshots: the variables of a charger in a file, to compare with and to go back to.

Read in every form in which somebody may have them: what `var snapshot` and `var get --json` write, the
payload of a GetConfiguration, or plain `name = value` in TOML or JSON; TOML takes the dot of a name for a table's.
"""

import json
import tomllib
from collections.abc import Iterable
from typing import Any

from cpoctl.errors import UsageProblem

_LISTS = ("variables", "configurationKey")
_EXAMPLE = "cpoctl var snapshot HQ-07 > snapshot.json    writes one; read it with @snapshot.json"


def read(text: str) -> dict[str, str | None]:
    """Values by name; None for a secret or an unset one. Raises UsageProblem."""
    data = _parsed(text)
    if isinstance(data, dict):
        data = next((data[name] for name in _LISTS if isinstance(data.get(name), (list, dict))), data)
    pairs = _of_records(data) if isinstance(data, list) else _of_tables(data) if isinstance(data, dict) else ()
    found = {str(name): _text(str(name), value) for name, value in pairs}
    if not found:
        raise _wrong("it names no variable")
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        if (first := text.lstrip()[:1]) != "[":
            raise _wrong(f"it is no {'JSON' if first == '{' else 'TOML'}: {error}") from None
    try:  # [variables] begins a table of TOML as well
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"it is neither JSON nor TOML: {error}") from None


def _of_records(items: list[Any]) -> Iterable[tuple[str, Any]]:
    for item in items:
        name = (item.get("name") or item.get("key")) if isinstance(item, dict) else None
        if not isinstance(name, str):
            raise _wrong("a variable in it has no name")
        yield name, item.get("value")


def _of_tables(table: dict[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _of_tables(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _text(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    raise _wrong(f"{name} is neither a text, a number, a boolean nor a list of texts")


def _wrong(why: str) -> UsageProblem:
    return UsageProblem(f"that is no snapshot: {why}", hints=[_EXAMPLE])
