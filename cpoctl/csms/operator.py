"""What operations and the control API get to work with inside the server."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cpoctl import __version__, operations
from cpoctl.clock import Clock
from cpoctl.csms import auth
from cpoctl.csms.giving_way import Step, beside
from cpoctl.csms.judging import asked, judged, spoken
from cpoctl.csms.ledger import noted
from cpoctl.csms.rebuilding import rebuilt
from cpoctl.csms.rehearsal import rehearsed
from cpoctl.csms.reports import Awaited
from cpoctl.csms.runs import Cause
from cpoctl.csms.watching import Watching
from cpoctl.domain.fleet import LiveFleet
from cpoctl.errors import Conflict, Expired, TimedOut, UsageProblem
from cpoctl.events import Bus, Event
from cpoctl.explaining import Explanation, explanation
from cpoctl.knowledge import NO_ANSWER
from cpoctl.ocpp import Version
from cpoctl.operations import Act, Answer, Ask, Query, Report, Request, Role
from cpoctl.operations.task import FrameRow, Order
from cpoctl.store import DuplicateRow, Read, Record, StoreState
from cpoctl.store.rows import Row

if TYPE_CHECKING:
    from cpoctl.csms.central import CentralSystem

PATIENCE_MOST: Final = 600.0
ROWS_MOST: Final = 200_000  # of one question; they stand in the memory of the server that serves the chargers
_EVENTS = "SELECT seq, at, type, charger_id, data FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
_PLAIN = frozenset({"Accepted", "Unlocked", "Answered"})  # answers that want no explaining
_PARTS = """
SELECT payload FROM report_part WHERE charger_id = ? AND action = ? AND request_id = ?
GROUP BY coalesce(seq_no, -report_part_id) ORDER BY seq_no, report_part_id
"""
_OLDEST = "SELECT min(seq) AS seq FROM event"


class ServerOperator:
    """An operator at work in the server, on behalf of an actor."""

    def __init__(self, central: "CentralSystem", actor: str, role: Role = Role.ADMIN) -> None:
        self._central = central
        self.answered = 0
        self.cause: Cause | None = None
        self.tasks: operations.Tasks = central.tasks
        self.store: operations.Store = central.store
        self.files: operations.Files = central.files
        self.live: LiveFleet = central.ledger.live
        self.clock: Clock = central.clock
        self.actor = actor
        self.role = role

    def version(self, charger_id: str) -> Version:
        """The version of OCPP that the charger speaks now, or spoke last."""
        version = spoken(self.live, charger_id)
        if version is None:
            raise self._central.fleet.offline(charger_id)
        return version

    async def call(self, charger_id: str, ask: Ask | Request, *, timeout: float, check: bool = True) -> Answer:
        """Send one Call, in the charger's version, and wait for the charger's answer."""
        if not timeout <= PATIENCE_MOST:  # it has the charger's turn for so long
            raise UsageProblem(f"--timeout: at most {PATIENCE_MOST:g} seconds", hints=["--timeout 30"])
        version = self.version(charger_id)
        request = asked(ask, version, charger_id)
        if check:
            judged(request, version)
        try:
            answer = await self._central.fleet.call(
                charger_id, request, actor=self.actor, patience=timeout, cause=self.cause
            )
        except TimedOut as error:
            known = await self._explained(charger_id, request.action, NO_ANSWER)
            error.detail["why"], error.hints = list(known.why), (*error.hints, *known.tries)
            raise
        self.answered += 1
        if answer.error is None and answer.status in _PLAIN:
            return answer
        known = await self._explained(charger_id, request.action, answer.status)
        return replace(answer, why=known.why, tries=known.tries)

    async def report(self, charger_id: str, ask: Ask, *, of: str, request_id: int, timeout: float) -> Report:
        """Ask for a report and wait for the messages that bring it."""
        awaited, whole = Awaited(of, request_id), False
        with Watching(self._central.ledger.bus, self.live, charger_id) as watch:
            answer = await self.call(charger_id, ask, timeout=timeout)
            if answer.status != "Accepted":
                return Report(answer, [], whole=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    whole = await watch.until(awaited.ended_by)
        found = await self.store.read(_PARTS, (answer.charger_id, of, request_id))
        return Report(answer, [msgspec.json.decode(record["payload"]) for record in found], whole)

    async def _explained(self, charger_id: str, action: str, status: str) -> Explanation:
        """What the field knows of such an answer of a charger of this make."""
        charger = self.live.charger(charger_id)
        if charger is None:
            return Explanation()
        make = charger.vendor, charger.model, charger.firmware
        # What is known is read from files at the first time, which must not hold up the other chargers.
        version = self.version(charger_id)
        return await asyncio.to_thread(explanation, *make, action, status, charger.charger_id, version)

    async def commit(self, rows: Sequence[Row], happened: Sequence[Event] = ()) -> None:
        """Commit rows and events, then apply and publish the events."""
        try:
            await self._central.ledger.write(rows, happened)
        except DuplicateRow as error:
            raise Conflict("it exists already", hints=["cpoctl charger list", "cpoctl tag list"]) from error

    async def until(self, charger_id: str, reached: Callable[[Event], bool], *, within: float) -> bool:
        """Wait for a stored event of a charger that makes it so, at the most `within` seconds; whether one did."""
        with Watching(self._central.ledger.bus, self.live, charger_id) as watch:
            try:
                async with asyncio.timeout(within):
                    return await watch.until(lambda event: reached(event) or None)
            except TimeoutError:
                return False

    def watching(self, charger_id: str) -> Watching:
        """Hear what happens to a charger while the block lasts."""
        return Watching(self._central.ledger.bus, self.live, charger_id)

    async def ping(self, charger_id: str, within: float) -> float | None:
        """Ask the socket for a sign of life; the seconds until one came, or None."""
        connection = self._central.fleet.connection(charger_id)
        if connection is None:
            raise self._central.fleet.offline(charger_id)
        asked = self.clock.monotonic()
        return self.clock.monotonic() - asked if await connection.lives(within) else None

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

    async def rebuilt(self, charger_id: str, sessions: Sequence[int]) -> Mapping[int, Record | str]:
        """Sessions of one charger as the journal tells them; with rests while chargers are there that could wait."""

        def work(read: Read, step: Step) -> dict[int, Record | str]:
            with closing(self._central.store.scratch()) as scratch:
                return rebuilt(read, scratch, charger_id, sessions, step)

        busy = any(charger.connected for charger in self.live.chargers.values())
        return await beside(self.store, work, rests=busy)


class Face:
    """What the control API asks of the server."""

    def __init__(self, central: "CentralSystem") -> None:
        self._central = central
        self.live: LiveFleet = central.ledger.live
        self.bus: Bus = central.ledger.bus
        self.clock: Clock = central.clock

    @property
    def files(self) -> operations.Files:
        """The file exchange."""
        return self._central.files

    @property
    def latest_seq(self) -> int:
        """The sequence number of the newest event that was published."""
        return self._central.ledger.latest_seq

    async def query(self, query: Query) -> list[Any]:
        """The query's rows, selected on a reader's thread, with their live overlay."""
        rows = await self._central.store.bounded(query.select, ROWS_MOST)
        now = self.clock.now()
        return query.chosen([query.overlay(row, self.live, now) for row in rows])

    async def act(self, act: Act, actor: str, role: Role) -> Any:
        """Do it, and keep that as a task."""
        return await self._central.tasks.perform(act, actor, role)

    async def start(self, order: Order) -> int:
        """Begin a task; its number."""
        return await self._central.tasks.start(order)

    async def rehearse(self, act: Act, actor: str, role: Role) -> list[FrameRow]:
        """What an act would send and write."""
        return await rehearsed(act, ServerOperator(self._central, actor, role))

    async def read(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        """Run one SELECT."""
        return await self._central.store.read(sql, params)

    def note(self, unit: Sequence[Row]) -> None:
        """Commit rows that nobody waits for."""
        self._central.ledger.commit(unit, [], noted)

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
            "address": self._central.server.address,
            "db": str(self._central.store.path),
            "unknown": self._central.admission.unknown,
            "any_tag": self.live.accepts_unknown_tags,
            "files": self._central.files.facts(),
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
