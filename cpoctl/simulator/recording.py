"""A recording: what a charger and a server once said to each other, as `cpoctl log export` writes it.

Nothing here does I/O. Times and ids are what a second playing cannot have in common with the first: transaction ids
are mapped, and both are left out where answers are compared.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.frames import CallError, CallResult, parse
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
    """A request with its answer, if there was one."""

    at: datetime
    charger_id: str
    sender: str
    action: str
    payload: Payload
    reply: Reply | None


def read(lines: Iterable[str]) -> list[Exchange]:
    """Read a recording, in the order of its times; ValueError names the line that is none."""
    found = (_exchange(number, line) for number, line in enumerate(lines, start=1) if line.strip())
    return sorted((each for each in found if each is not None), key=lambda each: each.at)


def spoken(recording: Sequence[Exchange]) -> Version:
    """The version of OCPP that a recording is in: the one by whose schemas most of its requests are right."""
    some = recording[:JUDGED]
    return max(Version, key=lambda version: sum(_right(each, version) for each in some))


def _right(each: Exchange, version: Version) -> bool:
    judge = schemas.judge(version, each.action)
    return judge is not None and judge.valid(each.payload)


def _exchange(number: int, line: str) -> Exchange | None:
    """One line; None for a frame that was neither request nor answer."""
    try:
        row = json.loads(line)
        action, at, charger_id, sender = row["action"], moment(row["at"]), str(row["charger_id"]), row["sender"]
        if not action:
            return None
        request = json.loads(row["request"])
        payload = request[3] if isinstance(request, list) and len(request) == 4 else None
        reply = _reply(row["answer"]) if row.get("answer") else None
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"line {number} is no exchange of the log: {why}") from error
    if sender not in ("charger", "csms"):
        raise ValueError(f"line {number}: {sender!r} is neither charger nor csms")
    return Exchange(at, charger_id, sender, str(action), payload, reply) if isinstance(payload, dict) else None


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
