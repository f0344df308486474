"""The OCPP 2.0.1 and 2.1 messages that cpoctl reads, as tolerant structs: every field may be missing.

OCPP 2.0.1 part 2 §1 · OCPP 2.1 part 2 §1. One struct serves both: 2.1 adds fields, which 2.0.1 leaves out, and messages of
its own (`OF_21`). Enumerations are plain text and times are the text that came. What is kept and not looked into is `Any`.
"""

from typing import Any, Final

import msgspec

from cpoctl.ocpp import Version
from cpoctl.ocpp.v16 import Integer


class Message(msgspec.Struct, rename="camel", frozen=True):
    """A part of a message; unknown fields are ignored."""


class Request(Message, frozen=True):
    """A Call from a charger; the class is named as its action."""


class Evse(Message, frozen=True):
    """EVSEType"""

    id: int | None = None
    connector_id: int | None = None


class IdToken(Message, frozen=True):
    """IdTokenType; type NoAuthorization comes with an empty token."""

    id_token: str | None = None
    type: str | None = None


class UnitOfMeasure(Message, frozen=True):
    """UnitOfMeasureType; the value is to be multiplied by ten to the power of `multiplier`."""

    unit: str | None = None
    multiplier: int | None = None


class SampledValue(Message, frozen=True):
    """SampledValueType; what is missing means Energy.Active.Import.Register in Wh, Sample.Periodic, Outlet."""

    value: float | None = None
    context: str | None = None
    measurand: str | None = None
    phase: str | None = None
    location: str | None = None
    unit_of_measure: UnitOfMeasure | None = None
    signed_meter_value: Any = None


class MeterValue(Message, frozen=True):
    """MeterValueType"""

    timestamp: str | None = None
    sampled_value: list[SampledValue] = []


class TransactionInfo(Message, frozen=True):
    """TransactionType"""

    transaction_id: str | None = None
    charging_state: str | None = None
    stopped_reason: str | None = None
    remote_start_id: int | None = None


class TransactionEvent(Request, frozen=True):
    """E01 to E08; `cost_details` of 2.1 is what the charger itself makes of a tariff."""

    event_type: str | None = None
    timestamp: str | None = None
    trigger_reason: str | None = None
    seq_no: Integer = None
    offline: bool | None = None
    reservation_id: Integer = None
    transaction_info: TransactionInfo | None = None
    evse: Evse | None = None
    id_token: IdToken | None = None
    meter_value: list[MeterValue] = []
    cost_details: Any = None


class Authorize(Request, frozen=True):
    """C01 to C07"""

    id_token: IdToken | None = None
    certificate: str | None = None
    iso15118_certificate_hash_data: list[Any] = msgspec.field(default=[], name="iso15118CertificateHashData")


class Modem(Message, frozen=True):
    """ModemType"""

    iccid: str | None = None
    imsi: str | None = None


class ChargingStation(Message, frozen=True):
    """ChargingStationType"""

    vendor_name: str | None = None
    model: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None
    modem: Modem | None = None


class BootNotification(Request, frozen=True):
    """B01 to B03"""

    charging_station: ChargingStation | None = None
    reason: str | None = None


class Heartbeat(Request, frozen=True):
    """G02"""


class StatusNotification(Request, frozen=True):
    """G01"""

    timestamp: str | None = None
    connector_status: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None


class MeterValues(Request, frozen=True):
    """J01: readings outside of transactions."""

    evse_id: Integer = None
    meter_value: list[MeterValue] = []


class DataTransfer(Request, frozen=True):
    """P02"""

    vendor_id: str | None = None
    message_id: str | None = None
    data: Any = None


class SecurityEventNotification(Request, frozen=True):
    """A04"""

    type: str | None = None
    timestamp: str | None = None
    tech_info: str | None = None


class SignCertificate(Request, frozen=True):
    """A02, A03"""

    csr: str | None = None
    certificate_type: str | None = None
    request_id: Integer = None


class Get15118EVCertificate(Request, frozen=True):
    """M01, M02"""

    iso15118_schema_version: str | None = msgspec.field(default=None, name="iso15118SchemaVersion")
    action: str | None = None
    exi_request: str | None = None


class CertificateHash(Message, frozen=True):
    """CertificateHashDataType, of which OCSPRequestDataType is one with an address."""

    hash_algorithm: str | None = None
    issuer_name_hash: str | None = None
    issuer_key_hash: str | None = None
    serial_number: str | None = None


class GetCertificateStatus(Request, frozen=True):
    """M06"""

    ocsp_request_data: CertificateHash | None = None


class StatusInfo(Message, frozen=True):
    """StatusInfoType: why something is as it is."""

    reason_code: str | None = None
    additional_info: str | None = None


def reason(info: StatusInfo | None) -> str | None:
    """Why something is as it is, in the charger's words."""
    told = [text for text in (info.reason_code, info.additional_info) if text] if info else []
    return ", ".join(told) or None


class FirmwareStatusNotification(Request, frozen=True):
    """L01, L02"""

    status: str | None = None
    request_id: int | None = None
    status_info: StatusInfo | None = None


class PublishFirmwareStatusNotification(Request, frozen=True):
    """L03"""

    status: str | None = None
    location: list[str] = []
    request_id: int | None = None
    status_info: StatusInfo | None = None


class LogStatusNotification(Request, frozen=True):
    """N01"""

    status: str | None = None
    request_id: int | None = None
    status_info: StatusInfo | None = None


class Variable(Message, frozen=True):
    """VariableType"""

    name: str | None = None
    instance: str | None = None


class Component(Message, frozen=True):
    """ComponentType"""

    name: str | None = None
    instance: str | None = None
    evse: Evse | None = None


class VariableAttribute(Message, frozen=True):
    """VariableAttributeType; without a type it is Actual."""

    type: str | None = None
    value: str | None = None
    mutability: str | None = None
    persistent: bool | None = None
    constant: bool | None = None


class VariableCharacteristics(Message, frozen=True):
    """VariableCharacteristicsType"""

    unit: str | None = None
    data_type: str | None = None
    min_limit: float | None = None
    max_limit: float | None = None
    values_list: str | None = None
    supports_monitoring: bool | None = None


class ReportData(Message, frozen=True):
    """ReportDataType"""

    component: Component | None = None
    variable: Variable | None = None
    variable_attribute: list[VariableAttribute] = []
    variable_characteristics: VariableCharacteristics | None = None


class NotifyReport(Request, frozen=True):
    """B06 to B08: a part of the device model; `tbc`: more will come."""

    request_id: int | None = None
    generated_at: str | None = None
    seq_no: int | None = None
    tbc: bool | None = None
    report_data: list[ReportData] = []


class EventData(Message, frozen=True):
    """EventDataType"""

    event_id: int | None = None
    timestamp: str | None = None
    trigger: str | None = None
    cause: int | None = None
    actual_value: str | None = None
    tech_code: str | None = None
    tech_info: str | None = None
    cleared: bool | None = None
    transaction_id: str | None = None
    variable_monitoring_id: int | None = None
    event_notification_type: str | None = None
    component: Component | None = None
    variable: Variable | None = None
    severity: int | None = None


class NotifyEvent(Request, frozen=True):
    """N07, N08: what the monitors saw."""

    generated_at: str | None = None
    seq_no: int | None = None
    tbc: bool | None = None
    event_data: list[EventData] = []


class VariableMonitoring(Message, frozen=True):
    """VariableMonitoringType; 2.1 tells where it comes from."""

    id: int | None = None
    transaction: bool | None = None
    value: float | None = None
    type: str | None = None
    severity: int | None = None
    event_notification_type: str | None = None


class MonitoringData(Message, frozen=True):
    """MonitoringDataType"""

    component: Component | None = None
    variable: Variable | None = None
    variable_monitoring: list[VariableMonitoring] = []


class NotifyMonitoringReport(Request, frozen=True):
    """N02"""

    request_id: int | None = None
    seq_no: int | None = None
    tbc: bool | None = None
    monitor: list[MonitoringData] = []


class ChargingLimit(Message, frozen=True):
    """ChargingLimitType"""

    charging_limit_source: str | None = None
    is_grid_critical: bool | None = None


class NotifyChargingLimit(Request, frozen=True):
    """K12"""

    evse_id: int | None = None
    charging_limit: ChargingLimit | None = None
    charging_schedule: list[Any] = []


class ClearedChargingLimit(Request, frozen=True):
    """K13"""

    charging_limit_source: str | None = None
    evse_id: int | None = None


class ACChargingParameters(Message, frozen=True):
    """ACChargingParametersType"""

    energy_amount: float | None = None


class DCChargingParameters(Message, frozen=True):
    """DCChargingParametersType"""

    energy_amount: float | None = None
    state_of_charge: float | None = None


class V2XChargingParameters(Message, frozen=True):
    """V2XChargingParametersType, of 2.1"""

    ev_target_energy_request: float | None = None


class ChargingNeeds(Message, frozen=True):
    """ChargingNeedsType"""

    requested_energy_transfer: str | None = None
    departure_time: str | None = None
    control_mode: str | None = None
    ac_charging_parameters: ACChargingParameters | None = None
    dc_charging_parameters: DCChargingParameters | None = None
    v2x_charging_parameters: V2XChargingParameters | None = None


class NotifyEVChargingNeeds(Request, frozen=True):
    """K15, K17"""

    evse_id: int | None = None
    max_schedule_tuples: int | None = None
    charging_needs: ChargingNeeds | None = None


class NotifyEVChargingSchedule(Request, frozen=True):
    """K15, K17"""

    evse_id: int | None = None
    time_base: str | None = None
    charging_schedule: Any = None


class ReportChargingProfiles(Request, frozen=True):
    """K09; the only report whose parts carry no number."""

    request_id: int | None = None
    evse_id: int | None = None
    charging_limit_source: str | None = None
    tbc: bool | None = None
    charging_profile: list[Any] = []


class NotifyCustomerInformation(Request, frozen=True):
    """N09, N10"""

    request_id: int | None = None
    seq_no: int | None = None
    tbc: bool | None = None
    generated_at: str | None = None
    data: str | None = None


class NotifyDisplayMessages(Request, frozen=True):
    """O03, O04"""

    request_id: int | None = None
    tbc: bool | None = None
    message_info: list[Any] = []


class ReservationStatusUpdate(Request, frozen=True):
    """H04"""

    reservation_id: int | None = None
    reservation_update_status: str | None = None


class BatterySwap(Request, frozen=True):
    """2.1 S01 to S04"""

    event_type: str | None = None
    request_id: int | None = None
    id_token: IdToken | None = None
    battery_data: list[Any] = []


class ClosePeriodicEventStream(Request, frozen=True):
    """2.1 N12"""

    id: int | None = None


class CertificateStatusRequest(Message, frozen=True):
    """CertificateStatusRequestInfoType"""

    certificate_hash_data: CertificateHash | None = None
    source: str | None = None


class GetCertificateChainStatus(Request, frozen=True):
    """2.1 M07"""

    certificate_status_requests: list[CertificateStatusRequest] = []


class NotifyDERAlarm(Request, frozen=True):
    """2.1 R04"""

    control_type: str | None = None
    grid_event_fault: str | None = None
    alarm_ended: bool | None = None
    timestamp: str | None = None
    extra_info: str | None = None


class NotifyDERStartStop(Request, frozen=True):
    """2.1 R04"""

    control_id: str | None = None
    started: bool | None = None
    timestamp: str | None = None
    superseded_ids: list[str] = []


class StreamDataElement(Message, frozen=True):
    """StreamDataElementType: seconds after the base time, and the value."""

    t: float | None = None
    v: str | None = None


class NotifyPeriodicEventStream(Request, frozen=True):
    """2.1 N13; a SEND, which takes no answer."""

    id: int | None = None
    pending: int | None = None
    basetime: str | None = None
    data: list[StreamDataElement] = []


class NotifyPriorityCharging(Request, frozen=True):
    """2.1 K21, K22"""

    transaction_id: str | None = None
    activated: bool | None = None


class NotifySettlement(Request, frozen=True):
    """2.1 C20, C25"""

    transaction_id: str | None = None
    psp_ref: str | None = None
    status: str | None = None
    settlement_amount: float | None = None
    settlement_time: str | None = None
    receipt_id: str | None = None
    receipt_url: str | None = None
    vat_number: str | None = None


class StreamParams(Message, frozen=True):
    """PeriodicEventStreamParamsType: seconds after which, and values at which, what was gathered is sent."""

    interval: int | None = None
    values: int | None = None


class ConstantStreamData(Message, frozen=True):
    """ConstantStreamDataType"""

    id: int | None = None
    variable_monitoring_id: int | None = None
    params: StreamParams | None = None


class OpenPeriodicEventStream(Request, frozen=True):
    """2.1 N11"""

    constant_stream_data: ConstantStreamData | None = None


class PullDynamicScheduleUpdate(Request, frozen=True):
    """2.1 K28"""

    charging_profile_id: int | None = None


class ReportDERControl(Request, frozen=True):
    """2.1 R03; its many lists of controls are kept as sent."""

    request_id: int | None = None
    tbc: bool | None = None


class VatNumberValidation(Request, frozen=True):
    """2.1 C26"""

    vat_number: str | None = None
    evse_id: int | None = None


VERSIONS: Final = (Version.V201, Version.V21)
"""The versions that these messages belong to."""
OF_21: Final = frozenset(
    {
        BatterySwap,
        ClosePeriodicEventStream,
        GetCertificateChainStatus,
        NotifyDERAlarm,
        NotifyDERStartStop,
        NotifyPeriodicEventStream,
        NotifyPriorityCharging,
        NotifySettlement,
        OpenPeriodicEventStream,
        PullDynamicScheduleUpdate,
        ReportDERControl,
        VatNumberValidation,
    }
)
"""What a charger may send in 2.1 only."""


def requests(version: Version) -> dict[str, type[Request]]:
    """The Calls that a charger of this version may send, by their action."""
    known = (request for request in Request.__subclasses__() if version is Version.V21 or request not in OF_21)
    return {request.__name__: request for request in known}
