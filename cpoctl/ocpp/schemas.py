"""Schemas: the official JSON schemas judge a message, in about a microsecond.

They are read from the data files of the `ocpp` package without importing its messages, and compiled
when first needed. OCPP 1.6 and security whitepaper, 2.0.1, 2.1.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cpoctl.ocpp import Version

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

MESSAGE_LENGTH: Final = 200
MOST_VIOLATIONS: Final = 50  # of one message; a broken list of samples repeats itself

_FOLDER = {Version.V16: "v16", Version.V201: "v201", Version.V21: "v21"}
_REQUEST = {Version.V16: "", Version.V201: "Request", Version.V21: "Request"}
SENDS: Final = {Version.V21: frozenset({"NotifyPeriodicEventStream"})}
"""What goes out as a SEND, and so has no answer. 2.1 part 4 §4.2.5"""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class Violation(msgspec.Struct, frozen=True):
    """One way in which a message breaks the standard.

    `path` is where ("meterValue[0].timestamp"), `rule` the schema keyword or the tolerance.
    """

    path: str
    rule: str
    message: str


def violation(path: str, rule: str, message: str) -> Violation:
    """Make a violation of hostile text: short, and safe to print."""
    return Violation(_printable(path), rule, _printable(message))


def _printable(text: str) -> str:
    return _CONTROL.sub(" ", text[: MESSAGE_LENGTH + 1])[:MESSAGE_LENGTH]


class Judge:
    """The compiled schema of one message, for payloads as `frames.parse` returns them."""

    __slots__ = ("_validator", "valid")

    def __init__(self, validator: "Validator") -> None:
        self._validator = validator
        self.valid: Callable[[Any], bool] = validator.is_valid

    def violations(self, payload: Any) -> list[Violation]:
        """List what is wrong with a payload."""
        found = (each for error in self._validator.iter_errors(payload) for each in _told(error))
        return list(islice(found, MOST_VIOLATIONS))


def _told(error: "ValidationError") -> list[Violation]:
    """Turn one error into violations, each at the property that it is about."""
    kind: Any = error.kind
    path = list(error.instance_path)
    if kind.name == "required":
        return [violation(_path([*path, kind.property]), "required", "is missing")]
    if kind.name == "additionalProperties":
        return [violation(_path([*path, name]), kind.name, "is not in the standard") for name in kind.unexpected]
    return [violation(_path(path), kind.name, error.message)]


def _path(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def judge(version: Version, action: str, answer: bool = False) -> Judge | None:
    """Return the judge of a request or answer, or None if the standard has no such action."""
    try:
        return _compiled(version, action, answer)
    except KeyError:  # not remembered: the names that a charger can invent have no end
        return None


@cache
def _compiled(version: Version, action: str, answer: bool) -> Judge:
    official = schema(version, action, answer)
    from jsonschema_rs import validator_for  # not at the top: a command that validates nothing saves it

    return Judge(validator_for(official, validate_formats=False))  # times are judged by who reads them


def schema(version: Version, action: str, answer: bool = False) -> dict[str, Any]:
    """Return the official schema of a request or answer; KeyError if there is none."""
    ending = "Response" if answer else _REQUEST[version]
    if not answer and action in SENDS.get(version, ()):
        ending = ""
    elif action not in actions(version):
        raise KeyError(action)
    path = _folder(version) / f"{action}{ending}.json"
    parsed: dict[str, Any] = msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    return parsed


@cache
def actions(version: Version) -> tuple[str, ...]:
    """Name every action that is answered, in either direction."""
    return tuple(sorted(path.stem.removesuffix("Response") for path in _folder(version).glob("*Response.json")))


def every(version: Version) -> tuple[str, ...]:
    """Name every action, those that are not answered as well."""
    return tuple(sorted({*actions(version), *SENDS.get(version, ())}))


def nearest_action(version: Version, name: str) -> str | None:
    """Return the action that a mistyped name probably means."""
    from difflib import get_close_matches

    by_lower = {action.lower(): action for action in every(version)}
    close = get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


@cache
def _folder(version: Version) -> Path:
    spec = find_spec("ocpp")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package 'ocpp' holds the schemas and is not installed")
    return Path(spec.submodule_search_locations[0]) / _FOLDER[version] / "schemas"
