"""A small OCPP server for the tests: it records every Call, judges it by the schemas and answers the minimum."""

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cpoctl.ocpp import Version, version_of
from tests.simulator.judge import faults, faults_sent

Payload = dict[str, Any]
NOW = "2026-03-01T08:00:00Z"


@dataclass(frozen=True)
class Received:
    """A Call that a charger sent."""

    charger_id: str
    message_id: str
    action: str
    payload: Payload


@dataclass
class Backend:
    """Listens on a loopback port while it is entered as a context."""

    reply: dict[str, Callable[[Payload], Payload | None]] = field(default_factory=dict)
    """Answers that differ from the minimum; None leaves the Call unanswered, an `error` key is a CallError."""
    calls: list[Received] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    handshakes: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    """Path, subprotocol and Authorization of each connection."""
    port: int = 0
    _server: Server | None = None
    sends: list[Received] = field(default_factory=list)
    """What came without wanting an answer, in 2.1."""
    _lines: dict[str, ServerConnection] = field(default_factory=dict)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _pending: dict[str, tuple[str, asyncio.Future[Payload]]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1000))

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.go_away()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    async def listen(self) -> None:
        """Listen, on the same port as before if there was one."""
        spoken = [Subprotocol(version.subprotocol) for version in Version]
        self._server = await serve(
            self._talk, "127.0.0.1", self.port, subprotocols=spoken, compression=None, close_timeout=1
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def go_away(self) -> None:
        """Close every connection and stop listening."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def call(self, charger_id: str, action: str, payload: Payload) -> Payload:
        """Call a charger; give its answer, or the error code under `error`."""
        assert not faults(action, payload, version=self._version(charger_id))
        return await self.send_raw(charger_id, action, payload)

    async def send_raw(self, charger_id: str, action: str, payload: Any) -> Payload:
        """Call a charger with anything."""
        message_id = f"server-{next(self._numbers)}"
        answer: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
        self._pending[message_id] = action, answer
        await self._lines[charger_id].send(json.dumps([2, message_id, action, payload]))
        return await answer

    async def send_text(self, charger_id: str, text: str) -> None:
        """Send a charger any frame."""
        await self._lines[charger_id].send(text)

    async def received(self, action: str, count: int = 1) -> list[Payload]:
        """Wait until so many Calls of an action have come; give their payloads."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.payloads(action)) >= count)
        return self.payloads(action)

    async def events(self, count: int = 1) -> list[Payload]:
        """Wait until so many TransactionEvents have come; give their payloads."""
        return await self.received("TransactionEvent", count)

    async def sent(self, count: int = 1) -> list[Payload]:
        """Wait until so many Sends have come; give their payloads."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.sends) >= count)
        return [each.payload for each in self.sends]

    async def received_handshakes(self, count: int) -> None:
        """Wait until so many connections have been made."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.handshakes) >= count)

    def payloads(self, action: str) -> list[Payload]:
        """List the payloads of an action so far."""
        return [call.payload for call in self.calls if call.action == action]

    def actions(self, *but: str) -> list[str]:
        """List the actions in the order they came, without some."""
        return [call.action for call in self.calls if call.action not in but]

    def statuses(self, connector: int = 1) -> list[str]:
        """List the statuses that a connector reported."""
        told = self.payloads("StatusNotification")
        return [
            each.get("connectorStatus") or each["status"]
            for each in told
            if each.get("evseId", each["connectorId"]) == connector
        ]

    async def status(self, wanted: str, connector: int = 1) -> None:
        """Wait until a connector's last status is this one."""
        async with self._news:
            await self._news.wait_for(lambda: self.statuses(connector)[-1:] == [wanted])

    async def _talk(self, line: ServerConnection) -> None:
        assert line.request is not None
        headers, path = line.request.headers, line.request.path
        async with self._news:
            self.handshakes.append((path, line.subprotocol, headers.get("Authorization")))
            self._news.notify_all()
        charger_id = path.rsplit("/", 1)[-1]
        self._lines[charger_id] = line
        with suppress(ConnectionClosed):  # chargers lose their line, that is the point
            async for text in line:
                kind, message_id, *rest = json.loads(text)
                if kind == 6:
                    await self._heard(Received(charger_id, message_id, rest[0], rest[1]))
                elif kind == 2:
                    await self._answer(line, Received(charger_id, message_id, rest[0], rest[1]))
                else:
                    self._resolve(charger_id, message_id, kind, rest)

    async def _heard(self, send: Received) -> None:
        self.faults += faults_sent(send.action, send.payload)
        async with self._news:
            self.sends.append(send)
            self._news.notify_all()

    def _version(self, charger_id: str) -> Version:
        version = version_of(str(self._lines[charger_id].subprotocol))
        assert version is not None
        return version

    async def _answer(self, line: ServerConnection, call: Received) -> None:
        self.faults += faults(call.action, call.payload, version=self._version(call.charger_id))
        special = self.reply.get(call.action)
        reply = special(call.payload) if special is not None else self._minimum(call)
        if reply is not None and "error" in reply:
            await line.send(json.dumps([4, call.message_id, reply["error"], "", {}]))
        elif reply is not None:
            await line.send(json.dumps([3, call.message_id, reply]))
        async with self._news:
            self.calls.append(call)
            self._news.notify_all()

    def _minimum(self, call: Received) -> Payload:
        match call.action:
            case "BootNotification":
                return {"status": "Accepted", "currentTime": NOW, "interval": 300}
            case "Heartbeat":
                return {"currentTime": NOW}
            case "Authorize":
                named = "idTokenInfo" if "idToken" in call.payload else "idTagInfo"
                return {named: {"status": "Accepted"}}
            case "TransactionEvent" if "idToken" in call.payload:
                return {"idTokenInfo": {"status": "Accepted"}}
            case "StartTransaction":
                return {"idTagInfo": {"status": "Accepted"}, "transactionId": next(self._numbers)}
            case "DataTransfer" | "SignCertificate" | "OpenPeriodicEventStream":
                return {"status": "Accepted"}
        return {}

    def _resolve(self, charger_id: str, message_id: str, kind: int, rest: list[Any]) -> None:
        action, answer = self._pending[message_id]
        if answer.done():  # a charger may have been told to answer twice
            return
        if kind == 3:
            self.faults += faults(action, rest[0], answer=True, version=self._version(charger_id))
            answer.set_result(rest[0])
        else:
            answer.set_result({"error": rest[0]})
