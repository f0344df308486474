"""Danger: what disrupts is asked for, what is severe must be typed, and a script must say so (UX §4.7)."""

from typing import TYPE_CHECKING

from cpoctl.cli import terminal
from cpoctl.cli.again import again
from cpoctl.errors import Denied, UsageProblem
from cpoctl.operations import Danger, Operation
from cpoctl.parameters import parameters
from cpoctl.table import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cpoctl.cli.choices import Choices


_MANY = 20
_LISTED = 40


def must_write(path: str, choices: "Choices") -> None:
    """Raise Denied where the caller wants nothing changed."""
    if choices.read_only:
        raise Denied(
            f"{path} changes something, and this is read-only", hints=["cpoctl config show    who said read_only"]
        )


def allow(operation: Operation, choices: "Choices", targets: "Sequence[str]" = ()) -> None:
    """Return when the operation may go ahead. Raises Denied, UsageProblem; nothing has been sent then.

    With several targets the operation names their number in the place of one. Of more than 20 a person is asked
    to type it; a script that says --yes has chosen them itself.
    """
    danger, word = operation.danger_now(), operation.confirm_with()
    if len(targets) > 1 and danger > Danger.READ:
        many = len(targets) > _MANY and not choices.yes
        danger = max(danger, Danger.SEVERE if many else Danger.DISRUPTS)
        word = str(len(targets))
    if danger > Danger.READ:
        must_write(operation.path, choices)
    what = _what(operation, danger, choices)
    if len(targets) > 1 and word not in what:
        what = f"{what} for {word} targets"
    if danger >= Danger.SEVERE and word:
        ways = [again(choices, "--confirm", word)]
        if operation.danger_now() < Danger.SEVERE:
            ways.append(again(choices, "--yes"))
        _typed(what, word, choices, targets, ways)
    elif danger >= Danger.DISRUPTS and not choices.yes and not _is_typed(operation, choices, targets):
        _agreed(what, choices, targets, operation.lacking())


def _is_typed(operation: Operation, choices: "Choices", targets: "Sequence[str]") -> bool:
    """Whether --confirm names what it is about, which says more than a yes."""
    if len(targets) > 1:
        return choices.confirm == str(len(targets))
    named = next((parameter.name for parameter in parameters(type(operation)) if parameter.positional), None)
    return choices.confirm is not None and named is not None and choices.confirm == getattr(operation, named)


def _what(operation: Operation, danger: Danger, choices: "Choices") -> str:
    """What it will do, with what is known of its subject. Raises NotFound where there is none such."""
    subject = operation.subject() if danger >= Danger.DISRUPTS else None
    if subject is None:
        return operation.consequence()
    from cpoctl.cli import reach  # what asks nothing first does without

    return operation.consequence_for(reach.query(subject, choices)[0])


def _agreed(what: str, choices: "Choices", targets: "Sequence[str]", lacking: "Sequence[str]") -> None:
    if choices.no_input or not terminal.can_ask():
        needs = "a reason and a yes" if "--reason" in lacking else "a yes"
        raise UsageProblem(f"{what}: this needs {needs}", hints=[again(choices, *lacking, "--yes")])
    _list(targets)
    if _asked(f"{what}. Go ahead? [y/N] ").lower() not in ("y", "yes"):
        raise UsageProblem("not done", hints=[f"{again(choices, '--yes')}    does it without asking"])


def _typed(what: str, word: str, choices: "Choices", targets: "Sequence[str]", ways: list[str]) -> None:
    given = choices.confirm
    if given is None:
        if choices.no_input or not terminal.can_ask():
            raise UsageProblem(f"{what}: this needs --confirm {word}", hints=ways)
        _list(targets)
        given = _asked(f"{what}. Type {word} to go ahead: ")
    if given != word:
        raise UsageProblem(f"not done: {given or 'nothing'} is not {word}", hints=ways)


def _list(targets: "Sequence[str]") -> None:
    """Name who is meant before the question."""
    if len(targets) > 1:
        more = f" and {len(targets) - _LISTED} more" if len(targets) > _LISTED else ""
        terminal.note(f"{', '.join(targets[:_LISTED])}{more}")


def _asked(question: str) -> str:
    return terminal.asked(clean(question, 4096))
