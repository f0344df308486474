"""Progress: how far a long export has come, on stderr, where somebody looks at it and at nothing else."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from cpoctl.cli import terminal
from cpoctl.formats import Rows

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

Batch = TypeVar("Batch", bound=Sequence[Any])
_FIRST_S, _EVERY_S = 1.0, 0.2
_CLEAR = "\r\x1b[K"


def counted(rows: Rows, noun: str, choices: "Choices") -> Rows:
    """The rows; stderr counts them as they go, if it is a terminal and they go elsewhere."""
    if choices.quiet or not sys.stderr.isatty() or (choices.out is None and terminal.is_watched()):
        return rows
    found = Rows(rows.fields, _told(rows.batches, rows.total, noun), rows.total, bom=rows.bom, delimiter=rows.delimiter)
    if rows.packed:
        found.packed = replace(rows.packed, lines=_told(rows.packed.lines, rows.total, noun))
    return found


def _told(batches: Iterable[Batch], total: int | None, noun: str) -> Iterator[Batch]:
    done = 0
    with Meter(noun) as meter:
        for batch in batches:
            yield batch
            done += len(batch)
            meter(done, total)


class Meter:
    """How far something has come, on one line of stderr that is there no more when it ends."""

    def __init__(self, noun: str, *, silent: bool = False) -> None:
        self._noun, self._silent = noun, silent
        self._due, self._shown = time.monotonic() + _FIRST_S, False

    def __call__(self, done: int, total: int | None) -> None:
        """Tell it, if the last time was some while ago."""
        if self._silent or time.monotonic() < self._due:
            return
        self._due, self._shown = time.monotonic() + _EVERY_S, True
        of = f" of {total:,} ({min(100, 100 * done // total)} %)" if total else ""
        sys.stderr.write(f"{_CLEAR}{done:,}{of} {self._noun}")
        sys.stderr.flush()

    def __enter__(self) -> "Meter":
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


def meter(choices: "Choices", noun: str = "sessions") -> Meter:
    """For what tells nothing on stdout before its end."""
    return Meter(noun, silent=choices.quiet or not sys.stderr.isatty())
