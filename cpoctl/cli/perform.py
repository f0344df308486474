"""Perform: run one operation where it belongs and write what came of it."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cpoctl.cli import danger, failing, output, reach, terminal
from cpoctl.cli.again import again, otherwise, start
from cpoctl.domain.secrets import is_secret
from cpoctl.errors import ChargerOffline, Conflict, CpoctlError, ServerDown, UsageProblem
from cpoctl.formats import Remark, Rows, harmless
from cpoctl.operations import Act, LocalAct, Operation, Outcome, Query, Stream
from cpoctl.parameters import targeted
from cpoctl.table import record

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices


def perform(operation: Operation, choices: "Choices") -> None:
    """Do it; errors go up to the face. What was refused as it was written points at least at the command's own help."""
    try:
        _performed(operation, choices)
    except (UsageProblem, Conflict) as error:
        error.hints = error.hints or (f"cpoctl {operation.path} --help",)
        raise


def _performed(operation: Operation, choices: "Choices") -> None:
    terminal.use_utc(choices.utc)
    if choices.fields == "?":
        output.rows([], operation.row, choices, many=True)
    elif isinstance(operation, Stream):
        _stream(operation, choices)
    elif isinstance(operation, Query):
        _query(operation, choices)
    elif wish := next((name for name in ("watch", "where") if getattr(choices, name)), None):
        raise UsageProblem(f"--{wish} is for commands that list", hints=[f"cpoctl {operation.path} --help"])
    elif choices.plan or (choices.dry_run and isinstance(operation, LocalAct)):
        flag = "dry_run" if choices.dry_run else next(iter(choices.plan))
        raise UsageProblem(
            f"cpoctl {operation.path} does not take --{flag.replace('_', '-')}",
            hints=[f"cpoctl {operation.path} --help"],
        )
    else:
        danger.allow(operation, choices)
        _act(operation.pinned(datetime.now().astimezone()), choices)


def _query(operation: Query, choices: "Choices") -> None:
    if choices.where and not operation.many:
        raise UsageProblem("--where is for what lists several", hints=[f"cpoctl {operation.path} --help"])
    if choices.watch and not operation.local:
        from cpoctl.cli import watching  # threads, which a plain list does without

        watching.query(operation, choices)
    operation = operation.pinned(datetime.now().astimezone())
    if choices.save is not None:
        from cpoctl.cli.handing import must_take

        must_take(choices.save, 1, choices)
    if choices.format is None and (told_as := operation.told_now()):
        choices = replace(choices, output=told_as)
    if operation.heavy:
        _heavy(operation, choices)
        return
    _told(operation, reach.query(operation, choices), choices)


def _heavy(operation: Query, choices: "Choices") -> None:
    """What reads much, and what says whether all of its data was there: both of the same moment, where the file is read."""
    beside = operation.beside()
    with reach.reading(choices) as place:
        found, doubts = place.told(operation)
        remarks = [Remark(beside.remark(doubt), bool(doubt["missing"])) for doubt in doubts] if beside else []
        if isinstance(found, Rows):
            output.streamed(found, choices, operation, remarks)
        else:
            _told(operation, found, choices, remarks)
    if beside is None:
        return
    if not choices.quiet:
        sys.stdout.flush()
        for remark in remarks:
            terminal.note(f"note: {remark.text}")
    if objection := beside.objection(doubts):
        sys.stdout.flush()
        raise objection


def _told(operation: Query, rows: list[dict[str, Any]], choices: "Choices", remarks: Sequence[Remark] = ()) -> None:
    if choices.save != "-":  # the file alone, so that it can be piped
        output.rows(
            rows, operation.row, choices, many=operation.many, noun=operation.noun, newest_last=operation.newest_last,
            of=operation, remarks=remarks,
        )  # fmt: skip
    if choices.save is not None:
        from cpoctl.cli.handing import saved

        saved(rows, choices)
    if objection := operation.objection(output.matching(rows, operation.row, choices)):
        sys.stdout.flush()
        raise objection


def _act(operation: Operation, choices: "Choices") -> None:
    try:
        found = _local(operation, choices) if isinstance(operation, LocalAct) else _done(operation, choices)
    except CpoctlError as error:
        if (found := failing.rows(error)) is not None:  # what was found or done is data, also when it failed
            _found(found, operation, choices)
        elif done := failing.outcome(error):
            _outcome([done], Outcome, choices)
        if (word := error.detail.get("instead")) and (hint := otherwise(choices, str(error.target), str(word))):
            error.hints = (hint,)
        if error.code == ChargerOffline.code and _may_wait(operation):
            error.hints = (*error.hints, f"{again(choices, '--queue')}    send it when the charger is back")
        raise
    if not choices.quiet or choices.format:
        choices = _as_told(operation, choices)
        listed = isinstance(found, list)
        _outcome(
            found if listed else [found], operation.row, choices, many=listed and not _as_cards(operation, choices)
        )
        if not found and isinstance(operation, Act) and operation.nothing and terminal.is_watched():
            terminal.note(operation.nothing)
    if isinstance(found, dict) and issubclass(operation.row, Outcome):
        sys.stdout.flush()
        failing.doubt(found)


def _done(operation: Operation, choices: "Choices") -> Any:
    if not (isinstance(operation, Act) and operation.takes_minutes):
        return reach.act(operation, choices)
    from cpoctl.cli import far  # threads, which most acts do without

    with far.told(operation, choices):
        return reach.act(operation, choices)


def _found(found: list[Any], operation: Operation, choices: "Choices") -> None:
    """The rows that an error carries."""
    if not (isinstance(operation, Act) and operation.tells_targets):
        choices = _as_told(operation, choices)
        _outcome(found, operation.row, choices, many=not _as_cards(operation, choices))
        return
    from cpoctl.cli.telling import Telling
    from cpoctl.operations.task import TargetRow

    telling = Telling([row["target"] for row in found], choices, one=False)
    for row in found:
        telling.tell(TargetRow(**row))
    telling.end()


def _as_told(operation: Operation, choices: "Choices") -> "Choices":
    """The choices with the operation's own format, where the caller names none."""
    told_as = operation.told_now()
    return replace(choices, output=told_as) if choices.format is None and told_as else choices


def _as_cards(operation: Operation, choices: "Choices") -> bool:
    """Whether each row is to be told as a card; whoever picks fields wants columns."""
    return operation.cards and choices.format == "table" and not choices.fields


def _may_wait(operation: Operation) -> bool:
    """Whether it can be kept until its charger is back; a secret cannot."""
    if is_secret(str(getattr(operation, "name", ""))):
        return False
    return isinstance(operation, Act) and operation.queue_most > 0 and targeted(type(operation)) is not None


def _local(operation: LocalAct, choices: "Choices") -> Any:
    from cpoctl import app, places

    if choices.server and not choices.db and operation.on_database:
        raise UsageProblem(
            f"cpoctl {operation.path} works on a database file, not through a server",
            hints=["cpoctl db check --db FILE    say which file"],
        )
    return record(operation.run_local(app.database_files(places.database_path(choices.db))))


def _outcome(found: list[Any], row: type, choices: "Choices", *, many: bool = False) -> None:
    """One line a target for outcomes, a table for what comes as a list, a card for anything else."""
    is_outcome = issubclass(row, Outcome) and choices.format not in ("json", "jsonl")
    if row is Outcome and is_outcome and choices.headers is None:
        choices.headers = False
    output.rows([item for item in found if item is not None], row, choices, many=is_outcome or many)


def _stream(operation: Stream, choices: "Choices") -> None:
    client = reach.server(choices)
    if not getattr(operation, "follow", False) and not choices.watch:
        _tell_all(operation, reach.query(operation, choices), choices)
        return
    if client is None:
        raise ServerDown("the server is not running, so nothing can be followed", hints=[start(choices)])
    if not getattr(operation, "follow", False):
        operation = replace(operation, follow=True)  # type: ignore[type-var] # every stream is a dataclass
    for told in client.events(operation):
        _tell_all(operation, [told.data], choices)
        if operation.final(told.data):
            return
    raise ServerDown("the server ended the stream", hints=["cpoctl status", start(choices)])


def _tell_all(operation: Stream, rows: list[dict[str, Any]], choices: "Choices") -> None:
    """One line a row, flushed, so that a pipe sees it at once."""
    for row in rows:
        _tell(operation, row, choices)
        sys.stdout.flush()


def _tell(operation: Stream, row: dict[str, Any], choices: "Choices") -> None:
    watched = terminal.is_watched()
    if choices.where and not output.chosen([row], operation.row, choices):
        return
    if choices.format is None and watched and not choices.fields:
        from cpoctl.cells import cut

        output.write([cut(harmless(operation.line(row), 4096), terminal.columns()) + "\n"])
        return
    name = choices.format or "jsonl"
    choices = replace(choices, output="jsonl" if name == "json" else name, json=None, headers=False)
    output.rows([row], operation.row, choices, many=True)
