"""Misbehaviour: how a simulated charger is told to answer the server's Calls badly, in words.

`Reset=reject,UnlockConnector=delay:5,*=drop` is a rule an action; `*` is for every action without a rule of its own.
The rules are the value of the charger's setting `Misbehave`, so that they can be changed while it runs; a Call about
that setting is always answered as it should be. Nothing here does I/O.
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
_NOES: Final = ("Rejected", "NotSupported", "Failed", "NotImplemented", "Unknown", "NotFound")
_YESES: Final = ("Accepted", "Unlocked")


class Kind(StrEnum):
    """The ways to answer badly."""

    REJECT = "reject"  # says no
    ERROR = "error"  # answers with a CallError
    DELAY = "delay"  # answers after some seconds
    LATE = "late"  # answers when nobody waits any more
    DROP = "drop"  # never answers and does nothing
    TWICE = "twice"  # answers twice
    LIE = "lie"  # says yes and does nothing


@dataclass(frozen=True)
class Misbehaviour:
    """One way to answer; `seconds` pass before the answer."""

    kind: Kind
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
        rules[_action(action)] = _misbehaviour(how)
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


def no(action: str) -> str | None:
    """The status with which an answer to an action says no; None where the standard gives it none."""
    return _first(_NOES, action)


def yes(action: str) -> str | None:
    """The status with which an answer to an action says yes; None where the standard gives it none."""
    return _first(_YESES, action)


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
    known = {action.lower(): action for action in schemas.actions(Version.V16)}
    if word.lower() not in known:
        raise ValueError(f"OCPP 1.6 has no action {word}{nearest(word, known.values())}")
    return known[word.lower()]


def _misbehaviour(how: str) -> Misbehaviour:
    word, colon, number = how.partition(":")
    try:
        kind = Kind(word.lower())
    except ValueError:
        raise ValueError(f"{word} is none of {', '.join(Kind)}{nearest(word, Kind)}") from None
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


def _first(wanted: Iterable[str], action: str) -> str | None:
    known = _statuses(action)
    return next((word for word in wanted if word in known), None)


def _statuses(action: str) -> list[str]:
    try:
        official = schemas.schema(Version.V16, action, answer=True)
    except KeyError:
        return []
    told: dict[str, Any] = official.get("properties", {}).get("status", {})
    if name := told.get("$ref"):  # the whitepaper's schemas name their enumerations
        told = official["definitions"][name.rpartition("/")[2]]
    found: list[str] = told.get("enum", [])
    return found
