"""Simulated chargers: one or many of them, single messages, scenarios, recordings."""

from importlib import import_module
from pathlib import Path

from typer._click import core
from typer.core import TyperGroup

from cpoctl.cli.flags import noted, options
from cpoctl.plugins import files


class _Verbs(TyperGroup):
    """The files of this package, each imported when it is wanted."""

    def list_commands(self, ctx: core.Context) -> list[str]:
        """The verbs by name."""
        return list(files(Path(__file__).parent))

    def get_command(self, ctx: core.Context, cmd_name: str) -> core.Command | None:
        """The command of a verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        made: core.Command = noted(import_module(f"{__name__}.{cmd_name.replace('-', '_')}").command())
        return made


def command() -> TyperGroup:
    """`cpoctl sim`."""
    return _Verbs(
        name="sim",
        help="Simulated chargers: one or many of them, single messages, scenarios, recordings.",
        params=options(hidden=True),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
