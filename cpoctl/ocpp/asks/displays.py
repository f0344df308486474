"""Displays: messages on a charger's screen. OCPP 2.0.1 O01 to O06 · OCPP 2.1 O01 to O06"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cpoctl.clock import wire
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking

PRIORITIES: Final = {"always-front": "AlwaysFront", "in-front": "InFront", "normal-cycle": "NormalCycle"}
STATES: Final = {
    "charging": "Charging",
    "faulted": "Faulted",
    "idle": "Idle",
    "unavailable": "Unavailable",
    "suspended": "Suspended",
    "discharging": "Discharging",
}
FORMATS: Final = {"utf8": "UTF8", "ascii": "ASCII", "html": "HTML", "uri": "URI", "qrcode": "QRCODE"}
_OF_21: Final = frozenset({"suspended", "discharging", "qrcode"})
_OTHERWISE: Final = ("cpoctl ocpp transfer --help    a message of the vendor's own, if it has one for its screen",)


@dataclass(frozen=True, kw_only=True)
class SetMessage(Ask):
    """Show a text; one with the same number is replaced. O01, O02, O06"""

    instead = _OTHERWISE

    number: int
    text: str
    priority: str = "normal-cycle"
    state: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    transaction_id: str | None = None
    format: str = "utf8"
    language: str | None = None
    evse_id: int | None = None

    def v2(self) -> Request:
        """SetDisplayMessage, of which 2.0.1 lacks some words."""
        for word in (self.state, self.format):
            _known(word)
        return self.v21()

    def v21(self) -> Request:
        """SetDisplayMessage"""
        screen = {"evse": {"id": self.evse_id}, "name": "Display"} if self.evse_id is not None else None
        shown = given(
            display=screen,
            id=self.number,
            priority=PRIORITIES[self.priority],
            state=STATES[self.state] if self.state else None,
            startDateTime=wire(self.start) if self.start else None,
            endDateTime=wire(self.end) if self.end else None,
            transactionId=self.transaction_id,
            message=given(format=FORMATS[self.format], language=self.language, content=self.text),
        )
        return Request("SetDisplayMessage", {"message": shown})


@dataclass(frozen=True, kw_only=True)
class ClearMessage(Ask):
    """Take a message off the screen. O05"""

    instead = _OTHERWISE

    number: int

    def v2(self) -> Request:
        """ClearDisplayMessage"""
        return Request("ClearDisplayMessage", {"id": self.number})


@dataclass(frozen=True, kw_only=True)
class GetMessages(Ask):
    """Have the messages told that are set: all, or those that fit. NotifyDisplayMessages brings them. O03, O04"""

    instead = _OTHERWISE

    request_id: int
    numbers: tuple[int, ...] = ()
    priority: str | None = None
    state: str | None = None

    def v2(self) -> Request:
        """GetDisplayMessages, of which 2.0.1 lacks some states."""
        _known(self.state)
        return self.v21()

    def v21(self) -> Request:
        """GetDisplayMessages"""
        return Request(
            "GetDisplayMessages",
            given(
                id=list(self.numbers) or None,
                requestId=self.request_id,
                priority=PRIORITIES[self.priority] if self.priority else None,
                state=STATES[self.state] if self.state else None,
            ),
        )


@dataclass(frozen=True)
class Shown:
    """A message that is set on a charger, as the charger tells it."""

    number: int | None
    text: str | None
    priority: str | None
    state: str | None
    start: str | None
    end: str | None
    transaction_id: str | None
    format: str | None
    language: str | None
    evse_id: int | None


def told(parts: Iterable[Mapping[str, Any]]) -> list[Shown]:
    """The messages in what NotifyDisplayMessages brought, whatever it holds."""
    lists = (part.get("messageInfo") for part in parts)
    return [_shown(entry) for found in lists if isinstance(found, list) for entry in found if isinstance(entry, dict)]


def _shown(entry: Mapping[str, Any]) -> Shown:
    message, evse = _object(entry.get("message")), _object(_object(entry.get("display")).get("evse"))
    return Shown(
        _integer(entry.get("id")),
        _text(message.get("content")),
        _word(PRIORITIES, entry.get("priority")),
        _word(STATES, entry.get("state")),
        _text(entry.get("startDateTime")),
        _text(entry.get("endDateTime")),
        _text(entry.get("transactionId")),
        _word(FORMATS, message.get("format")),
        _text(message.get("language")),
        _integer(evse.get("id")),
    )


def _known(word: str | None) -> None:
    if word in _OF_21:
        raise lacking(f"OCPP 2.0.1 does not know {word} on a screen", Version.V21)


def _word(words: Mapping[str, str], value: object) -> str | None:
    """Our word for one of the standard's, or what stands there instead."""
    return next((ours for ours, theirs in words.items() if theirs == value), _text(value))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
