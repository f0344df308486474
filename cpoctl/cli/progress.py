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
    done, due, shown = 0, time.monotonic() + _FIRST_S, False
    try:
        for batch in batches:
            yield batch
            done += len(batch)
            if time.monotonic() >= due:
                due, shown = time.monotonic() + _EVERY_S, True
                of = f" of {total:,} ({100 * done // total} %)" if total else ""
                sys.stderr.write(f"{_CLEAR}{done:,}{of} {noun}")
                sys.stderr.flush()
    finally:
        if shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
