"""Help on a command or on a topic such as exit-codes."""

import sys
from pathlib import Path
from typing import Any

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperArgument, TyperCommand

from cpoctl.cli.choices import ALIASES, OPTIONS
from cpoctl.cli.flags import options
from cpoctl.errors import UsageProblem, nearest

_FOLDER = Path(__file__).parent.parent / "topics"


def command() -> TyperCommand:
    """`cpoctl help`."""
    words = TyperArgument(
        param_decls=["words"], type=types.STRING, nargs=-1, metavar="TOPIC", help="a command or a topic"
    )
    return TyperCommand(
        "help",
        help=f"Help on a command or a topic. Topics: {' '.join(topics())}.",
        epilog="\b\nExamples:\n  cpoctl help filters\n  cpoctl help charger list",
        params=[words, *options(hidden=True)],
        callback=_tell,
        rich_markup_mode=None,
    )


def topics() -> dict[str, str]:
    """The topics and their texts: the files of `cli/topics/`, each with its title first, and the global options."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in _FOLDER.glob("*.txt")}
    return dict(sorted({**texts, "options": _options()}.items()))


def _options() -> str:
    rows = (f"{names.replace(',', ', ')} {metavar}".ljust(30) + help for names, _, metavar, help in OPTIONS)
    return "\n".join(["Options that every command takes, before and after it", "", *rows, ""])


def _tell(words: tuple[str, ...]) -> None:
    known = topics()
    if len(words) == 1 and words[0] in known:
        sys.stdout.write(known[words[0]])
        return
    context = get_current_context()
    root: Any = context.find_root().command
    listed = root.list_commands(context.find_root())
    if words and words[0] not in [*listed, *ALIASES]:
        raise UsageProblem(
            f"no help on {words[0]}{nearest(words[0], [*known, *listed])}", hints=["cpoctl help    lists the topics"]
        )
    if not words:
        titles = (f"  {name:<13}{text.partition(chr(10))[0]}\n" for name, text in known.items())
        sys.stdout.write(f"Topics, for `cpoctl help TOPIC`:\n{''.join(titles)}\n")
    with root.make_context("cpoctl", [*words, "--help"], obj=context.obj) as below:
        root.invoke(below)
