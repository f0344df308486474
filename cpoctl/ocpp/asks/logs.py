"""Logs: uploaded by the charger. OCPP 1.6 §5.9, security whitepaper · OCPP 2.0.1 N01"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cpoctl.clock import wire
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking
from cpoctl.ocpp.asks.firmware import Pace

TYPES: Final[Mapping[str, str]] = {
    "diagnostics": "DiagnosticsLog",
    "security": "SecurityLog",
    "collector": "DataCollectorLog",
}
"""Our word for a log, and the standard's."""


@dataclass(frozen=True, kw_only=True)
class Fetch(Ask):
    """Upload a log. Without a kind it is the diagnostics, for which 1.6 has a Call of its own."""

    request_id: int
    url: str
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    pace: Pace = field(default_factory=Pace)

    def v16(self) -> Request:
        """GetDiagnostics or GetLog"""
        if self.kind == "collector":
            raise lacking("OCPP 1.6 has no log of the kind collector", Version.V21)
        if self.kind is not None:
            return self._log()
        payload = given(
            location=self.url,
            retries=self.pace.retries,
            retryInterval=self.pace.interval_s,
            startTime=wire(self.since) if self.since else None,
            stopTime=wire(self.until) if self.until else None,
        )
        return Request("GetDiagnostics", payload)

    def v2(self) -> Request:
        """GetLog"""
        if self.kind == "collector":
            raise lacking("OCPP 2.0.1 has no log of the kind collector", Version.V21)
        return self._log()

    def v21(self) -> Request:
        """GetLog"""
        return self._log()

    def number(self, version: Version) -> int | None:
        """The number under which the charger tells how far it comes; GetDiagnostics has none."""
        return None if unnumbered(version, self.kind) else self.request_id

    def _log(self) -> Request:
        log = given(
            remoteLocation=self.url,
            oldestTimestamp=wire(self.since) if self.since else None,
            latestTimestamp=wire(self.until) if self.until else None,
        )
        payload = given(
            log=log,
            logType=TYPES[self.kind or "diagnostics"],
            requestId=self.request_id,
            retries=self.pace.retries,
            retryInterval=self.pace.interval_s,
        )
        return Request("GetLog", payload)


def unnumbered(version: Version, kind: str | None) -> bool:
    """Whether it is asked for by GetDiagnostics, whose steps carry no number and whose answer names the file."""
    return version is Version.V16 and kind is None


def file_name(answer: Mapping[str, Any]) -> str | None:
    """The name under which the charger will upload, if it tells one."""
    told = answer.get("filename") or answer.get("fileName")
    return told if isinstance(told, str) else None
