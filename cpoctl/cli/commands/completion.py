"""Completion for a shell: prints the script that the shell loads."""

import sys
from pathlib import Path

from typer._click import types
from typer.core import TyperArgument, TyperCommand

from cpoctl.cli.flags import options
from cpoctl.errors import UsageProblem, nearest

_FOLDER = Path(__file__).parent.parent / "shells"


def shells() -> dict[str, Path]:
    """The scripts by their shells: each file of `cli/shells/` is one."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.*")) if path.suffix != ".py"}


def command() -> TyperCommand:
    """`cpoctl completion SHELL`."""
    shell = TyperArgument(
        param_decls=["shell"], type=types.STRING, required=True, metavar="|".join(shells()), help="the shell"
    )
    return TyperCommand(
        "completion",
        help="Print the completion script of a shell. Its first line says how to load it.",
        params=[shell, *options(hidden=True)],
        callback=_print,
        epilog="\b\nExamples:\n  source <(cpoctl completion bash)\n  cpoctl completion fish | source",
        rich_markup_mode=None,
    )


def _print(shell: str) -> None:
    known = shells()
    if shell not in known:
        raise UsageProblem(f"no completion for {shell}{nearest(shell, known)}", hints=["cpoctl completion bash"])
    sys.stdout.write(known[shell].read_text(encoding="utf-8"))
