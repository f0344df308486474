"""Admission: who may connect. Path, origin, known or not, password, and which of two connections wins.

DESIGN §6 · RELIABILITY §1.2, S-01 to S-05, S-14, S-17. A refusal is an HTTP answer to the handshake, so that
nothing of an unknown peer ever reaches the protocol.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from websockets.http11 import Request

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.auth import NOBODYS, Buckets, Passwords, password
from cpoctl.csms.commands import new_message_id
from cpoctl.csms.connection import Connection
from cpoctl.csms.fleet import Fleet
from cpoctl.csms.holds import HOLD
from cpoctl.csms.identity import charger_id, chosen, subprotocols
from cpoctl.csms.ledger import noted
from cpoctl.csms.websocket import WebSocket
from cpoctl.domain.fleet import LiveCharger
from cpoctl.errors import StoreUnavailable
from cpoctl.foreground import files_most
from cpoctl.ocpp import Version
from cpoctl.store import DuplicateRow, StoreState, rows

_log = logging.getLogger(__name__)
WAITING_MOST: Final = 200  # unknown chargers that wait for the operator, S-02
HANDSHAKES_MOST: Final = 4000  # in progress at once; a whole fleet may come back in one second, from one address
HANDSHAKES_OF_ONE: Final = 20  # of one address, once half of the room is taken: so nobody fills it alone (S-14)
PING_WITHIN: Final = 5.0
NO_SUBPROTOCOL: Final = "no common subprotocol"
NAMELESS: Final = "?"  # no charger can be called so: stands for those whose path names none
ALLOWED_ORIGINS: Final = frozenset({"https://github.com/gilmaimon/TinyWebsockets"})  # ESP32 chargers, ha#442


def room() -> int:
    """How many connections chargers may have: a third of the process's files is for operators, the database and images (S-15)."""
    return files_most() * 2 // 3


@dataclass(frozen=True)
class Refusal(Exception):
    """Why a handshake is refused."""

    status: int
    reason: str
    retry_after: int | None = None


@dataclass
class Admission:
    """The door of the charger port. `unknown` is the policy: reject, pending or accept.

    With `hide_unknown` a refused stranger hears and waits what a wrong password does (S-03).
    """

    fleet: Fleet
    unknown: str
    hide_unknown: bool = False
    passwords: Passwords = field(default_factory=Passwords)
    refused: Counter[int] = field(default_factory=Counter)
    room: int = field(default_factory=room)
    _opening: dict[WebSocket, asyncio.Task[None] | None] = field(default_factory=dict)
    _openings: Counter[str] = field(default_factory=Counter)  # by address
    _coming_in: set[str] = field(default_factory=set)  # unknown chargers whose row is being written
    _by_address: Buckets = field(default_factory=lambda: Buckets(10, 1.0))
    _told: Buckets = field(default_factory=lambda: Buckets(1, 60.0))
    _by_id: Buckets = field(default_factory=lambda: Buckets(10, 10.0))

    def arrived(self, socket: WebSocket) -> bool:
        """Let a handshake begin, unless too many are in progress."""
        taken, most = len(self._opening), min(HANDSHAKES_MOST, self.room - len(self.fleet.connections))
        if taken >= most:
            self._full(taken)
            return False
        if taken >= most // 2 and self._openings[socket.address] >= HANDSHAKES_OF_ONE:
            return False
        self._opening[socket] = None
        self._openings[socket.address] += 1
        return True

    def _full(self, opening: int) -> None:
        if self._told.take("full", self.fleet.clock.monotonic()) == 0:
            there = f"{len(self.fleet.connections)} chargers and {opening} handshakes"
            _log.warning("no room for more connections beside %s; LimitNOFILE or ulimit -n gives more", there)

    def knocked(self, socket: WebSocket, request: Request) -> None:
        """Judge a handshake in a task of its own."""
        self._opening[socket] = asyncio.get_running_loop().create_task(self._judge(socket, request))

    def left(self, socket: WebSocket) -> None:
        """The handshake is over; stop judging one whose other side has gone."""
        if socket not in self._opening:
            return
        task = self._opening.pop(socket)
        self._openings[socket.address] -= 1
        if not self._openings[socket.address]:
            del self._openings[socket.address]
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _judge(self, socket: WebSocket, request: Request) -> None:
        try:
            await self._admit(socket, request)
        except Refusal as refusal:
            self.refused[refusal.status] += 1
            headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
            if refusal.status == 401:
                headers["WWW-Authenticate"] = 'Basic realm="ocpp", charset="UTF-8"'
            socket.refuse(refusal.status, refusal.reason, headers)
        except Exception:  # noqa: BLE001 # supervises the task of one handshake
            _log.exception("a handshake failed")
            socket.refuse(500, "the server failed on this handshake")

    async def _admit(self, socket: WebSocket, request: Request) -> None:
        if not socket.understands(request):
            socket.accept(request, _Nobody(), None)  # the answer says what is wrong with the handshake
            return
        name = charger_id(request.path)
        if name is None:
            self._note_knock(NAMELESS, "the path names no charger", socket.address)
            raise Refusal(404, "the path names no charger")
        self._refuse_while_failing()
        if left := self.fleet.holds.left(name, socket.address, self.fleet.clock.monotonic()):
            raise Refusal(429, "this charger has to wait", int(left) + 1)
        version, subprotocol = chosen(subprotocols(request.headers.get_all("Sec-WebSocket-Protocol")))
        charger = await self._charger(name, socket.address, request)
        auth = await self._authenticate(charger, socket, request)
        if auth == "none":
            await self._let_the_living_stay(charger, socket)
        self._note_takeover(charger, socket)
        self._refuse_while_failing()  # again: those that are open are sent away at the moment of the failure
        self._open(socket, request, charger, version, subprotocol, auth)

    def _refuse_while_failing(self) -> None:
        if self.fleet.ledger.store.state is StoreState.FAILING:
            raise Refusal(503, "nothing can be stored at the moment", 30)

    def _open(
        self,
        socket: WebSocket,
        request: Request,
        charger: LiveCharger,
        version: Version | None,
        subprotocol: str | None,
        auth: str,
    ) -> None:
        fleet = self.fleet
        spoken = version or Version.V16
        number = fleet.ledger.next_connection()
        connection = Connection(fleet, charger, socket, spoken, number, new_message_id, fleet.clock.monotonic())
        if version is None:
            # OCPP-J 1.6 §3.1.2: finish the handshake without a subprotocol, then close.
            self._note_knock(charger.charger_id, NO_SUBPROTOCOL, socket.address)
            if socket.accept(request, _Nobody(), None):
                socket.close(1002, NO_SUBPROTOCOL)
        elif socket.accept(request, connection, subprotocol, compression=spoken is not Version.V16):  # F-20
            fleet.opened(connection, auth)

    # Known or not

    async def _charger(self, name: str, address: str, request: Request) -> LiveCharger:
        charger = self.fleet.live.charger(name)
        if charger is not None and (charger.known or self.unknown != "accept"):
            return charger
        if self.unknown == "accept":
            return await self._take_in(self.fleet.live.spelled(name), "Accepted", known=True)
        if self.unknown == "pending" and self.fleet.live.waiting() + len(self._coming_in) < WAITING_MOST:
            return await self._take_in(self.fleet.live.spelled(name), "Pending", known=False)
        reason = "unknown" if self.unknown == "reject" else f"{WAITING_MOST} unknown chargers wait already"
        self._note_knock(name, reason, address)
        if self.hide_unknown:
            await self._hide(name, address, request)
        raise Refusal(404, "unknown charger")  # OCPP-J 1.6 §3.2

    async def _hide(self, name: str, address: str, request: Request) -> None:
        """Do what a wrong password costs, and refuse as it is refused."""
        attempt = password(request.headers.get_all("Authorization"), name)
        if attempt is not None:
            self._slow_down(name, address)
            await self.passwords.right(NOBODYS, attempt)
        raise Refusal(401, "name and password are needed")

    async def _take_in(self, name: str, registration: str, *, known: bool) -> LiveCharger:
        waiting = self.fleet.live.charger(name)
        row: rows.Row = rows.Charger(name, registration, int(known), stored(self.fleet.clock.now()))
        event: events.Event = events.ChargerAdded(charger_id=name, registration=registration, known=known)
        if waiting is not None:
            row = rows.ChargerRegistration(registration, int(known), waiting.charger_id)
            event = events.RegistrationChanged(charger_id=waiting.charger_id, registration=registration, known=known)
        self._coming_in.add(name.casefold())
        try:
            await self.fleet.ledger.write([row], [event])
        except StoreUnavailable:
            raise Refusal(503, "nothing can be stored at the moment", 30) from None
        except DuplicateRow:
            _log.debug("%s was taken in meanwhile", name)
        finally:
            self._coming_in.discard(name.casefold())
        charger = self.fleet.live.charger(name)
        if charger is None:
            raise Refusal(503, "try again", 1)
        return charger

    def _note_knock(self, name: str, reason: str, address: str) -> None:
        knock = rows.Knock(name, reason, address, stored(self.fleet.clock.now()))
        self.fleet.ledger.commit([knock], [], noted)

    # Passwords

    async def _authenticate(self, charger: LiveCharger, socket: WebSocket, request: Request) -> str:
        """`none` or `basic`; raises Refusal. A charger without a password is profile 0."""
        kept = [hash_ for hash_ in (charger.password_hash, charger.password_next_hash) if hash_]
        offered = request.headers.get_all("Authorization")
        # Its first password counts from the moment at which it is used or accepted (A01.FR.03).
        if not kept or (charger.password_hash is None and not offered):
            origin = request.headers.get("Origin")
            if origin is not None and origin not in ALLOWED_ORIGINS:
                raise Refusal(403, "this origin may not connect")  # S-17
            return "none"
        attempt = password(offered, charger.charger_id)
        if attempt is None:
            self._refuse_guess(charger, socket, "no usable credentials")
            raise Refusal(401, "name and password are needed")
        if not any(self.passwords.known(hash_, attempt) for hash_ in kept):
            self._slow_down(charger.charger_id, socket.address)
        for hash_ in kept:
            if await self.passwords.right(hash_, attempt):
                self._by_id.clear(charger.charger_id.casefold())
                self._by_address.clear(socket.address)
                self._promote(charger, hash_)
                return "basic"
        self._refuse_guess(charger, socket, "wrong password")
        raise Refusal(401, "name and password are needed")

    def _slow_down(self, name: str, address: str) -> None:
        now = self.fleet.clock.monotonic()
        wait = max(self._by_address.take(address, now), self._by_id.take(name.casefold(), now))
        if wait > 0:
            raise Refusal(429, "too many attempts", int(wait) + 1)  # S-04

    def _refuse_guess(self, charger: LiveCharger, socket: WebSocket, reason: str) -> None:
        self._note_knock(charger.charger_id, reason, socket.address)
        self._note(charger, "FailedToAuthenticate", f"{reason} from {socket.address}")  # A00.FR.323

    def _promote(self, charger: LiveCharger, used: str) -> None:
        """The first login with the next password ends the old one (S-07, A01.FR.03)."""
        if used != charger.password_next_hash:
            return
        row = rows.ChargerPassword(used, None, charger.charger_id)
        event = events.PasswordChanged(charger_id=charger.charger_id, password_hash=used, password_next_hash=None)
        self.fleet.ledger.commit([row], [event], noted)

    # Two connections of one charger

    async def _let_the_living_stay(self, charger: LiveCharger, socket: WebSocket) -> None:
        """Without authentication an old connection from another address stays if it answers a ping (§1.2)."""
        old = self.fleet.connection(charger.charger_id)
        if old is None or old.socket.address == socket.address:
            return
        if await old.lives(PING_WITHIN):
            self._note(charger, "DuplicateId", f"refused a second connection from {socket.address}")
            raise Refusal(409, "this charger is connected from another address", 60)

    def _note_takeover(self, charger: LiveCharger, socket: WebSocket) -> None:
        """Keep who took whose place; the later of two addresses that do it all the time has to wait (S-01)."""
        old = self.fleet.connection(charger.charger_id)
        if old is None or old.socket.address == socket.address:
            return
        self._note(charger, "Takeover", f"{socket.address} took the place of {old.socket.address}")
        held = self.fleet.holds.takeover(
            charger.charger_id, old.socket.address, socket.address, self.fleet.clock.monotonic()
        )
        if held is not None:
            both = f"{socket.address} and {old.socket.address} take its place from each other"
            self._note(charger, "Flapping", f"{both}; {held} has to wait {HOLD:g} s")
        if held == socket.address:
            raise Refusal(429, "this charger has to wait", int(HOLD))

    def _note(self, charger: LiveCharger, kind: str, info: str) -> None:
        """A security event, once a minute: whoever knows an id may try as often as it likes."""
        if self._told.take(f"{charger.charger_id} {kind} {info}", self.fleet.clock.monotonic()) > 0:
            return
        at = stored(self.fleet.clock.now())
        row = rows.SecurityEvent(charger.charger_id, kind, at, info, at, at, "csms")
        event = events.SecurityEventReported(charger_id=charger.charger_id, kind=kind, info=info, source="csms")
        self.fleet.ledger.commit([row], [event], noted)


class _Nobody:
    """The receiver of a socket that is about to be closed."""

    def text(self, data: bytes) -> None:
        """Nothing is read any more."""

    def pong(self) -> None:
        """Nothing is read any more."""

    def closed(self, code: int | None, reason: str) -> None:
        """Nobody waits for it."""
