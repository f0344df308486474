"""Frames: one text on the wire becomes one value, and one value becomes one text.

OCPP-J 1.6 §4.2 · OCPP 2.0.1 part 4 §4. `parse` never raises: what cannot be read is a value too.
"""

from typing import Any, Final

import msgspec

from cpoctl.ocpp import Version
from cpoctl.ocpp.codes import Problem, spelled
from cpoctl.ocpp.mending import (
    MAX_DEPTH,
    Tolerance,
    Unusable,
    cleaned,
    close_brackets,
    decoded_anyhow,
    salvaged,
    stripped,
    too_deep,
)

__all__ = [
    "AnyCall",
    "Call",
    "CallError",
    "CallResult",
    "Frame",
    "Ignored",
    "ReadCall",
    "Tolerance",
    "Unreadable",
    "encode_call",
    "encode_error",
    "encode_raw_call",
    "encode_result",
    "parse",
]

CALL: Final = 2
CALL_RESULT: Final = 3
CALL_ERROR: Final = 4
NO_ID: Final = "-1"  # 2.0.1 part 4 §4.2.3: the id of an answer to a Call whose own id cannot be read
ID_LENGTH: Final = 36  # OCPP-J 1.6 §4.2.1
ID_LENGTH_TOLERATED: Final = 255  # F-10
DESCRIPTION_LENGTH: Final = 255  # OCPP-J 1.6 §4.2.3


class Call(msgspec.Struct, frozen=True):
    """A request; `flags` tell what had to be tolerated to read it."""

    message_id: str
    action: str
    payload: dict[str, Any]
    flags: tuple[str, ...] = ()


class ReadCall(msgspec.Struct, frozen=True):
    """A request that keeps the standard, its content already read; the payload is its JSON text."""

    message_id: str
    action: str
    payload: msgspec.Raw
    struct: Any


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


class Unreadable(msgspec.Struct, frozen=True):
    """A frame that is none of the three.

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


Frame = Call | CallResult | CallError | Unreadable | Ignored

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
# One scan shows both brackets as `[` and every digit as `0`, so that two substring searches find
# what could be nested too deeply or be too big an integer. A fifth of the cost of a regex.
_SHAPE = bytes.maketrans(b"{123456789", b"[000000000")
_LONG_NUMBER = b"0" * 19


def parse(data: bytes | str, version: Version) -> Frame:
    """Read one frame, tolerantly; never raises."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    try:
        frame = _decode(raw)
    except RecursionError:
        return _unreadable(raw, version, "nested too deeply")  # F-05
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _parse_anyhow(raw, version)
    shape = raw.translate(_SHAPE)
    if b"\\" in raw or _LONG_NUMBER in shape:
        return _parse_cleaned(frame, raw, version)
    if shape.count(b"[") > MAX_DEPTH and too_deep(frame):
        return _unreadable(raw, version, "nested too deeply")  # F-05
    if type(frame) is list and len(frame) == 4 and frame[0] == CALL:
        _, message_id, action, payload = frame
        if (
            type(message_id) is str
            and 0 < len(message_id) <= ID_LENGTH
            and type(action) is str
            and type(payload) is dict
        ):
            return Call(message_id, action, payload)
    return _sorted(frame, (), version)


def _parse_cleaned(frame: Any, raw: bytes, version: Version) -> Frame:
    """Clean a frame that looks as if something in it cannot be kept, then sort it."""
    try:
        value, found = cleaned(frame)
    except Unusable as error:
        return _unreadable(raw, version, str(error))
    return _sorted(value, found, version)


def _parse_anyhow(raw: bytes, version: Version) -> Frame:
    """Read what the strict decoder refused."""
    try:
        text, flags = stripped(raw.decode())
    except UnicodeDecodeError:
        return _unreadable(raw, version, "not UTF-8")
    if not text:
        return Ignored("empty")  # F-02
    if text.lower() in ("ping", "pong"):
        return Ignored(f"{text.lower()} sent as a message")  # mob#99
    try:
        value, found = decoded_anyhow(text)
    except Unusable as error:
        return _closed(text, version) or _unreadable(raw, version, str(error))
    return _sorted(value, (*flags, *found), version)


def _closed(text: str, version: Version) -> Frame | None:
    """Read a CallResult whose last brackets are missing; a Call is never guessed at."""
    head = salvaged(text)
    whole_text = close_brackets(text) if head and head.type == CALL_RESULT else None
    if whole_text is None:
        return None
    try:
        value, found = decoded_anyhow(whole_text)
    except Unusable:
        return None
    return _sorted(value, (Tolerance.CLOSED_BRACKETS, *found), version)


def _unreadable(raw: bytes, version: Version, reason: str) -> Unreadable:
    """Give up on a frame, but not on the id it may start with."""  # F-01
    head = salvaged(raw[:1024].decode(errors="replace"))
    if head is None:
        return _no_frame(reason, version)
    if head.type == CALL:
        return Unreadable(Problem.FORMATION_VIOLATION, reason, head.message_id, head.second, answer=True)
    return Unreadable(Problem.FORMATION_VIOLATION, reason, head.message_id, answers_call=True)


def _no_frame(reason: str, version: Version) -> Unreadable:
    """1.6 has no answer to what has no id; 2.x answers it with the id "-1"."""
    if version is Version.V16:
        return Unreadable(Problem.FORMATION_VIOLATION, reason)
    return Unreadable(Problem.RPC_FRAMEWORK_ERROR, reason, answer=True)


def _sorted(frame: Any, flags: tuple[str, ...], version: Version) -> Frame:
    """Tell what kind of frame a decoded value is."""
    if type(frame) is not list or not frame:
        return _no_frame("not a list with a message type", version)  # F-03
    kind = frame[0]
    if type(kind) is bool or kind not in (CALL, CALL_RESULT, CALL_ERROR):
        return _unknown_type(frame, version)
    return _call(frame, flags, version) if kind == CALL else _answer(frame, flags)


def _unknown_type(frame: list[Any], version: Version) -> Frame:
    if version is Version.V16:
        return Ignored("unknown message type", bad=True)  # F-04, OCPP-J 1.6 §4.1.3
    if version is Version.V21 and frame[0] in (5, 6):
        return Ignored("CALLRESULTERROR and SEND take no answer")  # 2.1 part 4 §4.2.4, §4.2.5
    message_id, _ = _message_id(frame[1]) if len(frame) > 1 else (None, ())
    return Unreadable(Problem.MESSAGE_TYPE_NOT_SUPPORTED, "unknown message type", message_id, answer=True)


def _call(frame: list[Any], flags: tuple[str, ...], version: Version) -> Call | Unreadable:
    malformed = Problem.PROTOCOL_ERROR if version is Version.V16 else Problem.RPC_FRAMEWORK_ERROR
    if len(frame) < 2:
        return _no_frame("a Call without a message id", version)  # F-03
    action = frame[2] if len(frame) > 2 and type(frame[2]) is str else None
    message_id, id_flags = _message_id(frame[1])
    if message_id is None or (version is not Version.V16 and len(message_id) > ID_LENGTH):  # F-10
        return Unreadable(Problem.FORMATION_VIOLATION, "not a message id", message_id, action, answer=True)
    if len(frame) < 3:
        return Unreadable(malformed, "a Call without an action", message_id, answer=True)  # F-03
    if action is None:
        return Unreadable(Problem.NOT_IMPLEMENTED, "the action is not a text", message_id, answer=True)  # F-09
    payload = frame[3] if len(frame) > 3 else ...
    if payload is None:
        return Call(message_id, action, {}, (*flags, *id_flags, Tolerance.NULL_PAYLOAD))  # F-11
    if type(payload) is not dict:
        return Unreadable(Problem.FORMATION_VIOLATION, "the payload is not an object", message_id, action, answer=True)
    return Call(message_id, action, payload, (*flags, *id_flags))  # F-12: further elements are ignored


def _message_id(value: Any) -> tuple[str | None, tuple[str, ...]]:
    """Return a usable message id, or None: an id that cannot be echoed is answered as "-1"."""
    flags: tuple[str, ...] = ()
    if type(value) is int or type(value) is float:
        value, flags = str(value), (Tolerance.NUMERIC_MESSAGE_ID,)
    if type(value) is not str or not 0 < len(value) <= ID_LENGTH_TOLERATED:
        return None, flags
    return value, flags if len(value) <= ID_LENGTH else (*flags, Tolerance.LONG_MESSAGE_ID)


def _answer(frame: list[Any], flags: tuple[str, ...]) -> CallResult | CallError | Unreadable:
    message_id, id_flags = _message_id(frame[1]) if len(frame) > 1 else (None, ())
    flags = (*flags, *id_flags)
    if message_id is None or len(frame) < 3:
        return Unreadable(Problem.FORMATION_VIOLATION, "an answer without id or content", message_id, answers_call=True)
    if frame[0] == CALL_RESULT:
        return _result(message_id, frame[2], flags)
    code, description, details = [*frame[2:5], "", {}][:3] if len(frame) < 5 else frame[2:5]
    if type(code) is not str:
        return Unreadable(Problem.FORMATION_VIOLATION, "an error code that is no text", message_id, answers_call=True)
    return CallError(message_id, code, description if type(description) is str else "", details, flags)


def _result(message_id: str, payload: Any, flags: tuple[str, ...]) -> CallResult:
    if payload is None:
        return CallResult(message_id, {}, (*flags, Tolerance.NULL_PAYLOAD))
    if type(payload) is not dict:
        return CallResult(message_id, payload, (*flags, Tolerance.PAYLOAD_NOT_OBJECT))
    return CallResult(message_id, payload, flags)


def encode_call(message_id: str, action: str, payload: Any) -> bytes:
    """Write a Call."""
    return _encode((CALL, message_id, action, payload))


def encode_raw_call(message_id: str, action: str, payload_json: bytes) -> bytes:
    """Write a Call around a payload that goes out exactly as its author wrote it."""
    return b"[2,%b,%b,%b]" % (_encode(message_id), _encode(action), payload_json)


def encode_result(message_id: str, payload: Any) -> bytes:
    """Write a CallResult."""
    return _encode((CALL_RESULT, message_id, payload))


def encode_error(
    message_id: str | None, problem: Problem, description: str, version: Version, details: dict[str, Any] | None = None
) -> bytes:
    """Write a CallError; no message id is written as "-1"."""
    content = (spelled(problem, version), description[:DESCRIPTION_LENGTH], details or {})
    return _encode((CALL_ERROR, message_id or NO_ID, *content))
