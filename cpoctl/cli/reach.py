"""Reach: where an operation runs. The server when there is one, else for queries the database file (UX §4.1)."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cpoctl import app, places
from cpoctl.cli import terminal
from cpoctl.errors import CpoctlError, NotFound, ServerDown
from cpoctl.operations import Operation, Query
from cpoctl.table import record

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.client import Client
    from cpoctl.store import Reader, Record

_AS_OF = "SELECT coalesce(stopped_at, alive_at) AS at FROM run ORDER BY run_id DESC LIMIT 1"
_HINT = "cpoctl serve    start it"
_SECONDS = 120.0
_ON_TOP = 15.0  # what the server may take beside the charger


def server(choices: "Choices") -> "Client | None":
    """The client for the server; None when no place is known where one could be."""
    timeout = choices.seconds or _SECONDS
    place = choices.server or _known_place(choices)
    if place is None:
        return None
    from cpoctl.client import client_for  # sockets, which a read of the bare file does not need

    return client_for(place, timeout=timeout)


def _known_place(choices: "Choices") -> str | None:
    """Where a server is that nobody named: the one on the database, else the system's."""
    if socket := app.find_server(places.database_path(choices.db)):
        return f"unix:{socket}"
    return f"unix:{places.SYSTEM_SOCKET}" if choices.db is None and places.SYSTEM_SOCKET.exists() else None


def query(operation: Query, choices: "Choices") -> list[dict[str, Any]]:
    """The rows of a query: live from the server, or stale from the file with a note on stderr."""
    if operation.local:
        return [record(row) for row in operation.select(_nothing)]
    if client := server(choices):
        try:
            found = client.run(operation)
            return found if operation.many else [found]
        except ServerDown:
            if choices.server:  # whoever names a server wants that one
                raise
    return offline(lambda reader: [record(row) for row in operation.select(reader.read)], choices)


def _nothing(sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> "list[Record]":
    """What a query reads that needs no database."""
    return []


def act(operation: Operation, choices: "Choices") -> Any:
    """The outcome of an act, which only the server can do."""
    client = server(choices)
    if client is None:
        raise ServerDown("the server is not running", hints=[_HINT])
    if (charger_seconds := getattr(operation, "timeout", None)) is not None:
        client.timeout = charger_seconds + _ON_TOP  # the server tells a charger's silence better than we could
    return client.run(operation)


def offline(select: "Callable[[Reader], list[dict[str, Any]]]", choices: "Choices") -> list[dict[str, Any]]:
    """Rows from the database file, with a note that nothing in them is live."""
    path = places.database_path(choices.db)
    try:
        reader = app.offline_reader(path)
    except NotFound as error:
        raise ServerDown(f"the server is not running, and {error.message}", hints=[_HINT]) from error
    except CpoctlError as error:  # whoever may not read the file is told what would help
        raise ServerDown(f"the server is not running, and {error.message}", hints=[_HINT, *error.hints]) from error
    rows = select(reader)
    if not choices.quiet:
        as_of = next((run["at"] for run in reader.read(_AS_OF)), None)
        terminal.note(f"note: server is not running; showing the database{f' as of {as_of}' if as_of else ''}")
    return rows
