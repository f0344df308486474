"""Chargers: put in and out of service, unlocked, made to forget, made to tell, given a password.

OCPP 1.6 §5.2, §5.3, §5.4, §5.17, §5.18 · security whitepaper A01 · OCPP 2.0.1 G03, G04, F05, F06, C11, A01
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from cpoctl.errors import UsageProblem
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking

_TWO = (Version.V201, Version.V21)


def connector(evse_id: int | None, connector_id: int | None) -> int | None:
    """The connector of OCPP 1.6 that a place is: an EVSE there has one plug only. Raises Unsupported."""
    if connector_id not in (None, 1):
        raise lacking("OCPP 1.6 knows one connector of an EVSE only", _TWO)
    return evse_id


def evse(evse_id: int | None, connector_id: int | None) -> dict[str, int] | None:
    """EVSEType; none for the charger as a whole."""
    return given(id=evse_id, connectorId=connector_id) if evse_id else None


@dataclass(frozen=True, kw_only=True)
class ChangeAvailability(Ask):
    """Put a charger, an EVSE, or from OCPP 2.0.1 on a connector of it, in or out of service."""

    operative: bool
    evse_id: int | None = None
    connector_id: int | None = None

    @property
    def _wanted(self) -> str:
        return "Operative" if self.operative else "Inoperative"

    def v16(self) -> Request:
        """ChangeAvailability"""
        number = connector(self.evse_id, self.connector_id) or 0  # 1.6 §5.2: 0 is the charger and all its connectors
        return Request("ChangeAvailability", {"connectorId": number, "type": self._wanted})

    def v2(self) -> Request:
        """ChangeAvailability"""
        at = evse(self.evse_id, self.connector_id)  # G04: without one the whole charger
        return Request("ChangeAvailability", given(evse=at, operationalStatus=self._wanted))


@dataclass(frozen=True, kw_only=True)
class Unlock(Ask):
    """Unlock a connector."""

    evse_id: int
    connector_id: int = 1

    def v16(self) -> Request:
        """UnlockConnector"""
        return Request("UnlockConnector", {"connectorId": connector(self.evse_id, self.connector_id)})

    def v2(self) -> Request:
        """UnlockConnector"""
        return Request("UnlockConnector", {"evseId": self.evse_id, "connectorId": self.connector_id})  # F05


@dataclass(frozen=True, kw_only=True)
class ClearCache(Ask):
    """Forget the tags that were accepted."""

    def v16(self) -> Request:
        """ClearCache"""
        return Request("ClearCache", {})

    def v2(self) -> Request:
        """ClearCache"""
        return Request("ClearCache", {})  # C11


@dataclass(frozen=True, kw_only=True)
class SetPassword(Ask):
    """Use another password from the next connection on. A00.FR.205, A01"""

    password: str

    def v16(self) -> Request:
        """ChangeConfiguration"""
        return Request("ChangeConfiguration", {"key": "AuthorizationKey", "value": self.password})

    def v2(self) -> Request:
        """SetVariables"""
        where = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
        return Request("SetVariables", {"setVariableData": [{"attributeValue": self.password, **where}]})


SIGN_16: Final = "SignChargePointCertificate"
SIGN_2: Final = "SignChargingStationCertificate"


@dataclass(frozen=True, kw_only=True)
class Trigger(Ask):
    """Send a message now. A message that another version has under another name is meant all the same."""

    PLAIN: ClassVar = frozenset(
        {
            "BootNotification",
            "DiagnosticsStatusNotification",
            "FirmwareStatusNotification",
            "Heartbeat",
            "MeterValues",
            "StatusNotification",
        }
    )
    """What TriggerMessage of OCPP 1.6 can ask for. 1.6 §7.35"""
    EXTENDED: ClassVar = PLAIN - {"DiagnosticsStatusNotification"} | {"LogStatusNotification", SIGN_16}
    """What ExtendedTriggerMessage can. Security whitepaper"""
    ONLY_21: ClassVar = frozenset({"SignV2G20Certificate", "CustomTrigger"})

    message: str
    evse_id: int | None = None
    connector_id: int | None = None
    extended: bool = False
    """In OCPP 1.6 as the security whitepaper asks, also where the standard can; the other versions have one way only."""
    custom: str | None = None

    def v16(self) -> Request:
        """TriggerMessage, or ExtendedTriggerMessage"""
        message = SIGN_16 if self.message == SIGN_2 else self.message
        if message not in self.PLAIN | self.EXTENDED:
            raise lacking(f"OCPP 1.6 cannot be asked for {message}", self._having)
        extended = self.extended or message not in self.PLAIN
        if extended and message not in self.EXTENDED:
            raise UsageProblem(
                f"{message} can be asked for without --extended only",
                hints=["cpoctl charger trigger HQ-07 DiagnosticsStatusNotification    asked as the standard does"],
            )
        number = connector(self.evse_id, self.connector_id)
        action = "ExtendedTriggerMessage" if extended else "TriggerMessage"
        return Request(action, given(requestedMessage=message, connectorId=number))

    def v2(self) -> Request:
        """TriggerMessage"""
        if self.message in self.ONLY_21:
            raise lacking(f"OCPP 2.0.1 cannot be asked for {self.message}", Version.V21)
        return self.v21()

    def v21(self) -> Request:
        """TriggerMessage"""
        renamed = {SIGN_16: SIGN_2, "DiagnosticsStatusNotification": "LogStatusNotification"}
        message, at = renamed.get(self.message, self.message), evse(self.evse_id, self.connector_id)
        payload: dict[str, Any] = given(evse=at, requestedMessage=message, customTrigger=self.custom)
        return Request("TriggerMessage", payload)

    def two_ways(self, version: Version) -> bool:
        """Whether this version can be asked for it with and without `extended`."""
        return version is Version.V16 and self.message in self.PLAIN & self.EXTENDED

    @property
    def _having(self) -> tuple[Version, ...]:
        return (Version.V21,) if self.message in self.ONLY_21 else _TWO
