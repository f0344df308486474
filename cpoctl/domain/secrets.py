"""Secrets in messages: masked before they are stored, logged or shown (RELIABILITY V-12)."""

import json
import re
from typing import Any

MASK = "********"
_SECRET_NAME = re.compile(
    r"(?i)auth[\w .-]{0,40}key|pass(?:word|phrase|wd)|secret|credential|(?:private|api)[_ -]?key|apn[\w .-]{0,40}pass|sim_?pin"
)
_FIRST_IN_PATH = re.compile(r"(\b\w+://[^/\s\"]{1,300}/)[0-9a-f]{24}(?![^/\s\"?])")  # as the file exchange has them
_IN_URL = re.compile(r"(\b\w+://[^/\s:@\"]{0,200}:)[^/\s\"]{1,2000}(@)")


def is_secret(name: str) -> bool:
    """Whether a variable of this name holds a secret."""
    return _SECRET_NAME.search(name) is not None


def masked(text: str) -> str:
    """JSON text with the values of secret variables, and passwords and secret paths in URLs, replaced.

    Text that names a secret but is no JSON is not kept at all: where its value begins cannot be told.
    """
    if "://" in text:
        text = _FIRST_IN_PATH.sub(rf"\g<1>{MASK}", _IN_URL.sub(rf"\g<1>{MASK}\g<2>", text))
    if not is_secret(text):
        return text
    try:
        hidden, found = _hidden(json.loads(text))
    except (ValueError, RecursionError):
        return f"({len(text)} characters that name a secret and are no JSON)"
    return json.dumps(hidden, separators=(",", ":"), ensure_ascii=False) if found else text


_VALUES = frozenset({"value", "attributeValue", "actualValue"})


def _hidden(value: Any) -> tuple[Any, bool]:
    if isinstance(value, str):
        return _hidden_within(value)
    if isinstance(value, list):
        pairs = [_hidden(item) for item in value]
        return [item for item, _ in pairs], any(found for _, found in pairs)
    if not isinstance(value, dict):
        return value, False
    told_by_key = any(is_secret(str(value.get(word, ""))) for word in ("key", "name"))
    of_vpn = "server" in value and "type" in value  # VPNType of OCPP 2.x has a shared secret that it only calls key
    variable = value.get("variable")  # OCPP 2.x names it beside its values
    of_variable = isinstance(variable, dict) and is_secret(str(variable.get("name", "")))
    shown: dict[str, Any] = {}
    any_found = False
    for name, item in value.items():
        if (
            (told_by_key and name == "value")
            or ((is_secret(name) or (of_vpn and name == "key")) and _bare(item))
            or (of_variable and name in _VALUES and _bare(item))
        ):
            shown[name], found = MASK, True
        elif of_variable and name == "variableAttribute" and isinstance(item, list):
            shown[name], found = [_valueless(attribute) for attribute in item], True
        else:
            shown[name], found = _hidden(item)
        any_found = any_found or found
    return shown, any_found


def _hidden_within(text: str) -> tuple[str, bool]:
    """The same for JSON as the text of a value, as vendors' own messages have it; of other texts only names are known."""
    if not text.lstrip().startswith(("{", "[")) or not is_secret(text):
        return text, False
    shown = masked(text)
    return shown, shown != text


def _valueless(attribute: Any) -> Any:
    """An attribute of a secret variable; that it has a value may be told."""
    return {**attribute, "value": MASK} if isinstance(attribute, dict) and "value" in attribute else attribute


def _bare(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)
