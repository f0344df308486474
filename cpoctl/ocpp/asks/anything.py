"""Anything: any action with any payload, as somebody wrote it, and a vendor's own messages.

OCPP 1.6 §5.6 · OCPP 2.0.1 P01
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.asks import Ask, Request, given, lacking

_SAME: Final = (
    ("RemoteStartTransaction", "RequestStartTransaction"),
    ("RemoteStopTransaction", "RequestStopTransaction"),
    ("GetConfiguration", "GetVariables"),
    ("ChangeConfiguration", "SetVariables"),
    ("ExtendedTriggerMessage", "TriggerMessage"),
    ("GetDiagnostics", "GetLog"),
    ("SignedUpdateFirmware", "UpdateFirmware"),
)
"""What OCPP 1.6 calls otherwise than 2.x."""


@dataclass(frozen=True, kw_only=True)
class Anything(Ask):
    """An action that goes out exactly as it was written. `even_unknown`: also one that the version has not."""

    action: str
    payload: str
    even_unknown: bool = False

    def request(self, version: Version) -> Request:
        """The Call. Raises Unsupported where only other versions have the action; what none has is for the judge."""
        having = tuple(each for each in Version if self.action in schemas.every(each))
        if having and version not in having and not self.even_unknown:
            raise lacking(f"OCPP {version} has no action {self.action}", having, self._otherwise(version))
        return Request(self.action, self.payload)

    def _otherwise(self, version: Version) -> tuple[str, ...]:
        old, new = next((pair for pair in _SAME if self.action in pair), (None, None))
        name = old if version is Version.V16 else new
        return () if name is None else (f"cpoctl ocpp schema {name} --ocpp {version}    what it has instead",)


@dataclass(frozen=True, kw_only=True)
class Transfer(Ask):
    """A vendor's own message, which may hold anything."""

    vendor_id: str
    message_id: str | None = None
    data: str | None = None

    def v16(self) -> Request:
        """DataTransfer"""
        return Request("DataTransfer", given(vendorId=self.vendor_id, messageId=self.message_id, data=self.data))

    def v2(self) -> Request:
        """DataTransfer"""
        return Request("DataTransfer", given(messageId=self.message_id, data=self.data, vendorId=self.vendor_id))

    @staticmethod
    def read(payload: Mapping[str, Any]) -> str | None:
        """The answer's data; what is no text, as 1.6 wants it and 2.x need not have it, is told as JSON."""
        data = payload.get("data")
        return data if data is None or isinstance(data, str) else json.dumps(data)
