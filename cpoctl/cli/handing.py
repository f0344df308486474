"""Handing files over: to the server before a command that needs one, and from it after a command that brought one."""

import os
import sys
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from shlex import quote as quoted
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cpoctl.cli import reach, terminal, written
from cpoctl.cli.again import again
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.routes import CONTENTS, PREFIX, Filled
from cpoctl.table import megabytes

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices


def handed_over(path: str, choices: "Choices") -> str:
    """Hand a file to the server; how an operation names it. Raises UsageProblem for one that cannot be read."""
    source = Path(path)
    if choices.dry_run:
        raise UsageProblem("the file would have to be handed over, which --dry-run rules out", hints=["leave it out"])
    try:
        with source.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not source.is_file():
                raise IsADirectoryError(21, "it is no file")
            client = reach.needed(choices)
            client.timeout = None  # the server reads as fast as its disk takes it
            told = client.hand_over(CONTENTS, file, size)
    except OSError as error:
        raise UsageProblem(f"cannot read {path}: {error.strerror}", target=path, hints=[f"ls -l {path}"]) from error
    return f"{told['sha256']}:{source.name}"


def must_take(path: str, count: int, choices: "Choices") -> None:
    """Raise where so many files cannot be written to what --out names, before anything is asked for.

    A file that is there is replaced where --yes says so. Raises UsageProblem, Conflict.
    """
    if path == "-":
        if count > 1:
            raise UsageProblem("standard output takes one file", hints=["--out DIRECTORY    for several"])
        return
    target = Path(path)
    if count > 1 and target.exists() and not target.is_dir():
        raise UsageProblem(f"{path} is a file, and {count} are to be written", hints=["--out DIRECTORY    for several"])
    folder = target.absolute().parent
    if not target.exists() and not folder.exists():
        made = f"mkdir -p {quoted(str(target.parent))}"
        raise UsageProblem(f"--out {path}: there is no directory {target.parent}", target=path, hints=[made])
    place = target if target.exists() else folder
    if not (place.is_dir() or place == target) or not os.access(place, os.W_OK):
        raise UsageProblem(f"nothing can be written to {path}", target=path, hints=[f"ls -ld {quoted(str(place))}"])
    if target.is_file() and not choices.yes:
        raise Conflict(
            f"{path} exists already", target=path, hints=[f"{again(choices, '--yes')}    writes it all the same"]
        )


def saved(rows: Sequence[Any], choices: "Choices") -> None:
    """Write what the rows' uploads hold, or the rows themselves, to the file, or of several into the folder, that --out names."""
    found = [row for row in rows if isinstance(row, dict) and (row.get("upload") or row.get("content")) is not None]
    if choices.save is None or not found:
        return
    target = Path(choices.save)
    into = len(found) > 1 or target.is_dir() or choices.save.endswith("/")
    for row in found:
        if choices.save == "-":
            _to_stdout(row, choices)
            continue
        name = f"{row.get('target') or row.get('charger_id')}-{row['file'] if 'file' in row else row['name']}"
        _to_file(row, target / name.replace("/", "_") if into else target, choices)


def _to_file(row: dict[str, Any], target: Path, choices: "Choices") -> None:
    try:
        target.parent.mkdir(exist_ok=True)  # of several, or of a name that ends in /
        written.put(target, _blocks(row, choices))
    except OSError as error:
        raise UsageProblem(
            f"cannot write {target}: {error.strerror}",
            target=str(target),
            hints=[f"cpoctl diag show {row['upload']} --out FILE    it is kept on the server"]
            if "upload" in row
            else [],
        ) from error
    if not choices.quiet and target.is_file():
        terminal.note(f"{target}: {megabytes(target.stat().st_size)}")


def _to_stdout(row: dict[str, Any], choices: "Choices") -> None:
    sys.stdout.flush()
    for block in _blocks(row, choices):
        sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()


def _blocks(row: dict[str, Any], choices: "Choices") -> Any:
    if (content := row.get("content")) is not None:  # in base64: the row is the file
        return [b64decode(content)]
    number = quote(str(row["upload"]), safe="")
    return reach.needed(choices).stream(Filled("GET", f"{PREFIX}/uploads/{number}/content", None))
