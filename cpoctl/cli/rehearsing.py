"""Rehearsing: what an act would send and write (--dry-run). Nothing is sent, nothing is written."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cpoctl.cli import output, reach, terminal
from cpoctl.operations import Operation
from cpoctl.operations.task import FrameRow
from cpoctl.routes import asked

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices


def rehearse(kind: type[Operation], values: dict[str, Any], targets: Sequence[str], choices: "Choices") -> None:
    """Write the frames; with one target and no format asked for, nothing but the frames."""
    body = {"operation": kind.path, "targets": list(targets), "dry_run": True}
    rows = reach.needed(choices).ask(asked(kind, values, body))["frames"]
    if choices.format or len(targets) > 1 or choices.fields:
        output.rows(rows, FrameRow, choices, many=True)
        return
    output.write(f"{row['frame']}\n" for row in rows if row["frame"])
    for row in rows:
        if row["note"]:
            terminal.note(row["note"])
