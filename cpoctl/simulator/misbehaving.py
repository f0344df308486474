"""Misbehaviour: how a simulated charger is told to answer the server's Calls badly, in words.

`Reset=reject,UnlockConnector=delay:5,*=drop` is a rule an action; `*` is for every action without a rule of its own.
The rules are the value of the charger's setting `Misbehave` (2.x: the variable `Misbehave` of the component
`Simulator`), so that they can be changed while it runs; a Call about that setting is always answered as it should be.
Nothing here does I/O.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from cpoctl.errors import nearest
from cpoctl.ocpp import Version, schemas
from cpoctl.simulator.dice import dice

SETTING: Final = "Misbehave"
EVERY_ACTION: Final = "*"
LATE_S: Final = 40.0
"""Longer than an operator's command waits by default."""
LONGEST_S: Final = 3600.0
_NOES: Final = (
    *("Rejected", "NotSupported", "Failed", "NotImplemented", "Unknown", "NotFound"),
    *("UnlockFailed", "NoProfiles", "NoFirmware"),
)
_YESES: Final = ("Accepted", "Unlocked", "Unpublished")

_VARIABLE: Final = ("component", "variable", "attributeType")
_ONE_BY_ONE: Final = {
    "SetVariables": ("setVariableData", "setVariableResult", "attributeStatus", _VARIABLE),
    "GetVariables": ("getVariableData", "getVariableResult", "attributeStatus", _VARIABLE),
    "SetVariableMonitoring": (
        *("setMonitoringData", "setMonitoringResult", "status"),
        ("component", "variable", "type", "severity"),
    ),
    "ClearVariableMonitoring": ("id", "clearMonitoringResult", "status", ("id",)),
    "ClearTariffs": ("tariffIds", "clearTariffsResult", "status", ("tariffId",)),
}
"""Answers of 2.x with a status for each part of the request: the parts, the results, the status, and what is repeated."""


class Kind(StrEnum):
    """The ways to answer badly."""

    REJECT = "reject"  # says no
    ERROR = "error"  # answers with a CallError
    DELAY = "delay"  # answers after some seconds
    LATE = "late"  # answers when nobody waits any more
    DROP = "drop"  # never answers and does nothing
    TWICE = "twice"  # answers twice
    LIE = "lie"  # says yes and does nothing


class Carriage(StrEnum):
    """The ways to answer well and then move a file badly, or as only some chargers do."""

    FTP_ONLY = "ftp-only"  # takes no other URL
    POST = "post"  # uploads by POST
    FORM = "form"  # uploads a form with the file in it
    OTHER_NAME = "other-name"  # uploads under another name than it said
    NOTHING = "nothing"  # says that it is done, and moves nothing
    HALF = "half"  # loses the connection in the middle
    SLOW = "slow"  # fetches a megabyte a second
    MUTE = "mute"  # tells no step
    NO_EFFECT = "no-effect"  # tells Installed, and runs what it ran


CARRYING: Final = ("GetDiagnostics", "GetLog", "UpdateFirmware", "SignedUpdateFirmware", "PublishFirmware")


@dataclass(frozen=True)
class Misbehaviour:
    """One way to answer; `seconds` pass before the answer."""

    kind: Kind | Carriage
    seconds: float = 0.0


Rules = dict[str, Misbehaviour]
"""By action; `*` for those without one of their own."""


@lru_cache(maxsize=256)
def read(text: str) -> Rules:
    """Read rules; ValueError says what is wrong with them."""
    rules: Rules = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        action, equals, how = (part.strip() for part in word.partition("="))
        if not equals or not how:
            raise ValueError(f"{word!r} is not ACTION=KIND, such as Reset=reject")
        known = _action(action)
        rules[known] = _misbehaviour(how, known in CARRYING)
    return rules


def is_readable(text: str) -> bool:
    """Whether these are rules."""
    try:
        read(text)
    except ValueError:
        return False
    return True


def towards(rules: Rules, action: str) -> Misbehaviour | None:
    """How the charger answers an action; None: as it should."""
    return rules.get(action) or rules.get(EVERY_ACTION)


def carriage(rules: Rules, action: str) -> Carriage | None:
    """How the charger moves the file that an action is about; None: as it should."""
    how = towards(rules, action)
    return how.kind if how is not None and isinstance(how.kind, Carriage) else None


def no(action: str, version: Version = Version.V16) -> str | None:
    """The status with which an answer to an action says no; None where the standard gives it none."""
    return _first(_NOES, version, action)


def yes(action: str, version: Version = Version.V16) -> str | None:
    """The status with which an answer to an action says yes; None where the standard gives it none."""
    return _first(_YESES, version, action)


def answered(word: str, action: str, request: dict[str, Any]) -> dict[str, Any]:
    """An answer that says the same word of everything that was asked."""
    if action not in _ONE_BY_ONE:
        return {"status": word}
    asked, results, named, kept = _ONE_BY_ONE[action]
    return {results: [{named: word} | _kept(each, kept) for each in _parts(request, asked) or [{}]]}


def about_itself(action: str, payload: dict[str, Any]) -> bool:
    """Whether a Call is about this setting: it is answered well, or else nobody could end it."""
    if payload.get("key") == SETTING:
        return True
    if action not in ("SetVariables", "GetVariables"):
        return False
    asked = (each.get("variable") for each in _parts(payload, _ONE_BY_ONE[action][0]) if isinstance(each, dict))
    return any(isinstance(each, dict) and each.get("name") == SETTING for each in asked)


def assigned(charger_ids: Sequence[str], share: float, rules: str, seed: int) -> dict[str, str]:
    """Pick a share of the chargers and give each the rules, or without rules one kind each for every action."""
    throws = dice("misbehaving", seed)
    chosen = sorted(throws.sample(range(len(charger_ids)), round(len(charger_ids) * share)))
    return {charger_ids[index]: rules or f"{EVERY_ACTION}={_any_kind(throws.choice(list(Kind)))}" for index in chosen}


def _any_kind(kind: Kind) -> str:
    return "delay:5" if kind is Kind.DELAY else kind.value


def _action(word: str) -> str:
    if word == EVERY_ACTION:
        return word
    known = {action.lower(): action for version in Version for action in schemas.actions(version)}
    if word.lower() not in known:
        raise ValueError(f"OCPP has no action {word}{nearest(word, known.values())}")
    return known[word.lower()]


def _misbehaviour(how: str, carries: bool) -> Misbehaviour:
    word, colon, number = how.partition(":")
    kinds: list[Kind | Carriage] = [*Kind, *(Carriage if carries else ())]
    kind = next((kind for kind in kinds if kind == word.lower()), None)
    if kind is None and word.lower() in [*Carriage]:
        raise ValueError(f"{word} is about a file: it goes with one of {', '.join(CARRYING)}")
    if kind is None:
        raise ValueError(f"{word} is none of {', '.join(kinds)}{nearest(word, kinds)}")
    if colon and kind not in (Kind.DELAY, Kind.LATE):
        raise ValueError(f"{kind} takes no seconds")
    if kind is Kind.DELAY and not colon:
        raise ValueError("delay needs seconds, as in delay:5")
    return Misbehaviour(kind, _seconds(number) if colon else LATE_S if kind is Kind.LATE else 0.0)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_S:  # not a number is neither
        raise ValueError(f"{text or 'nothing'} is not a number of seconds from 0 to {LONGEST_S:g}")
    return seconds


def _parts(request: dict[str, Any], name: str) -> list[Any]:
    """What a request is about, one by one; nothing where it is no list."""
    found = request.get(name)
    return found if isinstance(found, list) else []


def _kept(part: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(part, dict):  # a bare id
        return {names[0]: part}
    return {name: part[name] for name in names if name in part}


def _first(wanted: Iterable[str], version: Version, action: str) -> str | None:
    known = _statuses(version, action)
    return next((word for word in wanted if word in known), None)


def _statuses(version: Version, action: str) -> list[str]:
    try:
        official = schemas.schema(version, action, answer=True)
    except KeyError:
        return []
    told: dict[str, Any] = official.get("properties", {})
    if action in _ONE_BY_ONE:
        _, results, named, _ = _ONE_BY_ONE[action]
        told = {"status": _resolved(official, told[results]["items"])["properties"][named]}
    found: list[str] = _resolved(official, told.get("status", {})).get("enum", [])
    return found


def _resolved(official: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference: the whitepaper's schemas and those of 2.x name their parts."""
    name = told.get("$ref")
    found: dict[str, Any] = official["definitions"][name.rpartition("/")[2]] if name else told
    return found
