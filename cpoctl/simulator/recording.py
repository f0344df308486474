"""A recording: what a charger and a server once said to each other, as `cpoctl log export` writes it.

Nothing here does I/O. Times and ids are what a second playing cannot have in common with the first: transaction ids
are mapped, and both are left out where answers are compared.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.frames import CallError, CallResult, parse
from cpoctl.ocpp.messages import CALL, SEND
from cpoctl.simulator.simtime import moment

Payload = dict[str, Any]
JUDGED: Final = 200
_OWN_EACH_TIME: Final = frozenset({"transactionId", "currentTime", "expiryDate", "timestamp"})


@dataclass(frozen=True)
class Reply:
    """An answer: a payload, or the code of a CallError."""

    payload: Payload = field(default_factory=dict)
    error: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Exchange:
    """A request with its answer, if there was one; a Send of 2.1 (`sent`) wants none."""

    at: datetime
    charger_id: str
    sender: str
    action: str
    payload: Payload
    reply: Reply | None
    sent: bool = False


@dataclass(frozen=True)
class Recording:
    """What was said, in the order of its times."""

    exchanges: list[Exchange]
    left_out: Counter[str]
    """How many frames were no requests that can be read, by charger."""


def read(lines: Iterable[str]) -> Recording:
    """Read a recording; ValueError names the line that is none of the log."""
    found: list[Exchange] = []
    left_out: Counter[str] = Counter()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            row = _row(number, line)
            exchange = _exchange(row)
            if exchange is None:
                left_out[row.charger_id] += 1
            else:
                found.append(exchange)
    return Recording(sorted(found, key=lambda each: each.at), left_out)


def spoken(recording: Sequence[Exchange]) -> Version:
    """The version of OCPP that a recording is in: the one by whose schemas most of its requests are right."""
    some = recording[:JUDGED]
    return max(Version, key=lambda version: sum(_right(each, version) for each in some))


def _right(each: Exchange, version: Version) -> bool:
    if each.sent and version is not Version.V21:  # OCPP 2.1 part 4 §4.2.5: none before it has such messages
        return False
    judge = schemas.judge(version, each.action)
    return judge is not None and judge.valid(each.payload)


@dataclass(frozen=True)
class _Row:
    """A line of the log: frames as texts, which may be anything."""

    at: datetime
    charger_id: str
    sender: str
    action: str
    request: str
    answer: str


def _row(number: int, line: str) -> _Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"line {number} is no JSON: {error}") from error
    try:
        who, sender, action = (str(row[name] or "") for name in ("charger_id", "sender", "action"))
        found = _Row(moment(row["at"]), who, sender, action, str(row["request"]), str(row.get("answer") or ""))
    except (ValueError, TypeError, KeyError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"line {number} is no exchange of the log: {why}") from error
    if found.sender not in ("charger", "csms"):
        raise ValueError(f"line {number}: {found.sender!r} is neither charger nor csms")
    return found


def _exchange(row: _Row) -> Exchange | None:
    """What a line tells; None for a frame that was no request, or one that nobody can read."""
    try:
        request = json.loads(row.request)
    except (ValueError, RecursionError):
        return None
    match request:
        case [int(kind), _, str(), dict(payload), *_] if kind in (CALL, SEND) and row.action:
            reply = _reply(row.answer) if row.answer else None
            return Exchange(row.at, row.charger_id, row.sender, row.action, payload, reply, kind == SEND)
    return None


def _reply(text: str) -> Reply | None:
    match parse(text, Version.V16):
        case CallResult(payload=dict(payload)):
            return Reply(payload)
        case CallError(code=code, description=description):
            return Reply(error=code, description=description)
    return None


class TransactionIds:
    """The ids that a server gave then, and those that it gives now; in 2.x the charger gives itself new ones."""

    def __init__(self) -> None:
        self._now: dict[Any, Any] = {}

    def learn(self, then: Reply | None, now: Reply) -> None:
        """Remember which id stands for which."""
        if then is not None and "transactionId" in then.payload and "transactionId" in now.payload:
            self._now[then.payload["transactionId"]] = now.payload["transactionId"]

    def mapped(self, payload: Payload) -> Payload:
        """The payload with the id of now."""
        info = payload.get("transactionInfo")
        if isinstance(info, dict) and "transactionId" in info:  # OCPP 2.0.1 E01
            fresh = self._now.setdefault(info["transactionId"], str(uuid4()))
            return payload | {"transactionInfo": info | {"transactionId": fresh}}
        known = payload.get("transactionId")
        return payload | {"transactionId": self._now[known]} if known in self._now else payload


def differences(then: Reply | None, now: Reply | None) -> list[str]:
    """Where an answer is not what it was, times and ids apart."""
    if then is None or now is None:
        return [] if then is now else [f"{_told(then)}, now {_told(now)}"]
    if then.error or now.error:
        return [] if then.error == now.error else [f"{_told(then)}, now {_told(now)}"]
    return list(_differing(then.payload, now.payload, ""))


def _told(reply: Reply | None) -> str:
    return "no answer" if reply is None else f"CallError {reply.error}" if reply.error else "a result"


def _differing(then: Any, now: Any, path: str) -> Iterator[str]:
    if isinstance(then, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*then, *now]):
            if name not in _OWN_EACH_TIME:
                yield from _differing(then.get(name), now.get(name), f"{path}.{name}".removeprefix("."))
    elif then != now:
        yield f"{path}: {_word(then)}, now {_word(now)}"


def _word(value: Any) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value)
