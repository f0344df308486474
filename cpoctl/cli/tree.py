"""The command tree: nouns are the files and packages of `operations/`, other commands the files of `cli/commands/`.

The root shows each noun with the first line of its docstring, read from the file; a noun is imported
when one of its verbs is wanted.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from typer._click import core
from typer._click.exceptions import UsageError
from typer.core import TyperGroup

from cpoctl.cli.choices import ALIASES
from cpoctl.cli.flags import noted, options, version_option
from cpoctl.errors import nearest
from cpoctl.plugins import files

if TYPE_CHECKING:
    from cpoctl.operations import Operation

OPERATIONS = Path(__file__).parent.parent / "operations"
COMMANDS = Path(__file__).parent / "commands"


def first_line(path: Path) -> str:
    """The first line of a module's docstring."""
    with path.open(encoding="utf-8") as file:
        line = file.readline().strip()
    return line.strip('"').removesuffix(".") if line.startswith('"""') else ""


class _Lazy(TyperGroup):
    """A group that knows its names and loads a command when it is wanted."""

    def __init__(self, name: str, help: str, **attrs: Any) -> None:
        super().__init__(name=name, help=help, rich_markup_mode=None, no_args_is_help=True, **attrs)

    def resolve_command(self, ctx: core.Context, args: list[str]) -> tuple[str | None, core.Command | None, list[str]]:
        """The command that the first word names. A word that names none gets the nearest that does."""
        word = ALIASES.get(args[0], args[0])
        found = self.get_command(ctx, word) if word in self.list_commands(ctx) or args[0] == word else None
        if found is None:
            raise UsageError(f"no command {ctx.command_path} {args[0]}{nearest(word, self.list_commands(ctx))}", ctx)
        return word, found, args[1:]


class Root(_Lazy):
    """cpoctl itself."""

    def __init__(self) -> None:
        super().__init__(
            "cpoctl", "Run EV chargers from a terminal.", params=[*options(hidden=False), version_option()]
        )
        self._nouns, self._commands = files(OPERATIONS), files(COMMANDS)

    def list_commands(self, ctx: core.Context) -> list[str]:
        """All nouns and commands."""
        return sorted({*self._nouns, *self._commands})

    def get_command(self, ctx: core.Context, cmd_name: str) -> core.Command | None:
        """Load one."""
        if cmd_name in self._commands:
            module = import_module(f"cpoctl.cli.commands.{cmd_name.replace('-', '_')}")
            made: core.Command = noted(module.command())
            return made
        return Noun(cmd_name) if cmd_name in self._nouns else None

    def format_commands(self, ctx: core.Context, formatter: Any) -> None:
        """The names in two lists, read from the files."""
        for title, listed in (("Nouns", self._nouns), ("Commands", self._commands)):
            with formatter.section(title):
                formatter.write_dl([(name, first_line(path)) for name, path in listed.items()])


class Noun(_Lazy):
    """What can be done with one kind of thing: the operations of a file, or a package with a file a verb."""

    def __init__(self, name: str) -> None:
        from cpoctl.cli.deferring import defer

        defer()
        self._module = import_module(f"cpoctl.operations.{name.replace('-', '_')}")
        super().__init__(name, (self._module.__doc__ or "").partition("\n")[0], params=options(hidden=True))
        self._files = files(OPERATIONS / name.replace("-", "_"))

    def list_commands(self, ctx: core.Context) -> list[str]:
        """The verbs: in the order of their declaration, or by name where each has its file."""
        return list(self._files or self._declared(self._module))

    def get_command(self, ctx: core.Context, cmd_name: str) -> core.Command | None:
        """The command of a verb; of a package only the verb's own file is imported."""
        from cpoctl.cli.derived import command

        module = self._module
        if cmd_name in self._files:
            module = import_module(f"{module.__name__}.{cmd_name.replace('-', '_')}")
        verbs = self._declared(module)
        return command(verbs[cmd_name]) if cmd_name in verbs else None

    @staticmethod
    def _declared(module: ModuleType) -> "dict[str, type[Operation]]":
        from cpoctl.parameters import declared

        return {kind.path.rpartition(" ")[2]: kind for kind in declared(module)}
