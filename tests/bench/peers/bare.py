"""The bare loop: websockets, msgspec, jsonschema-rs and group commit, with no journal, no live state, no rules.

What it leaves out is what cpoctl adds; its rate shows the price of that.
"""

import asyncio
import itertools
import json
import threading
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
from websockets.asyncio.server import ServerConnection

from tests.bench.peers.database import INSERT_SESSION, INSERT_VALUE, STOP_SESSION, create
from tests.bench.peers.running import arguments, charger_id, run

_ACTIONS = ("BootNotification", "Heartbeat", "Authorize", "StartTransaction", "MeterValues", "StopTransaction")
_ACCEPTED = {"status": "Accepted"}
_Rows = tuple[str, list[tuple[Any, ...]]]


class GroupCommit:
    """A writer thread that commits whatever queued up while the last commit ran."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: list[tuple[_Rows, asyncio.Future[None]]] = []
        self._wake = threading.Event()

    def start(self) -> None:
        """Start the thread, for the running loop."""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._write, daemon=True).start()

    def stored(self, rows: _Rows) -> asyncio.Future[None]:
        """Queue rows; the future is done when they are on disk."""
        future = self._loop.create_future()
        self._queue.append((rows, future))
        self._wake.set()
        return future

    def _write(self) -> None:
        database = create(self._path)
        while self._wake.wait():
            self._wake.clear()
            batch, self._queue = self._queue, []
            database.execute("BEGIN IMMEDIATE")
            statements: dict[str, list[tuple[Any, ...]]] = {}
            for (statement, rows), _ in batch:
                statements.setdefault(statement, []).extend(rows)
            for statement, rows in statements.items():
                database.executemany(statement, rows)
            database.execute("COMMIT")
            self._loop.call_soon_threadsafe(_resolve, [future for _, future in batch])


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


class Bare:
    """Answers the Calls of a session, and nothing else."""

    def __init__(self, path: Path) -> None:
        schemas = files("ocpp.v16").joinpath("schemas")
        self._validators = {
            action: jsonschema_rs.validator_for(json.loads(schemas.joinpath(f"{action}.json").read_text("utf-8-sig")))
            for action in _ACTIONS
        }
        self._numbers = itertools.count(1)
        self.store = GroupCommit(path)

    async def charge(self, connection: ServerConnection) -> None:
        """Serve one charger."""
        charger = charger_id(connection)
        async for text in connection:
            _, message_id, action, payload = msgspec.json.decode(text)
            if not self._validators[action].is_valid(payload):
                await connection.send(_json([4, message_id, "FormationViolation", "", {}]))
                continue
            rows, answer = self._handle(charger, action, payload)
            if rows is not None:
                await self.store.stored(rows)
            await connection.send(_json([3, message_id, answer]))

    def _handle(self, charger: str, action: str, call: dict[str, Any]) -> tuple[_Rows | None, dict[str, Any]]:
        """Return the rows to store, if any, and the answer."""
        match action:
            case "MeterValues":
                return (INSERT_VALUE, _values(charger, call)), {}
            case "StartTransaction":
                number = next(self._numbers)
                start = (number, charger, call["connectorId"], call["idTag"], call["timestamp"], call["meterStart"])
                return (INSERT_SESSION, [start]), {"transactionId": number, "idTagInfo": _ACCEPTED}
            case "StopTransaction":
                stop = (call["timestamp"], call["meterStop"], call.get("reason"), call["transactionId"])
                return (STOP_SESSION, [stop]), {"idTagInfo": _ACCEPTED}
            case "Authorize":
                return None, {"idTagInfo": _ACCEPTED}
            case "BootNotification":
                return None, {"currentTime": _now(), "interval": 300, "status": "Accepted"}
            case _:
                return None, {"currentTime": _now()}


def _values(charger: str, call: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return one row a sample time, as cpoctl stores them."""
    connector, transaction = call["connectorId"], call.get("transactionId")
    return [
        (charger, connector, transaction, taken["timestamp"], None, None, _json(taken["sampledValue"]))
        for taken in call["meterValue"]
    ]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    """Serve with a new database."""
    parser = arguments(__doc__)
    parser.add_argument("--db", type=Path, required=True)
    options = parser.parse_args()
    bare = Bare(options.db)
    run(bare.charge, port=options.port, ping_interval=None, started=bare.store.start)


if __name__ == "__main__":
    main()
