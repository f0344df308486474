"""Danger: what disrupts is asked for, what is severe must be typed, and a script must say so (UX §4.7)."""

import sys
from typing import TYPE_CHECKING

from cpoctl.cli import terminal
from cpoctl.errors import Denied, UsageProblem
from cpoctl.operations import Danger, Operation
from cpoctl.table import clean

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices


def allow(operation: Operation, choices: "Choices") -> None:
    """Return when the operation may go ahead. Raises Denied, UsageProblem; nothing has been sent then."""
    danger = operation.danger_now()
    if choices.read_only and danger > Danger.READ:
        raise Denied(
            f"{operation.path} changes something, and this is read-only",
            hints=["cpoctl config show    who said read_only"],
        )
    if danger >= Danger.SEVERE and (word := operation.confirm_with()):
        _typed(operation, word, choices)
    elif danger >= Danger.DISRUPTS and not choices.yes:
        _agreed(operation, choices)


def _agreed(operation: Operation, choices: "Choices") -> None:
    what = operation.consequence()
    if choices.no_input or not terminal.can_ask():
        raise UsageProblem(f"{what}: this needs a yes", hints=[f"cpoctl {operation.path} … --yes"])
    if _asked(f"{what}. Go ahead? [y/N] ").lower() not in ("y", "yes"):
        raise UsageProblem("not done", hints=[f"cpoctl {operation.path} … --yes    does it without asking"])


def _typed(operation: Operation, word: str, choices: "Choices") -> None:
    what = operation.consequence()
    given = choices.confirm
    if given is None:
        if choices.no_input or not terminal.can_ask():
            raise UsageProblem(
                f"{what}: this needs --confirm {word}", hints=[f"cpoctl {operation.path} … --confirm {word}"]
            )
        given = _asked(f"{what}. Type {word} to go ahead: ")
    if given != word:
        raise UsageProblem(
            f"not done: {given or 'nothing'} is not {word}", hints=[f"cpoctl {operation.path} … --confirm {word}"]
        )


def _asked(question: str) -> str:
    print(clean(question, 4096), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
