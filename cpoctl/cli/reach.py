"""Reach: where an operation runs. The server when there is one, else for queries the database file (UX §4.1)."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cpoctl import app, places
from cpoctl.cli import terminal, whereabouts
from cpoctl.cli.again import from_file, start
from cpoctl.errors import CpoctlError, NotFound, ServerDown
from cpoctl.operations import Act, Operation, Query
from cpoctl.table import record

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.client import Client
    from cpoctl.formats import Rows
    from cpoctl.store import Reader, Record

T = TypeVar("T")
_AS_OF = """
SELECT max(at) AS at FROM (
    SELECT * FROM (SELECT coalesce(stopped_at, alive_at) AS at FROM run ORDER BY run_id DESC LIMIT 1)
    UNION ALL SELECT * FROM (SELECT at FROM journal ORDER BY journal_id DESC LIMIT 1)
)"""
_SECONDS = 120.0
_ON_TOP = 15.0  # what the server may take beside the charger


def server(choices: "Choices") -> "Client | None":
    """The client for the server; None when no place is known where one could be."""
    timeout = choices.seconds or _SECONDS
    place = choices.server or _known_place(choices)
    if place is None:
        return None
    from cpoctl.client import client_for  # sockets, which a read of the bare file does not need

    return client_for(place, timeout=timeout, **whereabouts.credentials(place, choices, os.environ))


def _known_place(choices: "Choices") -> str | None:
    """Where a server is that nobody named: the one on the database, else the system's."""
    if socket := app.find_server(places.database_path(choices.db)):
        return f"unix:{socket}"
    return f"unix:{places.SYSTEM_SOCKET}" if choices.db is None and places.SYSTEM_SOCKET.exists() else None


def query(operation: Query, choices: "Choices") -> list[dict[str, Any]]:
    """The rows of a query: live from the server, or stale from the file with a note on stderr."""
    if operation.local:
        return [record(row) for row in operation.select(_nothing)]

    def asked(client: "Client") -> list[dict[str, Any]]:
        found = client.run(operation)
        return found if operation.many else [found]

    return _asked_or_read(asked, lambda reader: _selected(operation, reader), choices)


def remarked(operation: Query, choices: "Choices") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same with what is to be said of its data."""
    return _asked_or_read(
        lambda client: client.remarked(operation),
        lambda reader: (_selected(operation, reader), _selected(operation.beside(), reader)),
        choices,
    )


def _asked_or_read(ask: "Callable[[Client], T]", select: "Callable[[Reader], T]", choices: "Choices") -> T:
    if client := server(choices):
        try:
            return ask(client)
        except ServerDown as error:
            if choices.server:  # whoever names a server wants that one
                error.hints = (*error.hints, *from_file(choices))
                raise
    return offline(select, choices)


def _selected(operation: Query | None, reader: "Reader") -> list[dict[str, Any]]:
    if operation is None:
        return []
    return [record(row) for row in operation.chosen(operation.select(reader.read))]


class Place:
    """Where heavy queries are read: the database file, or a server through its API."""

    def __init__(self, choices: "Choices", reader: "Reader | None") -> None:
        self._choices = choices
        self._reader = reader

    def told(self, operation: Query) -> "tuple[list[dict[str, Any]] | Rows, list[dict[str, Any]]]":
        """The rows of a query, and what is to be said of their data; rows as they are read, where it tells them so."""
        fields, reader = operation.told_fields(), self._reader
        if reader is None:
            bears = operation.remarks is not None
            rows, remarks = remarked(operation, self._choices) if bears else (query(operation, self._choices), [])
        else:
            remarks = _selected(operation.beside(), reader)
            rows = self._counted(operation, reader) if fields is None else []
        if fields is None:
            return rows, remarks
        from cpoctl.cli.progress import counted
        from cpoctl.formats import Rows

        if reader is not None:
            found = operation.in_turn(reader.read, reader.each)
        else:
            found = Rows(fields, [[tuple(row[field.name] for field in fields) for row in rows]])
        return operation.laid_out(counted(found, operation.noun, self._choices)), remarks

    @property
    def reads(self) -> bool:
        """Whether it is the file itself."""
        return self._reader is not None

    def _counted(self, operation: Query, reader: "Reader") -> list[dict[str, Any]]:
        from cpoctl.cli.progress import meter

        with meter(self._choices) as step:
            return [record(row) for row in operation.chosen(operation.in_steps(reader.read, step))]


@contextmanager
def reading(choices: "Choices") -> Iterator[Place]:
    """The place for what reads much: the file itself where nobody has named a server and we may read it.

    The server has chargers to listen to, and a report may take a processor for a minute.
    """
    path = places.database_path(choices.db)
    if choices.server is not None or (not app.find_server(path) and _known_place(choices)):
        yield Place(choices, None)
        return
    try:
        reader = app.offline_reader(path)
    except CpoctlError:  # a server that may read it is asked, and else the error is told with what would help
        yield Place(choices, None)
        return
    with reader.at_once():
        yield Place(choices, reader)
        if not app.find_server(path):
            _as_of(reader, choices)


def past(choices: "Choices") -> "tuple[Client, str]":
    """The client that tells what happened, and what it is called: the file itself where it can be read, else a server."""
    path = places.database_path(choices.db)
    if choices.server is None and (app.find_server(path) or not _known_place(choices)):
        from cpoctl.client.bare import BareClient

        try:
            return BareClient(app.offline_reader(path)), str(path)
        except CpoctlError:
            if not app.find_server(path):
                raise
    return needed(choices), choices.context or choices.server or "this machine"


def _nothing(sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> "list[Record]":
    """What a query reads that needs no database."""
    return []


def needed(choices: "Choices") -> "Client":
    """The client for the server, without which nothing can be done."""
    client = server(choices)
    if client is None:
        raise ServerDown("the server is not running", hints=[start(choices)])
    return client


def act(operation: Operation, choices: "Choices") -> Any:
    """The outcome of an act, which only the server can do."""
    client = needed(choices)
    if isinstance(operation, Act) and operation.takes_minutes:
        client.timeout = choices.seconds
    elif (charger_seconds := getattr(operation, "timeout", None)) is not None:
        # The server tells a charger's silence better than we could.
        client.timeout = None if getattr(operation, "many_calls", False) else charger_seconds + _ON_TOP
    return client.run(operation)


def offline(select: "Callable[[Reader], T]", choices: "Choices") -> T:
    """What is read of the database file, with a note that nothing in them is live."""
    path = places.database_path(choices.db)
    try:
        reader = app.offline_reader(path)
    except NotFound as error:
        raise ServerDown(f"the server is not running, and {error.message}", hints=[start(choices)]) from error
    except CpoctlError as error:  # whoever may not read the file is told what would help
        raise ServerDown(
            f"the server is not running, and {error.message}", hints=[start(choices), *error.hints]
        ) from error
    rows = select(reader)
    _as_of(reader, choices)
    return rows


def _as_of(reader: "Reader", choices: "Choices") -> None:
    """Note that nothing is live."""
    if not choices.quiet:
        as_of = next((run["at"] for run in reader.read(_AS_OF)), None)
        terminal.note(f"note: server is not running; showing the database{f' as of {as_of}' if as_of else ''}")
