"""What operations and the control API get to work with inside the server."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cpoctl import __version__, operations
from cpoctl.clock import Clock
from cpoctl.csms import auth
from cpoctl.csms.central import CentralSystem
from cpoctl.domain.fleet import LiveFleet
from cpoctl.errors import Conflict, Expired, UsageProblem, nearest
from cpoctl.events import Bus, Event
from cpoctl.ocpp import Version, schemas
from cpoctl.operations import Answer, Operator, Query, Request
from cpoctl.store import DuplicateRow, Record, StoreState
from cpoctl.store.rows import Row

_EVENTS = "SELECT seq, at, type, charger_id, data FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
_OLDEST = "SELECT min(seq) AS seq FROM event"


class ServerOperator:
    """An operator at work in the server, on behalf of an actor."""

    def __init__(self, central: CentralSystem, actor: str) -> None:
        self._central = central
        self.store: operations.Store = central.store
        self.live: LiveFleet = central.ledger.live
        self.clock: Clock = central.clock
        self.actor = actor

    async def call(self, charger_id: str, request: Request, *, timeout: float, check: bool = True) -> Answer:
        """Send one Call and wait for the charger's answer."""
        connection = self._central.fleet.connection(charger_id)
        if check:
            judged(request, connection.version if connection else Version.V16)
        return await self._central.fleet.call(charger_id, request, actor=self.actor, patience=timeout)

    async def commit(self, rows: Sequence[Row], happened: Sequence[Event] = ()) -> None:
        """Commit rows and events, then apply and publish the events."""
        try:
            await self._central.ledger.write(rows, happened)
        except DuplicateRow as error:
            raise Conflict("it exists already", hints=["cpoctl charger list", "cpoctl tag list"]) from error

    async def disconnect(self, charger_id: str, reason: str) -> None:
        """Close the charger's connection, if it has one."""
        if connection := self._central.fleet.connection(charger_id):
            connection.socket.close(1000, reason)

    async def hashed(self, password: str) -> str:
        """The stored form of a charger's password; hashing a chosen one takes a thread's 40 ms."""
        return await asyncio.to_thread(auth.hashed, password)

    def new_password(self) -> str:
        """A key that nobody can guess."""
        return auth.made()

    async def backup(self, target: Path) -> None:
        """Copy the database while it is in use."""
        await self._central.store.backup(target)


def judged(request: Request, version: Version) -> None:
    """Hold a request against the official schema. Raises UsageProblem."""
    judge = schemas.judge(version, request.action)
    if judge is None:
        near = schemas.nearest_action(version, request.action)
        raise UsageProblem(
            f"OCPP {version} has no action {request.action}{nearest(request.action, [near]) if near else ''}",
            target=request.action,
            hints=["cpoctl ocpp actions    all that it has"],
        )
    payload = json.loads(request.payload) if isinstance(request.payload, str) else dict(request.payload)
    found = judge.violations(payload)
    if found:
        wrong = "; ".join(f"{violation.path or 'payload'}: {violation.message}" for violation in found[:3])
        raise UsageProblem(
            f"the payload breaks the schema of {request.action}: {wrong}",
            target=request.action,
            hints=[f"cpoctl ocpp schema {request.action}    what the standard wants"],
            detail={
                "decided_by": "cpoctl",
                "violations": [f"{violation.path} {violation.rule}: {violation.message}" for violation in found],
            },
        )


class Face:
    """What the control API asks of the server."""

    def __init__(self, central: CentralSystem) -> None:
        self._central = central
        self.live: LiveFleet = central.ledger.live
        self.bus: Bus = central.ledger.bus
        self.clock: Clock = central.clock

    @property
    def latest_seq(self) -> int:
        """The sequence number of the newest event that was published."""
        return self._central.ledger.latest_seq

    async def query(self, query: Query) -> list[Any]:
        """The query's rows, selected on a reader's thread, with their live overlay."""
        rows = await self._central.store.reading(query.select)
        now = self.clock.now()
        return [query.overlay(row, self.live, now) for row in rows]

    def operator(self, actor: str) -> Operator:
        """What an act of this actor has at hand."""
        return ServerOperator(self._central, actor)

    async def events_since(self, seq: int, limit: int) -> list[Record]:
        """Stored events after `seq`, oldest first. Raises Expired when some of them are gone."""
        oldest = (await self._central.store.read(_OLDEST))[0]["seq"]
        first_kept = oldest if oldest is not None else self.latest_seq + 1
        if seq + 1 < first_kept:
            raise Expired(f"events up to {first_kept - 1} are no longer kept", hints=["GET /v1/snapshot"])
        return await self._central.store.read(_EVENTS, (seq, limit))

    def health(self) -> Mapping[str, Any]:
        """What `status` tells of the server itself."""
        return {
            "version": __version__,
            "started_at": self._central.started_at,
            "store": str(self._central.store.state),
            "messages_per_s": self._central.server.rate(),
        }

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether facts can be written."""
        state = self._central.store.state
        return state is not StoreState.FAILING, {"store": str(state)}

    def metrics(self) -> Mapping[str, float]:
        """The counters."""
        admission, dispatch = self._central.admission, self._central.fleet.dispatch
        return {
            **{f'cpoctl_messages_total{{action="{name}"}}': n for name, n in dispatch.received.items()},
            **{f'cpoctl_handshakes_refused_total{{status="{status}"}}': n for status, n in admission.refused.items()},
            "cpoctl_auth_hash_total": admission.passwords.computed,
            "cpoctl_events_total": self.latest_seq,
        }
