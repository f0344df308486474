"""What a charger that speaks 2.0.1 or 2.1 says of its own accord: a believable payload for each message.

OCPP 2.0.1 part 2 §1 · OCPP 2.1 part 2 §1
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from cpoctl.clock import stored
from cpoctl.simulator.answers.certificates import SIGNING_REQUEST

Payload = dict[str, Any]
Making = Callable[[str, str], Payload]

METER_WH: Final = 1_000_000
TRANSACTION: Final = "5f0a8c1e-7f3b-4d43-9a52-000000000001"
EVSE: Final = {"id": 1, "connectorId": 1}
TAG: Final = {"idToken": "CARD-01", "type": "ISO14443"}
HASH: Final = {"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "01", "serialNumber": "02"}
SCHEDULE: Final = {
    "id": 1,
    "chargingRateUnit": "W",
    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11_000.0}],
}
PROFILE: Final = {
    "id": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": [SCHEDULE],
}
VARIABLE: Final = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}}


def _meter_value(at: str, context: str = "Sample.Periodic") -> Payload:
    sample = {"value": METER_WH, "measurand": "Energy.Active.Import.Register", "unitOfMeasure": {"unit": "Wh"}}
    return {"timestamp": at, "sampledValue": [{**sample, "context": context, "location": "Outlet"}]}


def _boot(charger_id: str, _: str) -> Payload:
    station = {"vendorName": "Simulated", "model": "AC-22", "serialNumber": f"SN-{charger_id}"[:25]}
    return {"reason": "PowerUp", "chargingStation": {**station, "firmwareVersion": "1.4.2"}}


def _transaction(charger_id: str, at: str) -> Payload:
    return {
        "eventType": "Started",
        "timestamp": at,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": str(uuid4()), "chargingState": "Charging"},
        "evse": EVSE,
        "idToken": TAG,
        "meterValue": [_meter_value(at, "Transaction.Begin")],
    }


def transaction_event(transaction_id: str, seq_no: int, kind: str, *, stopped: str = "", **more: Any) -> Payload:
    """One event of a transaction, as it would be told now; what is None is left out."""
    event = _transaction("", stored(datetime.now(UTC)))
    trigger = {"Started": "Authorized", "Updated": "MeterValuePeriodic", "Ended": "StopAuthorized"}[kind]
    event |= {"eventType": kind, "seqNo": seq_no, "triggerReason": trigger}
    del event["idToken"]
    info = {"transactionId": transaction_id, "chargingState": "EVConnected" if kind == "Ended" else "Charging"}
    event["transactionInfo"] = info | ({"stoppedReason": stopped} if stopped else {})
    return {name: value for name, value in (event | more).items() if value is not None}


def _event(_: str, at: str) -> Payload:
    data = {
        "eventId": 1,
        "timestamp": at,
        "trigger": "Alerting",
        "actualValue": "true",
        "techCode": "GroundFailure",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "Connector", "evse": EVSE},
        "variable": {"name": "Problem"},
    }
    return {"generatedAt": at, "seqNo": 0, "eventData": [data]}


def _report(_: str, at: str) -> Payload:
    traits = {"dataType": "OptionList", "supportsMonitoring": True}
    row = {**VARIABLE, "variableAttribute": [{"value": "Available"}], "variableCharacteristics": traits}
    return {"requestId": 1, "generatedAt": at, "seqNo": 0, "tbc": False, "reportData": [row]}


def _monitoring(_: str, at: str) -> Payload:
    monitor = {"id": 1, "transaction": False, "value": 1, "type": "Delta", "severity": 5}
    return {
        "requestId": 1,
        "generatedAt": at,
        "seqNo": 0,
        "monitor": [{**VARIABLE, "variableMonitoring": [monitor]}],
    }


def _monitoring_21(charger_id: str, at: str) -> Payload:
    told = _monitoring(charger_id, at)
    told["monitor"][0]["variableMonitoring"][0]["eventNotificationType"] = "CustomMonitor"
    return told


def _needs(_: str, at: str) -> Payload:
    need = {"energyAmount": 20_000, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 400}
    return {
        "evseId": 1,
        "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase", "acChargingParameters": need},
    }


IN_BOTH: Final[dict[str, Making]] = {
    "Authorize": lambda _, at: {"idToken": TAG},
    "BootNotification": _boot,
    "ClearedChargingLimit": lambda _, at: {"chargingLimitSource": "EMS", "evseId": 1},
    "DataTransfer": lambda _, at: {"vendorId": "Simulated", "messageId": "Echo", "data": "hello"},
    "FirmwareStatusNotification": lambda _, at: {"status": "Installed", "requestId": 1},
    "Get15118EVCertificate": lambda _, at: {
        "iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef",
        "action": "Install",
        "exiRequest": "gJgCAAAA",
    },
    "GetCertificateStatus": lambda _, at: {"ocspRequestData": {**HASH, "responderURL": "http://ocsp.test/"}},
    "Heartbeat": lambda _, at: {},
    "LogStatusNotification": lambda _, at: {"status": "Uploaded", "requestId": 1},
    "MeterValues": lambda _, at: {"evseId": 1, "meterValue": [_meter_value(at)]},
    "NotifyChargingLimit": lambda _, at: {
        "evseId": 1,
        "chargingLimit": {"chargingLimitSource": "EMS"},
        "chargingSchedule": [SCHEDULE],
    },
    "NotifyCustomerInformation": lambda _, at: {"requestId": 1, "generatedAt": at, "seqNo": 0, "data": "nothing known"},
    "NotifyDisplayMessages": lambda _, at: {
        "requestId": 1,
        "messageInfo": [{"id": 1, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Welcome"}}],
    },
    "NotifyEVChargingNeeds": _needs,
    "NotifyEVChargingSchedule": lambda _, at: {"evseId": 1, "timeBase": at, "chargingSchedule": SCHEDULE},
    "NotifyEvent": _event,
    "NotifyMonitoringReport": _monitoring,
    "NotifyReport": _report,
    "PublishFirmwareStatusNotification": lambda _, at: {
        "status": "Published",
        "requestId": 1,
        "location": ["http://charger.test/firmware.bin"],
    },
    "ReportChargingProfiles": lambda _, at: {
        "requestId": 1,
        "evseId": 1,
        "chargingLimitSource": "CSO",
        "chargingProfile": [PROFILE],
    },
    "ReservationStatusUpdate": lambda _, at: {"reservationId": 1, "reservationUpdateStatus": "Expired"},
    "SecurityEventNotification": lambda _, at: {"type": "SettingSystemTime", "timestamp": at},
    "SignCertificate": lambda _, at: {"csr": SIGNING_REQUEST, "certificateType": "ChargingStationCertificate"},
    "StatusNotification": lambda _, at: {
        "timestamp": at,
        "connectorStatus": "Available",
        "evseId": 1,
        "connectorId": 1,
    },
    "TransactionEvent": _transaction,
}
IN_21: Final[dict[str, Making]] = IN_BOTH | {
    "BatterySwap": lambda _, at: {
        "requestId": 1,
        "eventType": "BatteryIn",
        "idToken": TAG,
        "batteryData": [{"evseId": 1, "serialNumber": "BAT-1", "soC": 15, "soH": 97}],
    },
    "ClosePeriodicEventStream": lambda _, at: {"id": 1},
    "GetCertificateChainStatus": lambda _, at: {
        "certificateStatusRequests": [{"certificateHashData": HASH, "source": "OCSP", "urls": ["http://ocsp.test/"]}]
    },
    "NotifyDERAlarm": lambda _, at: {"controlType": "LVMustTrip", "gridEventFault": "UnderVoltage", "timestamp": at},
    "NotifyDERStartStop": lambda _, at: {"controlId": "der-1", "started": True, "timestamp": at},
    "NotifyMonitoringReport": _monitoring_21,
    "NotifyPeriodicEventStream": lambda _, at: {
        "id": 1,
        "pending": 0,
        "basetime": at,
        "data": [{"t": 0, "v": "11000"}],
    },
    "NotifyPriorityCharging": lambda _, at: {"transactionId": TRANSACTION, "activated": True},
    "NotifySettlement": lambda _, at: {
        "pspRef": "psp-1",
        "status": "Settled",
        "settlementAmount": 12.5,
        "settlementTime": at,
        "transactionId": TRANSACTION,
    },
    "OpenPeriodicEventStream": lambda _, at: {
        "constantStreamData": {"id": 1, "variableMonitoringId": 1, "params": {"interval": 10, "values": 2}}
    },
    "PullDynamicScheduleUpdate": lambda _, at: {"chargingProfileId": 1},
    "ReportDERControl": lambda _, at: {
        "requestId": 1,
        "gradient": [{"id": "der-1", "gradient": {"priority": 0, "gradient": 1.0, "softGradient": 1.0}}],
    },
    "VatNumberValidation": lambda _, at: {"vatNumber": "NL123456789B01", "evseId": 1},
}
