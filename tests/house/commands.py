"""The commands: every command of the tree, and whether a line that somebody may copy parses against it."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from typer._click.core import Command, Context
from typer._click.exceptions import ClickException, MissingParameter, NoArgsIsHelpError
from typer.core import TyperGroup

from cpoctl import operations, plugins
from cpoctl.cli.choices import Choices
from cpoctl.cli.tree import Root
from cpoctl.operations import Operation
from cpoctl.parameters import declared

CONTROL = {"|", "||", "&&", ";", "&"}
_SUBSTITUTION = re.compile(r"[$<]\((?:[^()]|\([^()]*\))*\)")
_REDIRECTION = re.compile(r"\s\d?>\s*[^\s'\"]+(?=$|\s+\|\|)")


@dataclass(frozen=True)
class Found:
    """A command of the tree; `operation` when it is derived from one."""

    path: str
    command: Command
    operation: type[Operation] | None


def every_operation() -> list[type[Operation]]:
    """Every operation of every noun."""
    return [kind for module in plugins.load_all(operations) for kind in declared(module)]


def every_command() -> Iterator[Found]:
    """Every command that can be run, in the tree's order."""
    root = Root()
    by_path = {kind.path: kind for kind in every_operation()}
    context = Context(root, info_name="cpoctl", obj=Choices())
    for path, command in _below(root, context, ""):
        yield Found(path, command, by_path.get(path))


def _below(group: TyperGroup, context: Context, path: str) -> Iterator[tuple[str, Command]]:
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, TyperGroup):
            yield from _below(found, Context(found, info_name=name, parent=context), f"{path}{name} ")
        else:
            yield f"{path}{name}", found


def commands_in(line: str) -> Iterator[list[str]]:
    """The cpoctl commands of a shell line, each as its words without `cpoctl`."""
    lexer = shlex.shlex(
        _REDIRECTION.sub("", _SUBSTITUTION.sub("SUBSTITUTED", line)), posix=True, punctuation_chars="|&;"
    )
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word not in CONTROL:
            words.append(word)
            continue
        if words and words[0].rpartition("/")[2] == "cpoctl":
            yield words[1:]
        words = []


def problem_with(words: list[str], *, whole: bool = True) -> str | None:
    """What is wrong with a command line, without running it. One that is not `whole` only names a command."""
    whole = whole and "--help" not in words
    words = [word for word in words[:1] if word != "--version"] + words[1:]  # it ends the parsing, as --help does
    words = [word for word in words if word != "--help"]
    root = Root()
    try:
        context = root.make_context("cpoctl", words, obj=Choices())
        command: Command = root
        while isinstance(command, TyperGroup):
            rest = [*context._protected_args, *context.args]  # what click keeps for the command below
            if not rest:
                return f"cpoctl {' '.join(words)} names no command" if whole else None
            name, below, left = command.resolve_command(context, rest)
            assert below is not None
            context = below.make_context(name, left, parent=context)
            command = below
    except (MissingParameter, NoArgsIsHelpError) as error:
        return f"cpoctl {' '.join(words)}: {error.format_message()}" if whole else None
    except ClickException as error:
        return f"cpoctl {' '.join(words)}: {error.format_message()}"
    return None
