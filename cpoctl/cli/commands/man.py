"""The man pages, made from the command tree."""

import sys
from pathlib import Path

from typer._click import types
from typer.core import TyperArgument, TyperCommand, TyperOption

from cpoctl.cli.flags import options
from cpoctl.errors import CpoctlError, UsageProblem, nearest


def command() -> TyperCommand:
    """`cpoctl man`."""
    words = TyperArgument(
        param_decls=["words"], type=types.STRING, nargs=-1, metavar="COMMAND", help="the command; else the whole"
    )
    out = TyperOption(
        param_decls=["--out"], type=types.STRING, metavar="DIR", help="write every page into this directory instead"
    )
    return TyperCommand(
        "man",
        help="Print a man page, or write all of them into a directory.",
        params=[words, out, *options(hidden=True)],
        callback=_tell,
        epilog="\b\nExamples:\n  cpoctl man charger reset | man -l -\n  cpoctl man --out ~/.local/share/man/man1",
        rich_markup_mode=None,
    )


def _tell(words: tuple[str, ...], out: str | None) -> None:
    from cpoctl.cli.roff import pages  # it imports the whole tree

    made = dict(pages())
    if out is not None:
        _write(made, Path(out).expanduser())
        return
    name = "-".join(["cpoctl", *words])
    if f"{name}.1" not in made:
        raise UsageProblem(
            f"no man page {name}{nearest(name, [file.removesuffix('.1') for file in made])}", hints=["cpoctl man"]
        )
    sys.stdout.write(made[f"{name}.1"])


def _write(made: dict[str, str], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, encoding="ascii")
    except OSError as error:
        raise CpoctlError(f"cannot write {folder}: {error.strerror}", hints=["cpoctl man --out DIR"]) from error
    print(f"{len(made)} pages in {folder}", file=sys.stderr)
