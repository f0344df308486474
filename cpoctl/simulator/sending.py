"""One message of a charger: connect as it, send, hear the answer, leave."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.ocpp.schemas import SENDS
from cpoctl.simulator.charger import VirtualCharger
from cpoctl.simulator.link import CallRefused, LinkLost
from cpoctl.table import Column, millis


@dataclass(frozen=True)
class Sent:
    """A message of a charger and what the server said to it."""

    charger_id: Annotated[str, Column("CHARGER")]
    action: Annotated[str, Column("ACTION")]
    ok: bool
    status: Annotated[str, Column("STATUS")]
    latency_ms: Annotated[float, Column("TOOK", 2, "right", millis)]
    request: Annotated[dict[str, Any] | str, Column("REQUEST", 3)]
    """The payload; one that is no object is the text that was sent."""
    answer: Annotated[dict[str, Any], Column("ANSWER", 2)]


class Unanswered(LinkLost):
    """The server was there and said nothing."""


async def send(charger: VirtualCharger, action: str, payload: str, *, boot: bool = False) -> Sent:
    """Send one Call as this charger. LinkLost if nobody is there, Unanswered if nothing comes back."""
    await charger.connect()
    try:
        if boot:
            with suppress(CallRefused):  # what was asked for is the answer to the message
                await charger.announce()
        return await _exchanged(charger, action, payload)
    finally:
        await charger.disconnect()


async def _exchanged(charger: VirtualCharger, action: str, payload: str) -> Sent:
    began, request = time.monotonic(), _shown(payload)

    def told(status: str, answer: dict[str, Any], *, ok: bool) -> Sent:
        took = round((time.monotonic() - began) * 1000, 1)
        return Sent(charger.charger_id, action, ok, status, took, request, answer)

    try:
        if action in SENDS.get(charger.version, ()):  # OCPP 2.1 part 4 §4.2.5: nothing comes back
            await charger.send(action, payload)
            await charger.until_read()
            return told("Sent", {}, ok=True)
        answer = await charger.call(action, payload)
    except CallRefused as refused:
        return told(refused.code, {"description": refused.description}, ok=False)
    except LinkLost as lost:
        raise Unanswered(str(lost)) from lost
    status = _status(answer)
    return told(status or "Answered", answer, ok=status in (None, "Accepted"))


def _status(answer: dict[str, Any]) -> str | None:
    """The answer's own status, or that of the tag in it. 1.6 §7.8, OCPP 2.0.1 C01"""
    about_tag = answer.get("idTagInfo") or answer.get("idTokenInfo")
    found = answer.get("status") or (about_tag.get("status") if isinstance(about_tag, dict) else None)
    return None if found is None else str(found)


def _shown(text: str) -> dict[str, Any] | str:
    """The payload as data, or the text that was sent raw."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text
