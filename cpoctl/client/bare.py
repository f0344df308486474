"""The bare file: what queries a client asks are read from the database itself, where no server needs to run."""

import threading
from collections.abc import Generator
from typing import IO, Any

from cpoctl.client import Client
from cpoctl.errors import ServerDown
from cpoctl.operations import Operation, Query
from cpoctl.routes import Filled
from cpoctl.store import Reader
from cpoctl.table import record


class BareClient(Client):
    """Reads one file, for as many threads as one likes, one after another. Whatever else is asked is ServerDown."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader
        self._turn = threading.Lock()

    def run(self, operation: Operation) -> Any:
        """The rows of a query as JSON data."""
        rows = self._rows(operation)
        return record(rows) if isinstance(operation, Query) and operation.many else record(rows[0])

    def remarked(self, operation: Query) -> tuple[list[Any], list[Any]]:
        """The rows, and what is to be said of their data."""
        beside = operation.beside()
        return record(self._rows(operation)), record(self._rows(beside)) if beside is not None else []

    def whole(self, operation: Operation) -> bytes:
        """The answer of a query that tells JSON text."""
        body: bytes = self._rows(operation)[0].body
        return body

    def ask(self, request: Filled) -> Any:
        """Nobody answers."""
        raise _nobody()

    def hand_over(self, target: str, file: IO[bytes], size: int) -> Any:
        """Nobody takes it."""
        raise _nobody()

    def stream(self, request: Filled) -> Generator[bytes, None, None]:
        """Nobody tells."""
        raise _nobody()

    def close(self) -> None:
        """Let go of the file, once nobody reads it."""
        with self._turn:
            self._reader.close()

    def _rows(self, operation: Operation) -> list[Any]:
        if not isinstance(operation, Query):
            raise _nobody()
        with self._turn, self._reader.at_once():
            return operation.chosen(operation.select(self._reader.read))


def _nobody() -> ServerDown:
    return ServerDown("this is read from the database file, not from a server", hints=["cpoctl serve    start one"])
