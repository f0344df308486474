"""What a simulated charger answers when the server calls: every file here answers some actions.

A file lists its answers in `ANSWERS`, by action. An answer is a function from the charger and the request to what
goes back, and to what the charger does after it has answered. To teach the charger an action, add it to a file.
OCPP 1.6 §5 · OCPP 1.6 security whitepaper
"""

import functools
import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cpoctl.ocpp.codes import Problem

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


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


def status(value: str, then: Callable[[], Awaitable[None]] | None = None) -> Answer:
    """Answer with a status alone, as most actions do."""
    return Answer({"status": value}, then)


def answer_to(action: str) -> AnswerFn | None:
    """Find the answer to an action."""
    return _all_answers().get(action)


def actions() -> frozenset[str]:
    """Name every action that a simulated charger knows."""
    return frozenset(_all_answers())


@functools.cache
def _all_answers() -> dict[str, AnswerFn]:
    answers: dict[str, AnswerFn] = {}
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        answers.update(importlib.import_module(module.name).ANSWERS)
    return answers
