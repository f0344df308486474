"""The usual way to write a central system: `websockets`, the `ocpp` package's ChargePoint, one SQLite commit a message.

Nothing is done to slow it down: official schemas as the package checks them by default, an index where one is needed.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import Action, AuthorizationStatus, RegistrationStatus
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.bench.peers.database import INSERT_SESSION, INSERT_VALUE, STOP_SESSION, create
from tests.bench.peers.running import arguments, charger_id, run

_ACCEPTED = IdTagInfo(status=AuthorizationStatus.accepted)


_F = TypeVar("_F")


def _answers(action: Action) -> Callable[[_F], _F]:
    """Give the package's decorator the type that it lacks."""
    return cast(Callable[[_F], _F], on(action))


class Charger(ChargePoint):  # type: ignore[misc]  # the package has no types
    """One charger, handled the way the package's documentation shows."""

    def __init__(self, connection: ServerConnection, database: sqlite3.Connection) -> None:
        super().__init__(charger_id(connection), connection)
        self._database = database

    @_answers(Action.boot_notification)
    def boot(self, **_: Any) -> Any:
        """Accept the charger."""
        return call_result.BootNotification(current_time=_now(), interval=300, status=RegistrationStatus.accepted)

    @_answers(Action.heartbeat)
    def heartbeat(self) -> Any:
        """Tell the time."""
        return call_result.Heartbeat(current_time=_now())

    @_answers(Action.authorize)
    def authorize(self, id_tag: str) -> Any:
        """Look the tag up; let in whom nobody has blocked."""
        row = self._database.execute("SELECT status FROM tag WHERE tag_id = ?", (id_tag,)).fetchone()
        return call_result.Authorize(id_tag_info=_ACCEPTED if row is None else IdTagInfo(status=row[0]))

    @_answers(Action.start_transaction)
    def start_session(self, connector_id: int, id_tag: str, meter_start: int, timestamp: str, **_: Any) -> Any:
        """Store a new session; its row number is the transaction id."""
        row = (None, self.id, connector_id, id_tag, timestamp, meter_start)
        with _commit(self._database):
            number = self._database.execute(INSERT_SESSION, row).lastrowid
        return call_result.StartTransaction(transaction_id=number, id_tag_info=_ACCEPTED)

    @_answers(Action.meter_values)
    def meter_values(self, connector_id: int, meter_value: list[dict[str, Any]], **rest: Any) -> Any:
        """Store one row a sampled value."""
        rows = [
            (
                *(self.id, connector_id, rest.get("transaction_id"), taken["timestamp"]),
                *(value.get("measurand", "Energy.Active.Import.Register"), value.get("unit", "Wh"), value["value"]),
            )
            for taken in meter_value
            for value in taken["sampled_value"]
        ]
        with _commit(self._database):
            self._database.executemany(INSERT_VALUE, rows)
        return call_result.MeterValues()

    @_answers(Action.stop_transaction)
    def stop_session(self, transaction_id: int, meter_stop: int, timestamp: str, **rest: Any) -> Any:
        """Close the session."""
        with _commit(self._database):
            self._database.execute(STOP_SESSION, (timestamp, meter_stop, rest.get("reason"), transaction_id))
        return call_result.StopTransaction(id_tag_info=_ACCEPTED)


class _commit:  # noqa: N801  # reads as the statement that it is
    """One transaction for one message."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, at: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    """Serve with a new database."""
    parser = arguments(__doc__)
    parser.add_argument("--db", type=Path, required=True)
    options = parser.parse_args()
    database = create(options.db)

    async def charge(connection: ServerConnection) -> None:
        try:
            await Charger(connection, database).start()
        except ConnectionClosed:
            return

    run(charge, port=options.port)


if __name__ == "__main__":
    main()
