"""Local lists: which version a charger has, how much of one it takes at once, and the list itself.

OCPP 1.6 §5.10, §5.15, §9.2 · OCPP 2.0.1 D01, D02. An entry is kept as OCPP 1.6 writes it: an idTag with what it is
worth, or alone where it is taken off the list.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given
from cpoctl.ocpp.asks.tokens import group, token

Entry = dict[str, Any]
EVSES: Final = "evseId"
"""What an entry's info has beside, in the words of 2.x: the only EVSEs where the tag may charge."""
_MOST: Final = "SendLocalListMaxLength"
_TAG_MOST: Final = 20  # 1.6 §7.29
_FRAME: Final = 80  # what stands around a payload: the message id, the action, brackets


@dataclass(frozen=True, kw_only=True)
class AskVersion(Ask):
    """Which version of the list it has."""

    def v16(self) -> Request:
        """GetLocalListVersion"""
        return Request("GetLocalListVersion", {})

    def v2(self) -> Request:
        """GetLocalListVersion"""
        return Request("GetLocalListVersion", {})

    @staticmethod
    def read(payload: Mapping[str, Any]) -> int | None:
        """The version that an answer names."""
        told = payload.get("listVersion", payload.get("versionNumber"))
        return told if isinstance(told, int) and not isinstance(told, bool) else None


@dataclass(frozen=True)
class Capacity:
    """How much a charger takes in one message; what it does not say is None."""

    entries: int | None = None
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class AskCapacity(Ask):
    """How much of a list it takes in one message."""

    def v16(self) -> Request:
        """GetConfiguration"""
        return Request("GetConfiguration", {"key": [_MOST]})

    def v2(self) -> Request:
        """GetVariables"""
        wanted = [
            {"component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": name}}
            for name in ("ItemsPerMessage", "BytesPerMessage")  # D01.FR.11
        ]
        return Request("GetVariables", {"getVariableData": wanted})

    @staticmethod
    def read(payload: Mapping[str, Any]) -> Capacity:
        """What an answer says of it, whatever case its names are in."""
        told: dict[str, Any] = {}
        for entry in _entries(payload.get("configurationKey")):
            told[str(entry.get("key", "")).casefold()] = entry.get("value")
        for entry in _entries(payload.get("getVariableResult")):
            variable = entry.get("variable")
            name = variable.get("name", "") if isinstance(variable, dict) else ""
            told[str(name).casefold()] = entry.get("attributeValue")
        entries = _number(told.get(_MOST.casefold(), told.get("itemspermessage")))
        return Capacity(entries, _number(told.get("bytespermessage")))


@dataclass(frozen=True, kw_only=True)
class SendList(Ask):
    """Replace the list, or change it. A full list without entries clears the charger's."""

    version: int
    entries: Sequence[Entry]
    full: bool

    @property
    def kind(self) -> str:
        """As both standards call it."""
        return "Full" if self.full else "Differential"

    def v16(self) -> Request:
        """SendLocalList; a tag that is too long for 1.6 no reader of 1.6 can read."""
        payload = {
            "listVersion": self.version,
            "localAuthorizationList": [entry for entry in self.entries if len(entry["idTag"]) <= _TAG_MOST],
            "updateType": self.kind,
        }  # 1.6 §6.41
        return Request("SendLocalList", payload)

    def v2(self) -> Request:
        """SendLocalList"""
        entries = [_authorization(entry) for entry in self.entries] or None
        payload = given(localAuthorizationList=entries, versionNumber=self.version, updateType=self.kind)
        return Request("SendLocalList", payload)


def expressible(version: Version, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that a list can say. OCPP 1.6 knows no EVSEs in it: of a tag that may use some only, it has to ask."""
    if version is not Version.V16:
        return list(entries)
    return [entry for entry in entries if EVSES not in entry.get("idTagInfo", {})]


def parts(version: Version, entries: Sequence[Entry], most: Capacity) -> Iterator[list[Entry]]:
    """The entries in parts that a charger takes at once; none at all are one empty part."""
    begun: list[Entry] = []
    empty = SendList(version=2**31 - 1, entries=(), full=False)
    least = _length(empty.request(version).payload) + _FRAME
    size = least
    for entry in entries:
        more = 0 if most.size is None else _length(_authorization(entry)) + 1
        full = most.entries is not None and len(begun) >= most.entries
        if begun and (full or (most.size is not None and size + more > most.size)):
            yield begun
            begun, size = [], least
        begun.append(entry)
        size += more
    yield begun


def _authorization(entry: Entry) -> dict[str, Any]:
    """AuthorizationData; without idTokenInfo the token is taken off the list. D01.FR.17"""
    info: Mapping[str, Any] | None = entry.get("idTagInfo")
    worth = info and given(
        status=info.get("status"),
        cacheExpiryDateTime=info.get("expiryDate"),
        evseId=info.get(EVSES),
        groupIdToken=group(info.get("parentIdTag")),
    )
    return given(idToken=token(entry["idTag"]), idTokenInfo=worth)


def _length(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    text = str(value).strip()  # some send a number where the standard wants text (ha#1499)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None
