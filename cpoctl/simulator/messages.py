"""What a charger says of its own accord: a believable payload for each of its messages. OCPP 1.6 §4, whitepaper

Nothing here does I/O; each payload keeps to the official schema.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from cpoctl.clock import stored
from cpoctl.ocpp import Version
from cpoctl.simulator.answers.certificates import SIGNING_REQUEST
from cpoctl.simulator.messages_v2 import IN_21, IN_BOTH

Payload = dict[str, Any]
TAG: Final = "CARD-01"
METER_WH: Final = 1_000_000


def actions(version: Version = Version.V16) -> list[str]:
    """The messages that chargers send, as the standard spells them."""
    return sorted(_ALL[version])


def spelled(word: str, version: Version = Version.V16) -> str | None:
    """The message that is meant, whatever the case."""
    return next((action for action in _ALL[version] if action.lower() == word.lower()), None)


def believable(action: str, charger_id: str, now: datetime, version: Version = Version.V16) -> Payload:
    """A payload for a message, as a healthy charger would send it now."""
    return _ALL[version][action](charger_id, stored(now))


def _meter_value(at: str) -> Payload:
    sample = {"value": str(METER_WH), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    return {"timestamp": at, "sampledValue": [{**sample, "context": "Sample.Periodic", "location": "Outlet"}]}


def _boot(charger_id: str, _: str) -> Payload:
    named = {"chargePointVendor": "Simulated", "chargePointModel": "AC-22"}
    return {**named, "chargePointSerialNumber": f"SN-{charger_id}"[:25], "firmwareVersion": "1.4.2"}


_MADE: Final[dict[str, Callable[[str, str], Payload]]] = {
    "Authorize": lambda _, at: {"idTag": TAG},
    "BootNotification": _boot,
    "DataTransfer": lambda _, at: {"vendorId": "Simulated", "messageId": "Echo", "data": "hello"},
    "DiagnosticsStatusNotification": lambda _, at: {"status": "Uploaded"},
    "FirmwareStatusNotification": lambda _, at: {"status": "Installed"},
    "Heartbeat": lambda _, at: {},
    "LogStatusNotification": lambda _, at: {"status": "Uploaded", "requestId": 1},
    "MeterValues": lambda _, at: {"connectorId": 1, "meterValue": [_meter_value(at)]},
    "SecurityEventNotification": lambda _, at: {"type": "SettingSystemTime", "timestamp": at},
    "SignCertificate": lambda _, at: {"csr": SIGNING_REQUEST},
    "SignedFirmwareStatusNotification": lambda _, at: {"status": "Installed", "requestId": 1},
    "StartTransaction": lambda _, at: {"connectorId": 1, "idTag": TAG, "meterStart": METER_WH, "timestamp": at},
    "StatusNotification": lambda _, at: {
        "connectorId": 1,
        "errorCode": "NoError",
        "status": "Available",
        "timestamp": at,
    },
    "StopTransaction": lambda _, at: {
        "meterStop": METER_WH + 12_500,
        "timestamp": at,
        "transactionId": 1,
        "reason": "Local",
    },
}
_ALL: Final = {Version.V16: _MADE, Version.V201: IN_BOTH, Version.V21: IN_21}
