"""Frames: one text on the wire becomes one value, and one value becomes one text.

OCPP-J 1.6 §4.2 · OCPP 2.0.1 part 4 §4 · OCPP 2.1 part 4 §4. `parse` never raises: what cannot be read is a value too.
"""

from typing import Any, Final

import msgspec
from msgspec.structs import replace

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
from cpoctl.ocpp.messages import (
    CALL,
    CALL_ERROR,
    CALL_RESULT,
    CALL_RESULT_ERROR,
    SEND,
    TYPES,
    AnyCall,
    Call,
    CallError,
    CallResult,
    CallResultError,
    Frame,
    Ignored,
    ReadCall,
    Unreadable,
)

__all__ = [
    "AnyCall",
    "Call",
    "CallError",
    "CallResult",
    "CallResultError",
    "Frame",
    "Ignored",
    "ReadCall",
    "Tolerance",
    "Unreadable",
    "encode_call",
    "encode_error",
    "encode_raw_call",
    "encode_result",
    "encode_send",
    "parse",
]

NO_ID: Final = "-1"  # 2.0.1 part 4 §4.2.3: the id of an answer to a Call whose own id cannot be read
ID_LENGTH: Final = 36  # OCPP-J 1.6 §4.2.1
ID_LENGTH_TOLERATED: Final = 255  # F-10
NEVER_REFUSED: Final = frozenset(
    {"TransactionEvent", "MeterValues"}
)  # of 2.x: whatever is wrong with them, they are money
DESCRIPTION_LENGTH: Final = 255  # OCPP-J 1.6 §4.2.3

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
    if head is None or head.type not in TYPES[version]:
        return _no_frame(reason, version)
    if head.type in (CALL, SEND):
        return Unreadable(Problem.FORMATION_VIOLATION, reason, head.message_id, head.second, answer=head.type == CALL)
    answers_call = head.type != CALL_RESULT_ERROR
    return Unreadable(Problem.FORMATION_VIOLATION, reason, head.message_id, answers_call=answers_call)


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
    if type(kind) is bool or kind not in TYPES[version]:
        return _unknown_type(frame, version)
    if kind in (CALL_RESULT_ERROR, SEND):
        return _of_21(frame, flags)
    return _call(frame, flags, version) if kind == CALL else _answer(frame, flags)


def _of_21(frame: list[Any], flags: tuple[str, ...]) -> Frame:
    """Read a SEND or a CALLRESULTERROR, neither of which is ever answered. 2.1 part 4 §4.2.4, §4.2.5"""
    if frame[0] == SEND:
        read = _call(frame, flags, Version.V21)
        return replace(read, sent=True) if isinstance(read, Call) else replace(read, answer=False)
    error = _answer(frame, flags)
    if isinstance(error, CallError):
        return CallResultError(error.message_id, error.code, error.description, error.details, error.flags)
    return Unreadable(Problem.FORMATION_VIOLATION, "a CALLRESULTERROR without id or code", error.message_id)


def _unknown_type(frame: list[Any], version: Version) -> Frame:
    if version is Version.V16:
        return Ignored("unknown message type", bad=True)  # F-04, OCPP-J 1.6 §4.1.3
    message_id, _ = _message_id(frame[1]) if len(frame) > 1 else (None, ())
    return Unreadable(Problem.MESSAGE_TYPE_NOT_SUPPORTED, "unknown message type", message_id, answer=True)


def _call(frame: list[Any], flags: tuple[str, ...], version: Version) -> Call | Unreadable:
    malformed = Problem.PROTOCOL_ERROR if version is Version.V16 else Problem.RPC_FRAMEWORK_ERROR
    if len(frame) < 2:
        return _no_frame("a Call without a message id", version)  # F-03
    action = frame[2] if len(frame) > 2 and type(frame[2]) is str else None
    message_id, id_flags = _message_id(frame[1])
    too_long = version is not Version.V16 and message_id is not None and len(message_id) > ID_LENGTH
    if message_id is None or (too_long and action not in NEVER_REFUSED):  # F-10
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


def encode_send(message_id: str, action: str, payload: Any) -> bytes:
    """Write a SEND, which takes no answer. 2.1 part 4 §4.2.5"""
    return _encode((SEND, message_id, action, payload))


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
