"""Telling: the results of many targets, a line each as they come, and a summary on stderr."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cpoctl.cli import failing, output, terminal
from cpoctl.formats import harmless
from cpoctl.operations import Outcome
from cpoctl.operations.task import TargetRow, said
from cpoctl.table import Field, fields, millis, plain, record

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

_AT_THE_END = ("json", "md", "table", "wide", "yaml")
_STATUS, _GAP = 10, "  "
_LEFT_OUT = {"note", "request_id"}  # told beside; of no use to a reader


class Telling:
    """Writes results in the caller's format; formats that are one whole are written in the end.

    A caller who named `one` target plainly gets its JSON object, as without --wait or --queue, and no array. `kind` is
    what the operation tells of each: at a terminal what is more than an outcome stands on its line.
    """

    def __init__(self, targets: Sequence[str], choices: "Choices", *, one: bool, kind: type | None = None) -> None:
        self._choices = choices
        self._plain = choices.format is None and terminal.is_watched() and not choices.fields
        self._whole = choices.format in _AT_THE_END
        self._width = max(map(len, targets), default=0)
        self._kept: list[TargetRow] = []
        self._noted: set[str | None] = set()
        self._many = len(targets) > 1
        self._one = one and choices.format == "json"
        self._more = _more(kind) if kind is not None and issubclass(kind, Outcome) else []

    def tell(self, row: TargetRow) -> None:
        """One result. Success is silence where the caller wants quiet; a doubt of it is told all the same."""
        self._write_result(row)
        told = row.result or {}
        if told.get("hint") or told.get("note") not in self._noted:  # what holds for many is said once
            failing.doubt(told)
        self._noted.add(told.get("note"))

    def _write_result(self, row: TargetRow) -> None:
        if self._choices.quiet and row.ok and self._choices.format is None:
            return
        if self._whole:
            self._kept.append(row)
        elif self._plain:
            output.write([self._line(row) + "\n"])
        else:
            self._write([row])
        sys.stdout.flush()

    def end(self) -> None:
        """Write what was kept for the end."""
        if self._whole:
            self._write(self._kept)
            sys.stdout.flush()

    def summarise(self, task_id: int, rows: Sequence[TargetRow]) -> None:
        """How many went how, on stderr."""
        bad = Counter(row.status for row in rows if not row.ok)
        if self._choices.quiet or not (self._many or bad):
            return
        parts = [f"{sum(bool(row.ok) for row in rows)} ok", *(f"{n} {status}" for status, n in bad.most_common())]
        terminal.note(f"{output.counted(len(rows), 'targets')}: {', '.join(parts)}; task {task_id}")

    def _line(self, row: TargetRow) -> str:
        """`HQ-07  Uploaded  184 ms  FILE diagnostics.log  UPLOAD 12  SIZE 51.3 kB`."""
        from cpoctl.cells import cut

        took = f"{millis(row.latency_ms):>8}"
        more = said(row.error) or _GAP.join(_words(self._more, row.result or {}))
        text = f"{row.target:<{self._width}}  {row.status:<{_STATUS}}  {took}  {more}"
        return cut(harmless(text.rstrip(), 4096), terminal.columns())

    def _write(self, rows: Sequence[TargetRow]) -> None:
        records = [record(row) for row in rows]
        if self._choices.format not in ("json", "jsonl"):  # JSON tells an error whole, text its words
            records = [told | {"error": said(told["error"]) or None} for told in records]
        output.rows(records, TargetRow, self._choices, many=not self._one or not records)
        if self._choices.headers is None and not self._whole:
            self._choices = replace(self._choices, headers=False)


def _more(kind: type) -> list[Field]:
    """The columns that say more than an outcome does, those that narrow screens keep."""
    known = {field.name for field in fields(Outcome)} | _LEFT_OUT
    return [each for each in fields(kind) if each.column and each.column.priority <= 2 and each.name not in known]


def _words(more: Sequence[Field], result: dict[str, Any]) -> list[str]:
    told = [(each.column, result.get(each.name)) for each in more]
    return [
        f"{column.header} {(column.show or plain)(value)}"
        for column, value in told
        if column is not None and value not in (None, "", [], ())
    ]
