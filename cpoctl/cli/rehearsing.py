"""Rehearsing: what an act would send and write (--dry-run). Nothing is sent, nothing is written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cpoctl.cli import output, reach, terminal
from cpoctl.formats import Rows
from cpoctl.operations import Act, Operation, Query
from cpoctl.operations.task import FrameRow
from cpoctl.routes import Filled, asked

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices


def rehearse(kind: type[Operation], values: dict[str, Any], targets: Sequence[str], choices: "Choices") -> None:
    """Write the frames; with one target and no format asked for, nothing but the frames."""
    body = {"operation": kind.path, "targets": list(targets), "dry_run": True}
    request = asked(kind, values, body)
    if issubclass(kind, Act) and not targets and (query := kind(**values).preview(datetime.now().astimezone())):
        _preview(query, request, choices)
        return
    rows = reach.needed(choices).ask(request)["frames"]
    if choices.format or len(targets) > 1 or choices.fields:
        output.rows(rows, FrameRow, choices, many=True)
        return
    output.write(f"{row['frame']}\n" for row in rows if row["frame"])
    for row in rows:
        if row["note"]:
            terminal.note(row["note"])


def _preview(query: Query, request: Filled, choices: "Choices") -> None:
    """Write what it would come to: read from the file itself where that may be done, else told by the server."""
    if choices.format is None and (told_as := query.told_now()):
        choices = replace(choices, output=told_as)
    with reach.reading(choices) as place:
        found = place.told(query)[0] if place.reads else reach.needed(choices).ask(request)["preview"]
        if isinstance(found, Rows):
            output.streamed(found, choices, query)
        else:
            output.rows(found, query.row, choices, many=True, noun=query.noun, of=query)
