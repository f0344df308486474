"""Peer: the RPC state of one connection, without the connection.

One Call of ours at a time; answers match by id only, and one that comes late still finds the Call it
answers. OCPP-J 1.6 §4.1 · OCPP 2.0.1 part 4 §4.1. Time is a monotonic number of seconds that callers pass in.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, Final

import msgspec

from cpoctl.ocpp import Version, frames
from cpoctl.ocpp.codes import Problem
from cpoctl.ocpp.frames import AnyCall, Call, CallError, CallResult, CallResultError, Ignored, Unreadable

# A repeat of these on one connection is answered as the first was; all others are handled afresh.
REPEATABLE: Final = frozenset(
    ("StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent", "SecurityEventNotification")
)
REPEAT_WITHIN: Final = 15 * 60.0
REMEMBERED: Final = 64
UNSOLICITED_PER_MINUTE: Final = 100  # F-23
BAD_IN_A_ROW: Final = 50
BAD_IN_TEN_MINUTES: Final = 300

IncomingCall = Call


class OutgoingCall(msgspec.Struct, frozen=True, eq=False):
    """A Call of ours as it goes over the wire."""

    message_id: str
    action: str
    frame: bytes


class Answer(msgspec.Struct, frozen=True):
    """What the charger said to a Call of ours; late if we had given up on it."""

    call: OutgoingCall
    frame: CallResult | CallError
    late: bool = False

    @property
    def payload(self) -> Any:
        """The content of a CallResult, None for an error."""
        return self.frame.payload if isinstance(self.frame, CallResult) else None

    @property
    def error(self) -> CallError | None:
        """The refusal, None for a result."""
        return self.frame if isinstance(self.frame, CallError) else None


class Unsolicited(msgspec.Struct, frozen=True):
    """An answer to no Call of this connection; it may belong to an older one (F-24)."""

    frame: CallResult | CallError


class Fault(msgspec.Struct, frozen=True):
    """A frame that cannot be read, what to send back, and the Call of ours that it ends."""

    problem: Problem
    reason: str
    message_id: str | None
    action: str | None
    reply: bytes | None
    ends: OutgoingCall | None = None
    late: bool = False


Event = IncomingCall | Answer | Unsolicited | CallResultError | Fault | Ignored


class Busy(RuntimeError):
    """A Call of ours is still in flight on this connection."""


class Peer:
    """What one connection has said and what we have asked on it."""

    __slots__ = ("_answered", "_bad", "_bad_row", "_given_up", "_new_id", "_unsolicited", "in_flight", "version")

    def __init__(self, version: Version, new_id: Callable[[], str]) -> None:
        self.version = version
        self.in_flight: OutgoingCall | None = None
        self._new_id = new_id
        # Made when first needed: most connections are idle and well-behaved.
        self._given_up: dict[str, OutgoingCall] | None = None
        self._answered: OrderedDict[tuple[str, int, int], tuple[float, bytes]] | None = None
        self._unsolicited: deque[float] | None = None
        self._bad: deque[float] | None = None
        self._bad_row = 0

    def sound(self) -> None:
        """Note a frame that was read elsewhere and is in order."""
        self._bad_row = 0

    def classify(self, data: bytes | str, now: float) -> Event:
        """Read one frame and tell what it means on this connection; never raises."""
        frame = frames.parse(data, self.version)
        if type(frame) is Call:
            self._bad_row = 0
            return frame
        if isinstance(frame, CallResult | CallError):
            return self._matched(frame, now)
        if isinstance(frame, Unreadable):
            self._count_bad(now)
            return self._fault(frame)
        if isinstance(frame, CallResultError):
            self._bad_row = 0
        elif isinstance(frame, Ignored) and frame.bad:
            self._count_bad(now)
        return frame

    def _matched(self, frame: CallResult | CallError, now: float) -> Answer | Unsolicited:
        self._bad_row = 0
        call, late = self._take(frame.message_id)
        if call is not None:
            return Answer(call, frame, late)
        self._unsolicited = _noted(self._unsolicited, now, UNSOLICITED_PER_MINUTE)
        return Unsolicited(frame)

    def _take(self, message_id: str | None) -> tuple[OutgoingCall | None, bool]:
        """End the Call with this id, whether it is in flight or given up."""
        if message_id is None:
            return None, False
        call = self.in_flight
        if call is not None and call.message_id == message_id:
            self.in_flight = None
            return call, False
        return (self._given_up.pop(message_id, None) if self._given_up else None), True

    def _fault(self, frame: Unreadable) -> Fault:
        reply = None
        if frame.answer:
            reply = frames.encode_error(frame.message_id, frame.problem, frame.reason, self.version)
        ends, late = self._take(frame.message_id) if frame.answers_call else (None, False)
        return Fault(
            frame.problem, frame.reason, frame.message_id, frame.action, reply, ends, late and ends is not None
        )

    def _count_bad(self, now: float) -> None:
        self._bad_row += 1
        self._bad = _noted(self._bad, now, BAD_IN_TEN_MINUTES)

    def too_many(self, now: float) -> str | None:
        """Return why this connection should be closed with 1008, if it should."""
        if self._bad_row >= BAD_IN_A_ROW:
            return f"{BAD_IN_A_ROW} bad frames in a row"
        if _full(self._bad, now - 600.0, BAD_IN_TEN_MINUTES):
            return f"{BAD_IN_TEN_MINUTES} bad frames in 10 minutes"
        if _full(self._unsolicited, now - 60.0, UNSOLICITED_PER_MINUTE):
            return f"{UNSOLICITED_PER_MINUTE} unsolicited answers in a minute"
        return None

    def repeated(self, call: AnyCall, raw: bytes, now: float) -> bytes | None:
        """Return the answer already given to the same id and the same bytes."""  # F-25
        if self._answered is None or call.action not in REPEATABLE:
            return None
        answered_at, reply = self._answered.get(_key(call, raw), (None, None))
        return reply if answered_at is not None and now - answered_at < REPEAT_WITHIN else None

    def answered(self, call: AnyCall, raw: bytes, reply: bytes, now: float) -> None:
        """Remember an answer that a repeat must get again."""
        if call.action not in REPEATABLE:
            return
        if self._answered is None:
            self._answered = OrderedDict()
        key = _key(call, raw)
        self._answered[key] = (now, reply)
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)

    def call(self, action: str, payload_json: bytes) -> OutgoingCall:
        """Begin a Call of ours whose payload goes out exactly as its author wrote it."""
        message_id = self._new_id()
        return self.begin(action, frames.encode_raw_call(message_id, action, payload_json), message_id)

    def begin(self, action: str, frame: bytes, message_id: str) -> OutgoingCall:
        """Note a Call that is about to be sent; raise Busy if one is in flight."""  # OCPP-J 1.6 §4.1.1
        if self.in_flight is not None:
            raise Busy(f"{self.in_flight.action} is still waiting for its answer")
        self.in_flight = OutgoingCall(message_id, action, frame)
        return self.in_flight

    def give_up(self, call: OutgoingCall) -> None:
        """Stop waiting, but remember the Call: its answer may still come."""
        if self.in_flight is not call:
            return
        self.in_flight = None
        if self._given_up is None:
            self._given_up = {}
        self._given_up[call.message_id] = call
        if len(self._given_up) > REMEMBERED:
            del self._given_up[next(iter(self._given_up))]


def _key(call: AnyCall, raw: bytes) -> tuple[str, int, int]:
    """Stand for a frame in the memory of answers, which must not hold 64 whole frames.

    Python's own hash of the bytes (SipHash under a key of this process, 64 bits, kept in the object)
    is enough beside id and length: a charger that found a collision would fool only itself.
    """
    return call.message_id, len(raw), hash(raw)


def _noted(times: deque[float] | None, now: float, most: int) -> deque[float]:
    noted = deque[float](maxlen=most) if times is None else times
    noted.append(now)
    return noted


def _full(times: deque[float] | None, since: float, most: int) -> bool:
    return times is not None and len(times) == most and times[0] > since
