"""Targeting: the words and selectors of a command that takes many targets, as parameters and read again."""

from collections.abc import Callable
from typing import Any

from typer.core import TyperArgument, TyperOption

from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Option
from cpoctl.parameters import Parameter, parameters, targeted
from cpoctl.targets import Selection, is_plain

_EVERY = Parameter("all", bool, bool, Option("every charger"), required=False, default=False)
_PREFIX = "selected_"
_MANY = {
    "charger": "; globs, lists, @FILE, - for stdin",
    "session": "; lists, a glob of places for what is open there, @FILE, - for stdin",
}
Make = Callable[[Parameter], TyperArgument | TyperOption]


class Targeting:
    """How one command names its targets.

    Where all further arguments are needed, the words before them are the targets. Otherwise the first word is
    the one target, unless selectors choose: then every word belongs to the further arguments. `shifted` are those
    of them that are needed and can only be missed once that is known.
    """

    def __init__(self, kind: type[Act], target: Parameter) -> None:
        self.kind = kind
        self.name = target.name
        self._rest = [p for p in parameters(kind) if p.positional and p.name != target.name]
        self.many = all(p.required for p in self._rest)
        self.shifted = frozenset() if self.many else frozenset(p.name for p in self._rest if p.required)
        self._target = target
        self._selectors = [_EVERY, *parameters(Selection)] if target.kind == "charger" else []

    def argument(self) -> TyperArgument:
        """The argument for the targets."""
        return TyperArgument(
            param_decls=[self.name],
            required=False,
            nargs=-1 if self.many else 1,
            metavar=self.name.upper() + ("..." if self.many else ""),
            help=self._target.mark.help + (_MANY[self._target.kind] if self.many else ""),
        )

    def options(self, make: Make, taken: set[str]) -> list[TyperArgument | TyperOption]:
        """The selectors, but those whose flag the command has itself."""
        made = []
        for selector in self._selectors:
            option = make(selector)
            if not set(option.opts) & taken:
                option.name = _PREFIX + selector.name
                made.append(option)
        return made

    def words(self, given: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """The words and the selectors that were given; takes them out of `given`."""
        found = {p: given.pop(_PREFIX + p.name, None) for p in self._selectors}
        selectors = {p.name: tuple(value) if p.many else value for p, value in found.items() if value}
        said = given.pop(self.name)
        if self.many:
            return list(said or ()), selectors
        if selectors and said is not None:
            self._shift(said, given)
            said = None
        return [said] if said is not None else [], selectors

    def must_name(self, words: list[str], selectors: dict[str, Any], where: str | None) -> None:
        """Nothing given means nothing, never all of them. Raises UsageProblem."""
        if not words and not selectors and not where:
            raise UsageProblem(
                f"cpoctl {self.kind.path} needs {self.name.upper()}",
                hints=[f"cpoctl {self.kind.path} --help", "cpoctl help targets    ids, globs, selectors, @FILE and -"],
            )
        if any(map(self._target.problem, words)):
            raise UsageProblem(f"{self.name.upper()} is empty", hints=[f"cpoctl {self.kind.path} --help"])

    def must_have(self, given: dict[str, Any]) -> None:
        """Raise UsageProblem for a further argument that is needed: which word it is, was open until here."""
        if lacking := next((name for name in self.shifted if given.get(name) is None), None):
            raise UsageProblem(
                f"cpoctl {self.kind.path} needs {lacking.upper()}", hints=[f"cpoctl {self.kind.path} --help"]
            )

    def _shift(self, word: str, given: dict[str, Any]) -> None:
        """Move the words on by one argument."""
        left: str | None = word
        for parameter in self._rest:
            left, given[parameter.name] = given.get(parameter.name), left
        if left is not None:
            raise UsageProblem(
                f"selectors choose the targets: {left} is too much", hints=[f"cpoctl {self.kind.path} --help"]
            )


def targeting(kind: type[Any]) -> Targeting | None:
    """How a command names its targets; None of one that has no choice of them."""
    target = targeted(kind)
    return Targeting(kind, target) if target else None


def is_one(words: list[str], selectors: dict[str, Any]) -> bool:
    """Whether one target is named so plainly that nobody has to look."""
    return len(words) == 1 and not selectors and is_plain(words[0])
