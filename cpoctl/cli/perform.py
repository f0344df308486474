"""Perform: run one operation where it belongs and write what came of it."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cpoctl.cli import danger, failing, output, reach, terminal
from cpoctl.errors import CpoctlError, ServerDown, UsageProblem
from cpoctl.formats import harmless
from cpoctl.operations import LocalAct, Operation, Outcome, Query, Stream
from cpoctl.table import record

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices


def perform(operation: Operation, choices: "Choices") -> None:
    """Do it; errors go up to the face."""
    terminal.use_utc(choices.utc)
    if choices.fields == "?":
        output.rows([], operation.row, choices, many=True)
    elif isinstance(operation, Stream):
        _stream(operation, choices)
    elif isinstance(operation, Query):
        _query(operation, choices)
    else:
        danger.allow(operation, choices)
        _act(operation, choices)


def _query(operation: Query, choices: "Choices") -> None:
    rows = reach.query(operation, choices)
    if choices.format is None and operation.told_as:
        choices = replace(choices, output=operation.told_as)
    output.rows(rows, operation.row, choices, many=operation.many, noun=operation.noun)


def _act(operation: Operation, choices: "Choices") -> None:
    try:
        found = _local(operation, choices) if isinstance(operation, LocalAct) else reach.act(operation, choices)
    except CpoctlError as error:
        if done := failing.outcome(error):  # what was tried is data, also when it failed
            _outcome([done], Outcome, choices)
        raise
    if not choices.quiet or choices.format:
        listed = isinstance(found, list)
        _outcome(found if listed else [found], operation.row, choices, many=listed)


def _local(operation: LocalAct, choices: "Choices") -> Any:
    from cpoctl import app, places

    if choices.server and not choices.db:
        raise UsageProblem(
            f"cpoctl {operation.path} works on a database file, not through a server",
            hints=["cpoctl db check --db FILE    say which file"],
        )
    return record(operation.run_local(app.database_files(places.database_path(choices.db))))


def _outcome(found: list[Any], row: type, choices: "Choices", *, many: bool = False) -> None:
    """One line a target for outcomes, a table for what comes as a list, a card for anything else."""
    is_outcome = row is Outcome and choices.format not in ("json", "jsonl")
    if is_outcome and choices.headers is None:
        choices.headers = False
    output.rows([item for item in found if item is not None], row, choices, many=is_outcome or many)


def _stream(operation: Stream, choices: "Choices") -> None:
    client = reach.server(choices)
    if not getattr(operation, "follow", False):
        _tell_all(operation, reach.query(operation, choices), choices)
        return
    if client is None:
        raise ServerDown("the server is not running, so nothing can be followed", hints=["cpoctl serve    start it"])
    for told in client.events(operation):
        _tell_all(operation, [told.data], choices)
    raise ServerDown("the server ended the stream", hints=["cpoctl status", "cpoctl serve    start it"])


def _tell_all(operation: Stream, rows: list[dict[str, Any]], choices: "Choices") -> None:
    """One line a row, flushed, so that a pipe sees it at once."""
    for row in rows:
        _tell(operation, row, choices)
        sys.stdout.flush()


def _tell(operation: Stream, row: dict[str, Any], choices: "Choices") -> None:
    watched = terminal.is_watched()
    if choices.format is None and watched and not choices.fields:
        from cpoctl.formats.table import cut

        output.write([cut(harmless(operation.line(row), 4096), terminal.columns()) + "\n"])
        return
    name = choices.format or "jsonl"
    choices = replace(choices, output="jsonl" if name == "json" else name, json=None, headers=False)
    output.rows([row], operation.row, choices, many=True)
