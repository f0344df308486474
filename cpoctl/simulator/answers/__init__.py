"""What a simulated charger answers when the server calls: every file here answers some actions.

A file lists its answers in `ANSWERS`: tables by action, each for the versions of OCPP that it holds for (`V16`, `V2`
for 2.0.1 and 2.1, `V21`, `EVERY`), joined with `|`. An answer is a function from the charger and the request to what
goes back, and to what the charger does after it has answered. To teach the charger an action, add it to a file.
OCPP 1.6 §5, security whitepaper · OCPP 2.0.1 · OCPP 2.1
"""

import functools
import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cpoctl.ocpp import Version
from cpoctl.ocpp.codes import Problem

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

V16: Final = (Version.V16,)
V21: Final = (Version.V21,)
V2: Final = (Version.V201, Version.V21)
EVERY: Final = tuple(Version)


@dataclass(frozen=True)
class Answer:
    """What goes back to the server, and what the charger does then."""

    payload: dict[str, Any]
    then: Callable[[], Awaitable[None]] | None = None


class Refusal(Exception):
    """The charger answers with a CallError."""

    def __init__(self, problem: Problem, description: str) -> None:
        super().__init__(description)
        self.problem = problem
        self.description = description


AnswerFn = Callable[["Controller", dict[str, Any]], Answer]
Table = dict[tuple[Version, str], AnswerFn]


def table(versions: tuple[Version, ...], answers: dict[str, AnswerFn]) -> Table:
    """Let answers hold for some versions."""
    return {(version, action): answer for version in versions for action, answer in answers.items()}


def status(value: str, then: Callable[[], Awaitable[None]] | None = None) -> Answer:
    """Answer with a status alone, as most actions do."""
    return Answer({"status": value}, then)


def because(value: str, reason: str, info: str = "") -> Answer:
    """Answer with a status and why, in a code of at most 20 letters. OCPP 2.0.1 appendix 5"""
    why = {"reasonCode": reason} | ({"additionalInfo": info} if info else {})
    return Answer({"status": value, "statusInfo": why})


def answer_to(action: str, version: Version = Version.V16) -> AnswerFn | None:
    """Find the answer to an action."""
    return _all_answers().get((version, action))


def actions(version: Version = Version.V16) -> frozenset[str]:
    """Name every action that a simulated charger of a version knows."""
    return frozenset(action for held_for, action in _all_answers() if held_for is version)


@functools.cache
def _all_answers() -> Table:
    answers: Table = {}
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        answers.update(importlib.import_module(module.name).ANSWERS)
    return answers
