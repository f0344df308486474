"""The device model of a charger as it leaves the factory: declarations. OCPP 2.0.1 and 2.1 part 2 appendix 3"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored
from cpoctl.ocpp import Version
from cpoctl.simulator import misbehaving
from cpoctl.simulator.device import READ_WRITE, WRITE_ONLY, Component, Variable
from cpoctl.simulator.meter import MEASURANDS

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller
    from cpoctl.simulator.device import Live
    from cpoctl.simulator.outlet import Outlet

MEASURED = [name for name in MEASURANDS if name != "Temperature"]  # 2.x has no such measurand
PLAIN_STATES = {"Available": "Available", "Reserved": "Reserved", "Unavailable": "Unavailable", "Faulted": "Faulted"}
ITEMS_PER_MESSAGE = 50
TRANSFERS_AC = "AC_single_phase,AC_three_phase"
TRANSFERS_DC = "DC,DC_BPT"
MODES = (
    "ChargingOnly,CentralSetpoint,ExternalSetpoint,ExternalLimits,CentralFrequency,LocalFrequency,LocalLoadBalancing"
)
DER_CONTROLS = "FreqDroop,FreqWatt,FixedPFAbsorb,FixedPFInject,FixedVar,LimitMaxDischarge,VoltVar,VoltWatt,EnterService"


def made(charger: "Controller") -> Iterator[Variable]:
    """List every variable of a charger."""
    yield from _station(charger)
    yield from _communication()
    yield from _security(charger)
    yield from _tags()
    yield from _transactions()
    yield from _metering()
    yield from _limits_and_reservations()
    yield from _telling()
    yield from _yes("CustomizationCtrlr", "CustomImplementationEnabled", instance="Simulated", writable=False)
    yield Variable(
        Component("Simulator"), misbehaving.SETTING, key=misbehaving.SETTING, mutability=READ_WRITE, kind="string"
    )
    for outlet in charger.outlets.values():
        yield from _evse(outlet)
    if charger.version is Version.V21:
        yield from _only_21(charger)


def availability(outlet: "Outlet") -> str:
    """Tell an outlet's state in the five words of 2.x."""
    return "Occupied" if outlet.session is not None else PLAIN_STATES.get(outlet.status, "Occupied")


def station_availability(charger: "Controller") -> str:
    """Tell the whole charger's state."""
    states = {availability(outlet) for outlet in charger.outlets.values()}
    return states.pop() if len(states) == 1 and states <= {"Unavailable", "Faulted"} else "Available"


# Shapes of declarations


def _text(part: str, name: str, value: str, *, instance: str = "", writable: bool = False, **more: Any) -> Variable:
    mutability = READ_WRITE if writable else "ReadOnly"
    return Variable(Component(part), name, instance, value, mutability=mutability, **more)


def _whole(part: str, name: str, value: int, *, writable: bool = False, **more: Any) -> Variable:
    return _text(part, name, str(value), kind="integer", writable=writable, **more)


def _yes(part: str, *names: str, instance: str = "", writable: bool = True) -> Iterator[Variable]:
    """Switches that are on."""
    for name in names:
        may = writable and name != "Available"
        yield _text(part, name, "true", kind="boolean", instance=instance, writable=may)


def _set(part: str, name: str, key: str, kind: str = "integer", **more: Any) -> Variable:
    """A variable that is a setting."""
    writable = more.pop("writable", True)
    return _text(part, name, "", kind=kind, key=key, writable=writable, **more)


def _shown(component: Component, name: str, live: "Live", kind: str = "string", **more: Any) -> Variable:
    return Variable(component, name, live=live, kind=kind, **more)


# What every charger has


def _station(charger: "Controller") -> Iterator[Variable]:
    whole = Component("ChargingStation")
    states = "Available,Occupied,Reserved,Unavailable,Faulted"
    yield _shown(whole, "AvailabilityState", station_availability, "OptionList", values=states, monitored=True)
    yield _shown(whole, "Problem", lambda me: _truth(station_availability(me) == "Faulted"), "boolean", monitored=True)
    yield from _yes("ChargingStation", "Available", "Enabled")
    yield _shown(whole, "VendorName", lambda me: me.vendor)
    yield _shown(whole, "Model", lambda me: me.model)
    yield _shown(whole, "SerialNumber", lambda me: me.serial)
    yield _whole("ChargingStation", "SupplyPhases", 3)
    yield _text("ChargingStation", "PhaseRotation", "RST", writable=True)
    yield _text("ChargingStation", "AllowNewSessionsPendingFirmwareUpdate", "false", kind="boolean", writable=True)
    yield _shown(Component("Controller"), "FirmwareVersion", lambda me: me.firmware)
    yield _shown(Component("ClockCtrlr"), "DateTime", lambda me: stored(me.time.now()), "dateTime")
    yield _text("ClockCtrlr", "TimeSource", "Heartbeat", kind="SequenceList", values="Heartbeat,NTP", writable=True)
    yield _text("ClockCtrlr", "TimeZone", "Etc/UTC", writable=True)
    yield Variable(Component("TokenReader"), "Enabled", value="true", kind="boolean", mutability=READ_WRITE)
    yield Variable(Component("DisplayDevice"), "Color", value="#00FF00", mutability=READ_WRITE)
    yield _set("LED", "Brightness", "LedBrightness", unit="Percent", most=100)
    temperature = _shown(Component("TemperatureSensor"), "Temperature", _temperature, "decimal", unit="Celsius")
    temperature.monitored, temperature.most = True, 120
    yield temperature


def _communication() -> Iterator[Variable]:
    part, event = "OCPPCommCtrlr", "TransactionEvent"
    yield _set(part, "HeartbeatInterval", "HeartbeatInterval", unit="s")
    yield _set(part, "WebSocketPingInterval", "WebSocketPingInterval", unit="s")
    yield _set(part, "ResetRetries", "ResetRetries")
    yield _set(part, "MessageAttempts", "TransactionMessageAttempts", instance=event)
    yield _set(part, "MessageAttemptInterval", "TransactionMessageRetryInterval", instance=event, unit="s")
    yield _whole(part, "MessageTimeout", 30, instance="Default", unit="s")
    yield _whole(part, "OfflineThreshold", 60, writable=True, unit="s")
    yield _whole(part, "NetworkProfileConnectionAttempts", 3, writable=True)
    yield _whole(part, "RetryBackOffRepeatTimes", 5, writable=True)
    yield _whole(part, "RetryBackOffRandomRange", 10, writable=True, unit="s")
    yield _whole(part, "RetryBackOffWaitMinimum", 1, writable=True, unit="s")
    yield _whole(part, "ActiveNetworkProfile", 0)
    yield _text(part, "NetworkConfigurationPriority", "0", kind="SequenceList", writable=True, needs_reboot=True)
    yield _text(part, "FileTransferProtocols", "FTP,FTPS,HTTP,HTTPS,SFTP", kind="MemberList")
    yield _set(part, "UnlockOnEVSideDisconnect", "UnlockConnectorOnEVSideDisconnect", "boolean")
    yield from _yes(part, "QueueAllMessages")
    for action in ("GetReport", "GetVariables", "SetVariables"):
        yield _whole("DeviceDataCtrlr", "ItemsPerMessage", ITEMS_PER_MESSAGE, instance=action)
        yield _whole("DeviceDataCtrlr", "BytesPerMessage", 65_536, instance=action)
    yield _whole("DeviceDataCtrlr", "ConfigurationValueSize", 1_000)
    yield _whole("DeviceDataCtrlr", "ReportingValueSize", 2_500)


ITEMS_PER_MESSAGE = 50


def _security(charger: "Controller") -> Iterator[Variable]:
    part = "SecurityCtrlr"
    password = _set(part, "BasicAuthPassword", "AuthorizationKey", check=lambda text: 16 <= len(text) <= 40)
    password.mutability, password.kind, password.most = WRITE_ONLY, "string", 40  # A00: never read back
    yield password
    yield _shown(Component(part), "Identity", lambda me: me.charger_id)
    yield _set(part, "SecurityProfile", "SecurityProfile", writable=False)
    yield _set(part, "OrganizationName", "CpoName", "string")
    yield _shown(
        Component(part),
        "CertificateEntries",
        lambda me: str(sum(map(len, me.certificates.values()))),
        "integer",
        most=8,
    )
    yield _whole(part, "MaxCertificateChainSize", 10_000)
    yield _whole(part, "CertSigningWaitMinimum", 30, writable=True, unit="s")
    yield _whole(part, "CertSigningRepeatTimes", 3, writable=True)
    yield _text(part, "AdditionalRootCertificateCheck", "false", kind="boolean")


def _tags() -> Iterator[Variable]:
    yield from _yes("AuthCtrlr", "Enabled")
    yield _set("AuthCtrlr", "AuthorizeRemoteStart", "AuthorizeRemoteTxRequests", "boolean")
    yield _set("AuthCtrlr", "LocalAuthorizeOffline", "LocalAuthorizeOffline", "boolean")
    yield _set("AuthCtrlr", "LocalPreAuthorize", "LocalPreAuthorize", "boolean")
    yield _set("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "AllowOfflineTxForUnknownId", "boolean")
    yield _text("AuthCtrlr", "MasterPassGroupId", "", writable=True)
    yield from _yes("AuthCacheCtrlr", "Available")
    yield _set("AuthCacheCtrlr", "Enabled", "AuthorizationCacheEnabled", "boolean")
    yield _whole("AuthCacheCtrlr", "LifeTime", 86_400, writable=True, unit="s")
    yield _text("AuthCacheCtrlr", "Policy", "LRU", kind="OptionList", values="LRU,LFU,FIFO,CUSTOM", writable=True)
    yield from _yes("LocalAuthListCtrlr", "Available")
    yield _set("LocalAuthListCtrlr", "Enabled", "LocalAuthListEnabled", "boolean")
    entries = _shown(Component("LocalAuthListCtrlr"), "Entries", lambda me: str(me.tags.listed), "integer")
    entries.most = 500
    yield entries
    yield _set("LocalAuthListCtrlr", "ItemsPerMessage", "SendLocalListMaxLength", writable=False)
    yield _whole("LocalAuthListCtrlr", "BytesPerMessage", 65_536)


def _transactions() -> Iterator[Variable]:
    points = "EVConnected,PowerPathClosed"
    yield _set("TxCtrlr", "EVConnectionTimeOut", "ConnectionTimeOut", unit="s")
    yield _set("TxCtrlr", "StopTxOnEVSideDisconnect", "StopTransactionOnEVSideDisconnect", "boolean")
    yield _set("TxCtrlr", "StopTxOnInvalidId", "StopTransactionOnInvalidId", "boolean")
    yield _whole("TxCtrlr", "MaxEnergyOnInvalidId", 0, writable=True, unit="Wh")
    yield _text("TxCtrlr", "TxBeforeAcceptedEnabled", "false", kind="boolean")
    yield _text("TxCtrlr", "TxStartPoint", "PowerPathClosed", kind="MemberList", values=points, writable=True)
    yield _text("TxCtrlr", "TxStopPoint", "PowerPathClosed", kind="MemberList", values=points, writable=True)


def _metering() -> Iterator[Variable]:
    part = "SampledDataCtrlr"
    yield from _yes(part, "Available", "Enabled")
    yield _set(part, "TxUpdatedInterval", "MeterValueSampleInterval", unit="s")
    yield _set(part, "TxUpdatedMeasurands", "MeterValuesSampledData", "MemberList", values=",".join(MEASURED))
    yield _set(part, "TxEndedMeasurands", "StopTxnSampledData", "MemberList", values=",".join(MEASURED))
    yield _text(part, "TxStartedMeasurands", MEASURANDS[0], kind="MemberList", values=",".join(MEASURED), writable=True)
    yield _whole(part, "TxEndedInterval", 0, writable=True, unit="s")
    yield _text(part, "SignReadings", "false", kind="boolean", writable=True)
    part = "AlignedDataCtrlr"
    yield from _yes(part, "Available", "Enabled")
    yield _set(part, "Interval", "ClockAlignedDataInterval", unit="s")
    yield _set(part, "Measurands", "MeterValuesAlignedData", "MemberList", values=",".join(MEASURED))
    yield _set(part, "TxEndedMeasurands", "StopTxnAlignedData", "MemberList", values=",".join(MEASURED))
    yield _whole(part, "TxEndedInterval", 900, writable=True, unit="s")
    yield _text(part, "SendDuringIdle", "false", kind="boolean", writable=True)
    yield _text("FiscalMetering", "EnergyRegister", "", live=_register, kind="decimal", unit="Wh", monitored=True)


def _limits_and_reservations() -> Iterator[Variable]:
    part = "SmartChargingCtrlr"
    yield from _yes(part, "Available", "Enabled")
    yield _set(part, "ProfileStackLevel", "ChargeProfileMaxStackLevel", writable=False)
    yield _set(part, "PeriodsPerSchedule", "ChargingScheduleMaxPeriods", writable=False)
    yield _text(part, "RateUnit", "A,W", kind="MemberList")
    yield _text(part, "ACPhaseSwitchingSupported", "false", kind="boolean")
    yield _text(part, "LimitChangeSignificance", "1.0", kind="decimal", writable=True, unit="Percent")
    yield _text(part, "NotifyChargingLimitWithSchedules", "false", kind="boolean", writable=True)
    yield _shown(
        Component(part), "Entries", lambda me: str(len(me.profiles)), "integer", instance="ChargingProfiles", most=10
    )
    yield from _yes("ReservationCtrlr", "Available", "Enabled", "NonEvseSpecific")


def _telling() -> Iterator[Variable]:
    part = "MonitoringCtrlr"
    yield from _yes(part, "Available", "Enabled")
    for action in ("SetVariableMonitoring", "ClearVariableMonitoring"):
        yield _whole(part, "ItemsPerMessage", ITEMS_PER_MESSAGE, instance=action)
        yield _whole(part, "BytesPerMessage", 65_536, instance=action)
    yield _whole(part, "OfflineQueuingSeverity", 5, writable=True)
    bases = "All,FactoryDefault,HardWiredOnly"
    yield _shown(
        Component(part), "ActiveMonitoringBase", lambda me: me.monitors.active_base, "OptionList", values=bases
    )
    yield _shown(Component(part), "ActiveMonitoringLevel", lambda me: str(me.monitors.level), "integer", most=9)
    part = "DisplayMessageCtrlr"
    yield from _yes(part, "Available", "Enabled")
    yield _shown(Component(part), "DisplayMessages", lambda me: str(len(me.kept.displays)), "integer", most=10)
    yield _text(part, "SupportedFormats", "ASCII,UTF8,URI", kind="MemberList")
    yield _text(part, "SupportedPriorities", "AlwaysFront,InFront,NormalCycle", kind="MemberList")
    part = "TariffCostCtrlr"
    for instance in ("Tariff", "Cost"):
        yield from _yes(part, "Available", "Enabled", instance=instance)
    yield _text(part, "Currency", "EUR", writable=True)
    yield _text(part, "TariffFallbackMessage", "", writable=True)
    yield _text(part, "TotalCostFallbackMessage", "", writable=True)


def _evse(outlet: "Outlet") -> Iterator[Variable]:
    evse, plug = Component("EVSE", evse=outlet.connector_id), Component("Connector", "", outlet.connector_id, 1)
    states, phases = "Available,Occupied,Reserved,Unavailable,Faulted", "1" if outlet.dc else "3"
    for part in (evse, plug):
        yield _shown(
            part, "AvailabilityState", lambda _: availability(outlet), "OptionList", values=states, monitored=True
        )
        yield Variable(part, "Available", value="true", kind="boolean")
        yield _shown(part, "Problem", lambda _: _truth(outlet.error_code != "NoError"), "boolean", monitored=True)
        yield Variable(part, "SupplyPhases", value=phases, kind="integer")
    yield Variable(evse, "Enabled", value="true", kind="boolean", mutability=READ_WRITE)
    yield Variable(evse, "AllowReset", value="true", kind="boolean")
    power = _shown(evse, "Power", lambda _: f"{outlet.read().power_w:.0f}", "decimal", unit="W", monitored=True)
    power.most = outlet.offered_w
    yield power
    yield Variable(plug, "ConnectorType", value=outlet.plug, kind="string")


# What 2.1 adds


def _only_21(charger: "Controller") -> Iterator[Variable]:
    for outlet in charger.outlets.values():
        transfers = TRANSFERS_DC if outlet.dc else TRANSFERS_AC + (",AC_BPT" if outlet.v2x else "")
        yield from _v2x(Component("V2XChargingCtrlr", evse=outlet.connector_id), outlet, transfers)
        der = Component("DCDERCtrlr" if outlet.dc else "ACDERCtrlr", evse=outlet.connector_id)
        yield Variable(der, "Available", value=_truth(outlet.v2x), kind="boolean")
        yield Variable(der, "Enabled", value=_truth(outlet.v2x), kind="boolean", mutability=READ_WRITE)
        yield Variable(der, "ModesSupported", value=DER_CONTROLS, kind="MemberList")
    part = "TariffCostCtrlr"
    yield _whole(part, "MaxElements", 10, instance="Tariff")
    yield _text(part, "ConditionsSupported", "false", kind="boolean", instance="Tariff")
    yield from _yes("MonitoringCtrlr", "PeriodicEventStreamEnabled", writable=False)
    yield _whole("MonitoringCtrlr", "MaxPeriodicEventStreams", 5)
    yield _text("OCPPCommCtrlr", "SupportedOcppVersions", "2.1", kind="MemberList")


def _v2x(part: Component, outlet: "Outlet", transfers: str) -> Iterator[Variable]:
    yield Variable(part, "Available", value=_truth(outlet.v2x), kind="boolean")
    yield Variable(part, "Enabled", value=_truth(outlet.v2x), kind="boolean", mutability=READ_WRITE)
    yield Variable(part, "SupportedEnergyTransferModes", value=transfers, kind="MemberList")
    yield Variable(part, "SupportedOperationModes", value=MODES if outlet.v2x else "ChargingOnly", kind="MemberList")


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _register(charger: "Controller") -> str:
    for outlet in charger.outlets.values():
        outlet.measure()
    return f"{sum(outlet.register_wh for outlet in charger.outlets.values()):.0f}"


def _temperature(charger: "Controller") -> str:
    return f"{24 + sum(outlet.read().power_w for outlet in charger.outlets.values()) / 2_000:.1f}"
