"""Walking the tree: every command that can be run, whole, for what describes them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

from typer._click.core import Command, Context, Parameter
from typer.core import TyperGroup

from cpoctl.cli.choices import Choices
from cpoctl.cli.tree import Root
from cpoctl.operations import Operation
from cpoctl.parameters import named

if TYPE_CHECKING:
    from typer.core import TyperArgument, TyperOption


@dataclass(frozen=True)
class Leaf:
    """A command: its words, its parameters, and the operation that it is derived from, if it is."""

    path: str
    command: Command
    operation: type[Operation] | None

    @property
    def help(self) -> str:
        """What it does."""
        return cleandoc(self.command.help or "")

    @property
    def arguments(self) -> "list[TyperArgument]":
        """What is given by its place."""
        return [p for p in self._own() if p.param_type_name == "argument"]  # type: ignore[misc] # what click says they are

    @property
    def options(self) -> "list[TyperOption]":
        """What is given by its name, without the global options."""
        return [p for p in self._own() if p.param_type_name == "option"]  # type: ignore[misc] # what click says they are

    @property
    def examples(self) -> list[str]:
        """Command lines to copy."""
        listed = (self.command.epilog or "").partition("Examples:\n")[2].partition("\n\n")[0]
        return [line.strip() for line in listed.splitlines() if line.strip()]

    def _own(self) -> list[Parameter]:
        return [parameter for parameter in self.command.params if not getattr(parameter, "hidden", False)]


def leaves() -> Iterator[Leaf]:
    """Every command in the tree's order."""
    root = Root()
    yield from _below(root, Context(root, info_name="cpoctl", obj=Choices()), "")


def _below(group: TyperGroup, context: Context, path: str) -> Iterator[Leaf]:
    for name in group.list_commands(context):
        if command := group.get_command(context, name):
            words = f"{path} {name}".strip()
            if isinstance(command, TyperGroup):
                yield from _below(command, Context(command, info_name=name, parent=context), words)
            else:
                yield Leaf(words, command, named(words))
