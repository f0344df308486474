"""Messages: the values that a frame can be, and the numbers that tell them apart on the wire.

OCPP-J 1.6 §4.2 · OCPP 2.0.1 part 4 §4.2 · OCPP 2.1 part 4 §4.2
"""

from typing import Any, Final

import msgspec

from cpoctl.ocpp import Version
from cpoctl.ocpp.codes import Problem

CALL: Final = 2
CALL_RESULT: Final = 3
CALL_ERROR: Final = 4
CALL_RESULT_ERROR: Final = 5  # 2.1 part 4 §4.2.4
SEND: Final = 6  # 2.1 part 4 §4.2.5
_EARLY = (CALL, CALL_RESULT, CALL_ERROR)
TYPES: Final = {
    Version.V16: _EARLY,
    Version.V201: _EARLY,
    Version.V21: (*_EARLY, CALL_RESULT_ERROR, SEND),
}


class Call(msgspec.Struct, frozen=True):
    """A request; `flags` tell what had to be tolerated to read it. What is `sent` (a SEND of 2.1) takes no answer."""

    message_id: str
    action: str
    payload: dict[str, Any]
    flags: tuple[str, ...] = ()
    sent: bool = False


class ReadCall(msgspec.Struct, frozen=True):
    """A request that keeps the standard, its content already read; the payload is its JSON text."""

    message_id: str
    action: str
    payload: msgspec.Raw
    struct: Any
    sent: bool = False


AnyCall = Call | ReadCall


class CallResult(msgspec.Struct, frozen=True):
    """An answer; its payload is an object unless the charger is broken."""

    message_id: str
    payload: Any
    flags: tuple[str, ...] = ()


class CallError(msgspec.Struct, frozen=True):
    """A refusal."""

    message_id: str
    code: str
    description: str
    details: Any
    flags: tuple[str, ...] = ()


class CallResultError(msgspec.Struct, frozen=True):
    """The charger's word that it cannot use the answer which it got to this Call; takes no answer. 2.1"""

    message_id: str
    code: str
    description: str
    details: Any
    flags: tuple[str, ...] = ()


class Unreadable(msgspec.Struct, frozen=True):
    """A frame that is none of these.

    `answer` tells that it wants a CallError (with the id "-1" if `message_id` is None),
    `answers_call` that it was meant as an answer to the Call with that id.
    """

    problem: Problem
    reason: str
    message_id: str | None = None
    action: str | None = None
    answer: bool = False
    answers_call: bool = False


class Ignored(msgspec.Struct, frozen=True):
    """A frame that wants no answer; `bad` ones count against the charger."""

    reason: str
    bad: bool = False


Frame = Call | CallResult | CallError | CallResultError | Unreadable | Ignored
