"""The OCPP 1.6 messages that cpoctl reads, as tolerant structs: every field may be missing.

OCPP 1.6 §6 · security whitepaper. Enumerations are plain text and times are the text
that came, since both are facts to keep even when they are wrong. A field that a session depends on
keeps what does not fit 64 bits, or is no number at all, as text (`Integer`).
"""

from typing import Any

import msgspec

Integer = int | str | None


class Message(msgspec.Struct, rename="camel", frozen=True):
    """A part of a message; unknown fields are ignored."""


class Request(Message, frozen=True):
    """A Call from a charger; the class is named as its action."""


class Authorize(Request, frozen=True):
    """§6.1"""

    id_tag: str | None = None


class BootNotification(Request, frozen=True):
    """§6.3"""

    charge_point_vendor: str | None = None
    charge_point_model: str | None = None
    charge_point_serial_number: str | None = None
    charge_box_serial_number: str | None = None
    firmware_version: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None


class DataTransfer(Request, frozen=True):
    """§6.17; `data` is whatever the vendor put there."""

    vendor_id: str | None = None
    message_id: str | None = None
    data: Any = None


class DiagnosticsStatusNotification(Request, frozen=True):
    """§6.19"""

    status: str | None = None


class FirmwareStatusNotification(Request, frozen=True):
    """§6.21"""

    status: str | None = None


class Heartbeat(Request, frozen=True):
    """§6.29"""


class SampledValue(Message, frozen=True):
    """§7.43; what is missing means Energy.Active.Import.Register in Wh, Sample.Periodic, Outlet, Raw."""

    value: str | None = None
    context: str | None = None
    format: str | None = None
    measurand: str | None = None
    phase: str | None = None
    location: str | None = None
    unit: str | None = None


class MeterValue(Message, frozen=True):
    """§7.33"""

    timestamp: str | None = None
    sampled_value: list[SampledValue] = []


class MeterValues(Request, frozen=True):
    """§6.31"""

    connector_id: Integer = None
    transaction_id: Integer = None
    meter_value: list[MeterValue] = []


class StartTransaction(Request, frozen=True):
    """§6.45"""

    connector_id: Integer = None
    id_tag: str | None = None
    meter_start: Integer = None
    reservation_id: Integer = None
    timestamp: str | None = None


class StatusNotification(Request, frozen=True):
    """§6.47"""

    connector_id: int | None = None
    error_code: str | None = None
    info: str | None = None
    status: str | None = None
    timestamp: str | None = None
    vendor_id: str | None = None
    vendor_error_code: str | None = None


class StopTransaction(Request, frozen=True):
    """§6.49"""

    id_tag: str | None = None
    meter_stop: Integer = None
    timestamp: str | None = None
    transaction_id: Integer = None
    reason: str | None = None
    transaction_data: list[MeterValue] = []


class LogStatusNotification(Request, frozen=True):
    """Security whitepaper"""

    status: str | None = None
    request_id: int | None = None


class SecurityEventNotification(Request, frozen=True):
    """Security whitepaper"""

    type: str | None = None
    timestamp: str | None = None
    tech_info: str | None = None


class SignCertificate(Request, frozen=True):
    """Security whitepaper"""

    csr: str | None = None


class SignedFirmwareStatusNotification(Request, frozen=True):
    """Security whitepaper"""

    status: str | None = None
    request_id: int | None = None


class KeyValue(Message, frozen=True):
    """§7.29; some chargers send the value as a number (Scame, mob#582)."""

    key: str | None = None
    readonly: bool | None = None
    value: Any = None


class GetConfigurationAnswer(Message, frozen=True):
    """§6.26"""

    configuration_key: list[KeyValue] = []
    unknown_key: list[str] = []


class Status(Message, frozen=True):
    """The answer of most operations: whether the charger will do it."""

    status: str | None = None


REQUESTS: dict[str, type[Request]] = {request.__name__: request for request in Request.__subclasses__()}
