"""The command tree: nouns are the files of `operations/`, other commands the files of `cli/commands/`.

The root shows each noun with the first line of its docstring, read from the file; a noun is imported
when one of its verbs is wanted.
"""

from pathlib import Path
from typing import Any

from typer._click import core
from typer._click.exceptions import UsageError
from typer.core import TyperGroup

from cpoctl.cli.flags import options, version_option
from cpoctl.errors import nearest

OPERATIONS = Path(__file__).parent.parent / "operations"
COMMANDS = Path(__file__).parent / "commands"
ALIASES = {"cp": "charger", "tx": "session", "ls": "list"}


def modules(folder: Path) -> dict[str, Path]:
    """The modules of a folder by their names on the command line, without importing any."""
    files = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
    return {path.stem.replace("_", "-"): path for path in files}


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
        self._nouns, self._commands = modules(OPERATIONS), modules(COMMANDS)

    def list_commands(self, ctx: core.Context) -> list[str]:
        """All nouns and commands."""
        return sorted({*self._nouns, *self._commands})

    def get_command(self, ctx: core.Context, cmd_name: str) -> core.Command | None:
        """Load one."""
        from importlib import import_module

        if cmd_name in self._commands:
            module = import_module(f"cpoctl.cli.commands.{cmd_name.replace('-', '_')}")
            made: core.Command = module.command()
            return made
        return Noun(cmd_name) if cmd_name in self._nouns else None

    def format_commands(self, ctx: core.Context, formatter: Any) -> None:
        """The names in two lists, read from the files."""
        for title, listed in (("Nouns", self._nouns), ("Commands", self._commands)):
            with formatter.section(title):
                formatter.write_dl([(name, first_line(path)) for name, path in listed.items()])


class Noun(_Lazy):
    """What can be done with one kind of thing."""

    def __init__(self, name: str) -> None:
        from importlib import import_module

        from cpoctl.cli.deferring import defer
        from cpoctl.parameters import declared

        defer()
        module = import_module(f"cpoctl.operations.{name.replace('-', '_')}")
        super().__init__(name, (module.__doc__ or "").partition("\n")[0], params=options(hidden=True))
        self._verbs = {kind.path.rpartition(" ")[2]: kind for kind in declared(module)}

    def list_commands(self, ctx: core.Context) -> list[str]:
        """The verbs in the order of their declaration."""
        return list(self._verbs)

    def get_command(self, ctx: core.Context, cmd_name: str) -> core.Command | None:
        """The command of a verb."""
        from cpoctl.cli.derived import command

        return command(self._verbs[cmd_name]) if cmd_name in self._verbs else None
