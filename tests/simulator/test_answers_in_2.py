"""Every answer of a simulated charger that speaks 2.0.1 or 2.1, judged by the official schemas."""

from typing import Any

import pytest

from cpoctl.ocpp import Version, schemas
from cpoctl.simulator import ManualTime, VirtualCharger
from cpoctl.simulator.answers import actions, answer_to
from cpoctl.simulator.messages import actions as sent_by_chargers
from tests.simulator.judge import faults

Payload = dict[str, Any]
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
BOTH = (Version.V201, Version.V21)
NEW = (Version.V21,)
TAG = {"idToken": "T", "type": "ISO14443"}
SOON = "2026-03-01T10:00:00Z"
RESERVED = {"id": 5, "expiryDateTime": SOON, "idToken": TAG}
ENTRY = {"idToken": TAG, "idTokenInfo": {"status": "Accepted"}}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "0", "issuerKeyHash": "0", "serialNumber": "0"}
CONNECTION = {
    "ocppVersion": "OCPP20",
    "ocppTransport": "JSON",
    "ocppCsmsUrl": "wss://csms.test/",
    "messageTimeout": 30,
    "securityProfile": 1,
    "ocppInterface": "Wired0",
}
POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
LOG = {"requestId": 1, "logType": "SecurityLog"}
TARIFF = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.4}]}}
DER = {"isDefault": False, "controlId": "d1", "controlType": "FreqDroop"}
DROOP = {"priority": 1, "overFreq": 50.2, "underFreq": 49.8, "overDroop": 5, "underDroop": 5, "responseTime": 1}


def profile(purpose: str = "TxDefaultProfile", level: int = 0, **more: Any) -> Payload:
    period = {"startPeriod": 0, "limit": 7000.0}
    schedule = {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [period]}
    kind = {"chargingProfileKind": "Relative", "chargingSchedule": [schedule]}
    return {"id": 1, "stackLevel": level, "chargingProfilePurpose": purpose, **kind, **more}


def firmware(location: str = "https://files.test/fw-2.bin", **more: Any) -> Payload:
    return {"requestId": 4, "firmware": {"location": location, "retrieveDateTime": SOON, **more}}


def message(**more: Any) -> Payload:
    return {"message": {"id": 1, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Hi"}} | more}


ANSWERS: list[tuple[tuple[Version, ...], str, Payload, str | None]] = [
    (BOTH, "RequestStartTransaction", {"idToken": TAG, "remoteStartId": 1}, "Accepted"),
    (BOTH, "RequestStartTransaction", {"idToken": TAG, "remoteStartId": 1, "evseId": 9}, "Rejected"),
    (
        BOTH,
        "RequestStartTransaction",
        {"idToken": TAG, "remoteStartId": 1, "chargingProfile": profile()},
        "Rejected",
    ),
    (BOTH, "RequestStopTransaction", {"transactionId": "none"}, "Rejected"),
    (BOTH, "GetTransactionStatus", {}, None),
    (BOTH, "GetTransactionStatus", {"transactionId": "none"}, None),
    (BOTH, "UnlockConnector", {"evseId": 1, "connectorId": 1}, "Unlocked"),
    (BOTH, "UnlockConnector", {"evseId": 1, "connectorId": 2}, "UnknownConnector"),
    (BOTH, "Reset", {"type": "Immediate"}, "Accepted"),
    (BOTH, "Reset", {"type": "OnIdle", "evseId": 2}, "Accepted"),
    (BOTH, "Reset", {"type": "OnIdle", "evseId": 9}, "Rejected"),
    (NEW, "Reset", {"type": "ImmediateAndResume"}, "Accepted"),
    (BOTH, "ChangeAvailability", {"operationalStatus": "Inoperative"}, "Accepted"),
    (BOTH, "ChangeAvailability", {"operationalStatus": "Inoperative", "evse": {"id": 9}}, "Rejected"),
    (BOTH, "ClearCache", {}, "Accepted"),
    (BOTH, "TriggerMessage", {"requestedMessage": "StatusNotification"}, "Accepted"),
    (BOTH, "TriggerMessage", {"requestedMessage": "StatusNotification", "evse": {"id": 9}}, "Rejected"),
    (BOTH, "TriggerMessage", {"requestedMessage": "TransactionEvent"}, "Rejected"),
    (BOTH, "TriggerMessage", {"requestedMessage": "SignCombinedCertificate"}, "NotImplemented"),
    (NEW, "TriggerMessage", {"requestedMessage": "CustomTrigger", "customTrigger": "X"}, "NotImplemented"),
    (BOTH, "GetBaseReport", {"requestId": 1, "reportBase": "SummaryInventory"}, "Accepted"),
    (BOTH, "GetReport", {"requestId": 1, "componentCriteria": ["Problem"]}, "EmptyResultSet"),
    (BOTH, "GetReport", {"requestId": 1, "componentVariable": [{"component": {"name": "Nope"}}]}, "EmptyResultSet"),
    (BOTH, "GetReport", {"requestId": 1, "componentVariable": [{"component": {"name": "EVSE"}}]}, "Accepted"),
    (BOTH, "SendLocalList", {"versionNumber": 1, "updateType": "Full", "localAuthorizationList": [ENTRY]}, "Accepted"),
    (BOTH, "SendLocalList", {"versionNumber": 0, "updateType": "Differential"}, "VersionMismatch"),
    (BOTH, "GetLocalListVersion", {}, None),
    (BOTH, "ReserveNow", RESERVED, "Accepted"),
    (BOTH, "ReserveNow", {**RESERVED, "evseId": 2, "connectorType": "cType2"}, "Accepted"),
    (BOTH, "ReserveNow", {**RESERVED, "connectorType": "cCCS1"}, "Rejected"),
    (BOTH, "ReserveNow", {**RESERVED, "evseId": 9}, "Rejected"),
    (BOTH, "CancelReservation", {"reservationId": 5}, "Rejected"),
    (BOTH, "SetChargingProfile", {"evseId": 0, "chargingProfile": profile()}, "Accepted"),
    (BOTH, "SetChargingProfile", {"evseId": 0, "chargingProfile": profile("ChargingStationMaxProfile")}, "Accepted"),
    (
        BOTH,
        "SetChargingProfile",
        {"evseId": 0, "chargingProfile": profile("ChargingStationExternalConstraints")},
        "Rejected",
    ),
    (BOTH, "SetChargingProfile", {"evseId": 1, "chargingProfile": profile("TxProfile")}, "Rejected"),
    (BOTH, "SetChargingProfile", {"evseId": 1, "chargingProfile": profile(level=99)}, "Rejected"),
    (BOTH, "GetChargingProfiles", {"requestId": 1, "chargingProfile": {}}, "NoProfiles"),
    (BOTH, "ClearChargingProfile", {"chargingProfileId": 7}, "Unknown"),
    (BOTH, "GetCompositeSchedule", {"evseId": 0, "duration": 600}, "Accepted"),
    (BOTH, "GetCompositeSchedule", {"evseId": 9, "duration": 600}, "Rejected"),
    (BOTH, "CertificateSigned", {"certificateChain": PEM}, "Accepted"),
    (BOTH, "CertificateSigned", {"certificateChain": "nonsense"}, "Rejected"),
    (BOTH, "InstallCertificate", {"certificateType": "V2GRootCertificate", "certificate": PEM}, "Accepted"),
    (NEW, "InstallCertificate", {"certificateType": "OEMRootCertificate", "certificate": PEM}, "Accepted"),
    (BOTH, "DeleteCertificate", {"certificateHashData": HASH}, "NotFound"),
    (BOTH, "GetInstalledCertificateIds", {}, "NotFound"),
    (BOTH, "UpdateFirmware", firmware(), "Accepted"),
    (BOTH, "UpdateFirmware", firmware(signingCertificate="not one", signature="c2ln"), "InvalidCertificate"),
    (
        BOTH,
        "PublishFirmware",
        {"requestId": 1, "location": "https://files.test/fw.bin", "checksum": "ab"},
        "Accepted",
    ),
    (BOTH, "UnpublishFirmware", {"checksum": "ab"}, "NoFirmware"),
    (BOTH, "GetLog", {**LOG, "log": {"remoteLocation": "ftp://files.test/"}}, "Accepted"),
    (BOTH, "GetLog", {**LOG, "log": {"remoteLocation": "nowhere"}}, "Rejected"),
    (BOTH, "CustomerInformation", {"requestId": 1, "report": True, "clear": False, "idToken": TAG}, "Accepted"),
    (BOTH, "CustomerInformation", {"requestId": 1, "report": True, "clear": False}, "Invalid"),
    (BOTH, "SetNetworkProfile", {"configurationSlot": 1, "connectionData": CONNECTION}, "Accepted"),
    (BOTH, "SetNetworkProfile", {"configurationSlot": 99, "connectionData": CONNECTION}, "Rejected"),
    (
        BOTH,
        "SetNetworkProfile",
        {"configurationSlot": 1, "connectionData": {**CONNECTION, "ocppTransport": "SOAP"}},
        "Rejected",
    ),
    (BOTH, "SetDisplayMessage", message(), "Accepted"),
    (BOTH, "SetDisplayMessage", message(transactionId="none"), "UnknownTransaction"),
    (
        BOTH,
        "SetDisplayMessage",
        message(message={"format": "HTML", "content": "<b>Hi</b>"}),
        "NotSupportedMessageFormat",
    ),
    (BOTH, "GetDisplayMessages", {"requestId": 1}, "Unknown"),
    (BOTH, "ClearDisplayMessage", {"id": 1}, "Unknown"),
    (BOTH, "CostUpdated", {"totalCost": 1.5, "transactionId": "none"}, None),
    (
        BOTH,
        "SetVariableMonitoring",
        {"setMonitoringData": [{**POWER, "value": 1, "type": "Delta", "severity": 5}]},
        None,
    ),
    (BOTH, "ClearVariableMonitoring", {"id": [3]}, None),
    (BOTH, "GetMonitoringReport", {"requestId": 1}, "EmptyResultSet"),
    (BOTH, "SetMonitoringBase", {"monitoringBase": "All"}, "Accepted"),
    (BOTH, "SetMonitoringLevel", {"severity": 4}, "Accepted"),
    (BOTH, "SetMonitoringLevel", {"severity": 10}, "Rejected"),
    (BOTH, "DataTransfer", {"vendorId": "Simulated", "messageId": "Echo", "data": "hi"}, "Accepted"),
    (BOTH, "DataTransfer", {"vendorId": "Nobody"}, "UnknownVendorId"),
    (BOTH, "GetVariables", {"getVariableData": [POWER]}, None),
    (BOTH, "SetVariables", {"setVariableData": [{**POWER, "attributeValue": "1"}]}, None),
    (NEW, "SetDefaultTariff", {"evseId": 0, "tariff": TARIFF}, "Accepted"),
    (NEW, "SetDefaultTariff", {"evseId": 9, "tariff": TARIFF}, "Rejected"),
    (
        NEW,
        "SetDefaultTariff",
        {"evseId": 0, "tariff": {**TARIFF, "energy": {"prices": [{"priceKwh": 0.4}] * 11}}},
        "TooManyElements",
    ),
    (NEW, "GetTariffs", {"evseId": 0}, "NoTariff"),
    (NEW, "ClearTariffs", {}, None),
    (NEW, "ClearTariffs", {"tariffIds": ["T9"]}, None),
    (NEW, "ChangeTransactionTariff", {"transactionId": "none", "tariff": TARIFF}, "TxNotFound"),
    (NEW, "UpdateDynamicSchedule", {"chargingProfileId": 1, "scheduleUpdate": {"limit": 9.0}}, "Rejected"),
    (NEW, "UsePriorityCharging", {"transactionId": "none", "activate": True}, "Rejected"),
    (NEW, "NotifyAllowedEnergyTransfer", {"transactionId": "none", "allowedEnergyTransfer": ["DC"]}, "Rejected"),
    (NEW, "SetDERControl", {**DER, "freqDroop": DROOP}, "Accepted"),
    (NEW, "SetDERControl", {**DER, "controlType": "HFMayTrip"}, "NotSupported"),
    (NEW, "SetDERControl", DER, "Rejected"),
    (NEW, "GetDERControl", {"requestId": 1}, "NotFound"),
    (NEW, "ClearDERControl", {"isDefault": False}, "NotFound"),
    (NEW, "AFRRSignal", {"timestamp": SOON, "signal": 3}, "Rejected"),
    (NEW, "RequestBatterySwap", {"requestId": 1, "idToken": TAG}, "Accepted"),
    (NEW, "AdjustPeriodicEventStream", {"id": 1, "params": {"interval": 5}}, "Rejected"),
    (NEW, "GetPeriodicEventStream", {}, None),
    (NEW, "NotifyWebPaymentStarted", {"evseId": 1, "timeout": 120}, None),
]
CASES = [(version, *case) for versions, *case in ANSWERS for version in versions]


def made(version: Version) -> VirtualCharger:
    return VirtualCharger("ws://127.0.0.1:9", "CP-1", connectors=2, version=version, time=ManualTime())


def ask(charger: VirtualCharger, action: str, request: Payload) -> Payload:
    """Give the charger's answer; request and answer satisfy the schemas."""
    assert faults(action, request, version=charger.version) == []
    find = answer_to(action, charger.version)
    assert find is not None
    answer = find(charger, request).payload
    assert faults(action, answer, answer=True, version=charger.version) == []
    return answer


@pytest.mark.parametrize(("version", "action", "request_", "status"), CASES)
def test_a_charger_answers_as_real_ones_do(
    version: Version, action: str, request_: Payload, status: str | None
) -> None:
    assert ask(made(version), action, request_).get("status") == status


@pytest.mark.parametrize("version", BOTH)
def test_every_action_of_the_server_has_an_answer_and_is_asked_here(version: Version) -> None:
    ours = {*schemas.actions(version)} - {*sent_by_chargers(version)} | {"DataTransfer"}
    assert actions(version) == ours
    assert ours == {action for spoken, action, *_ in CASES if spoken is version}


@pytest.fixture
def charger() -> VirtualCharger:
    return made(Version.V21)


def variable(part: str, name: str, **place: int) -> Payload:
    return {"component": {"name": part} | ({"evse": place} if place else {}), "variable": {"name": name}}


def read(charger: VirtualCharger, *asked: Payload) -> list[tuple[str, str | None]]:
    results = ask(charger, "GetVariables", {"getVariableData": list(asked)})["getVariableResult"]
    return [(each["attributeStatus"], each.get("attributeValue")) for each in results]


def write(charger: VirtualCharger, part: str, name: str, value: str, **more: Any) -> str:
    data = {**variable(part, name), "attributeValue": value, **more}
    (result,) = ask(charger, "SetVariables", {"setVariableData": [data]})["setVariableResult"]
    return str(result["attributeStatus"])


def test_no_variable_is_there_twice(charger: VirtualCharger) -> None:
    names = [(each.component, each.name, each.instance) for each in charger.device]
    assert len(names) == len(set(names))


def test_variables_are_read_from_the_whole_charger_an_evse_and_a_connector(charger: VirtualCharger) -> None:
    assert read(
        charger,
        variable("ocppcommctrlr", "HEARTBEATINTERVAL"),
        variable("EVSE", "AvailabilityState", id=2),
        variable("Connector", "ConnectorType", id=1, connectorId=1),
        variable("V2XChargingCtrlr", "Enabled", id=1),
    ) == [("Accepted", "300"), ("Accepted", "Available"), ("Accepted", "cType2"), ("Accepted", "true")]


def test_what_cannot_be_read_says_why(charger: VirtualCharger) -> None:
    target = {**variable("OCPPCommCtrlr", "HeartbeatInterval"), "attributeType": "Target"}
    assert read(
        charger,
        variable("SecurityCtrlr", "BasicAuthPassword"),
        variable("Nonsense", "Enabled"),
        variable("EVSE", "Enabled", id=9),
        variable("EVSE", "Nonsense", id=1),
        target,
    ) == [
        ("Rejected", None),
        ("UnknownComponent", None),
        ("UnknownComponent", None),
        ("UnknownVariable", None),
        ("NotSupportedAttributeType", None),
    ]


@pytest.mark.parametrize(
    ("part", "name", "value", "said"),
    [
        ("SampledDataCtrlr", "TxUpdatedInterval", "15", "Accepted"),
        ("SampledDataCtrlr", "TxUpdatedInterval", "soon", "Rejected"),
        ("SampledDataCtrlr", "TxUpdatedMeasurands", "SoC,Voltage", "Accepted"),
        ("SampledDataCtrlr", "TxUpdatedMeasurands", "Happiness", "Rejected"),
        ("AuthCtrlr", "LocalPreAuthorize", "yes", "Rejected"),
        ("AuthCtrlr", "LocalPreAuthorize", "true", "Accepted"),
        ("AuthCacheCtrlr", "Policy", "LFU", "Accepted"),
        ("AuthCacheCtrlr", "Policy", "Whim", "Rejected"),
        ("LED", "Brightness", "101", "Rejected"),
        ("ChargingStation", "Model", "Other", "Rejected"),
        ("SecurityCtrlr", "BasicAuthPassword", "short", "Rejected"),
        ("SecurityCtrlr", "BasicAuthPassword", "0123456789abcdef", "Accepted"),
        ("OCPPCommCtrlr", "NetworkConfigurationPriority", "1,0", "RebootRequired"),
        ("Simulator", "Misbehave", "Reset=reject", "Accepted"),
        ("Simulator", "Misbehave", "Reset=nonsense", "Rejected"),
    ],
)
def test_a_value_is_taken_or_not(charger: VirtualCharger, part: str, name: str, value: str, said: str) -> None:
    assert write(charger, part, name, value) == said


def test_a_setting_is_the_same_in_every_version(charger: VirtualCharger) -> None:
    write(charger, "AuthCacheCtrlr", "Enabled", "false")
    assert charger.settings["AuthorizationCacheEnabled"] == "false"
    assert ask(charger, "ClearCache", {}) == {"status": "Rejected"}


def test_a_report_leaves_out_what_may_not_be_read(charger: VirtualCharger) -> None:
    rows = {each.name: each.reported(charger) for each in charger.device if each.component.name == "SecurityCtrlr"}
    assert rows["BasicAuthPassword"]["variableAttribute"][0].keys() == {"mutability", "persistent", "constant"}
    report = {"requestId": 1, "generatedAt": SOON, "seqNo": 0}
    everything = [each.reported(charger) for each in charger.device]
    assert faults("NotifyReport", {**report, "reportData": everything}, version=Version.V21) == []


def test_a_report_on_demand_narrows_by_place_and_criterion(charger: VirtualCharger) -> None:
    part = {"component": {"name": "Connector", "evse": {"id": 2}}}
    assert {each.component.evse for each in charger.device.chosen([part], [], charger)} == {2}
    charger.outlets[2].error_code = "GroundFailure"
    broken = {(each.component.name, each.component.evse) for each in charger.device.chosen([], ["Problem"], charger)}
    assert broken == {("EVSE", 2), ("Connector", 2)}


def test_installed_certificates_are_listed_by_kind_and_deleted(charger: VirtualCharger) -> None:
    for kind in ("CSMSRootCertificate", "MORootCertificate"):
        ask(charger, "InstallCertificate", {"certificateType": kind, "certificate": PEM + kind})
    (chain,) = ask(charger, "GetInstalledCertificateIds", {"certificateType": ["MORootCertificate"]})[
        "certificateHashDataChain"
    ]
    hashed = chain["certificateHashData"]
    assert ask(charger, "DeleteCertificate", {"certificateHashData": hashed}) == {"status": "Accepted"}
    assert len(ask(charger, "GetInstalledCertificateIds", {})["certificateHashDataChain"]) == 1


def test_a_monitor_is_set_once_and_answered_one_by_one(charger: VirtualCharger) -> None:
    wanted = [
        {**POWER, "value": 9_000, "type": "UpperThreshold", "severity": 3},
        {**POWER, "value": 8_000, "type": "UpperThreshold", "severity": 3},
        {**POWER, "value": 1e9, "type": "UpperThreshold", "severity": 4},
        {**variable("ChargingStation", "Model"), "value": 1, "type": "Delta", "severity": 3},
        {**variable("Nonsense", "Model"), "value": 1, "type": "Delta", "severity": 3},
    ]
    results = ask(charger, "SetVariableMonitoring", {"setMonitoringData": wanted})["setMonitoringResult"]
    assert [(each["status"], each.get("id")) for each in results] == [
        ("Accepted", 1),
        ("Duplicate", None),
        ("Rejected", None),
        ("UnsupportedMonitorType", None),
        ("UnknownComponent", None),
    ]
    assert ask(charger, "GetMonitoringReport", {"requestId": 1})["status"] == "Accepted"
    cleared = ask(charger, "ClearVariableMonitoring", {"id": [1, 7]})["clearMonitoringResult"]
    assert [each["status"] for each in cleared] == ["Accepted", "NotFound"]


def test_tariffs_are_listed_and_cleared_by_evse_and_name(charger: VirtualCharger) -> None:
    ask(charger, "SetDefaultTariff", {"evseId": 1, "tariff": TARIFF})
    ask(charger, "SetDefaultTariff", {"evseId": 2, "tariff": {**TARIFF, "tariffId": "T2"}})
    other = {"evseId": 2, "tariff": {**TARIFF, "currency": "SEK"}}
    assert ask(charger, "SetDefaultTariff", other) == {"status": "DuplicateTariffId"}
    assigned = ask(charger, "GetTariffs", {"evseId": 0})["tariffAssignments"]
    assert [(each["tariffId"], each["evseIds"]) for each in assigned] == [("T1", [1]), ("T2", [2])]
    cleared = ask(charger, "ClearTariffs", {"tariffIds": ["T2", "T9"]})["clearTariffsResult"]
    assert [each["status"] for each in cleared] == ["Accepted", "NoTariff"]


def test_a_tariff_for_the_whole_charger_is_told_evse_by_evse(charger: VirtualCharger) -> None:
    ask(charger, "SetDefaultTariff", {"evseId": 0, "tariff": TARIFF})
    (assigned,) = ask(charger, "GetTariffs", {"evseId": 0})["tariffAssignments"]
    assert (assigned["tariffId"], assigned["evseIds"]) == ("T1", [1, 2])
    (assigned,) = ask(charger, "GetTariffs", {"evseId": 2})["tariffAssignments"]
    assert assigned["evseIds"] == [2]
    ask(charger, "SetDefaultTariff", {"evseId": 2, "tariff": {**TARIFF, "tariffId": "T2"}})
    assigned = ask(charger, "GetTariffs", {"evseId": 0})["tariffAssignments"]
    assert [(each["tariffId"], each["evseIds"]) for each in assigned] == [("T1", [1]), ("T2", [2])]


def test_a_tariff_that_is_another_elsewhere_is_a_duplicate(charger: VirtualCharger) -> None:
    ask(charger, "SetDefaultTariff", {"evseId": 0, "tariff": TARIFF})
    other = {**TARIFF, "currency": "SEK"}
    assert ask(charger, "SetDefaultTariff", {"evseId": 2, "tariff": other}) == {"status": "DuplicateTariffId"}
    assert ask(charger, "SetDefaultTariff", {"evseId": 2, "tariff": TARIFF}) == {"status": "Accepted"}
    assert ask(charger, "SetDefaultTariff", {"evseId": 0, "tariff": other}) == {"status": "Accepted"}
    assert charger.kept.tariffs == {1: other, 2: other}


@pytest.mark.parametrize(
    ("dc", "modes", "said", "discharges"),
    [
        (False, ["AC_three_phase"], "Accepted", False),
        (False, ["DC", "AC_BPT"], "Accepted", True),
        (False, ["DC", "DC_BPT"], "Rejected", True),
        (False, ["AC_three_phase", "DC_BPT"], "Accepted", False),
        (True, ["DC"], "Accepted", False),
        (True, ["DC_ACDP_BPT"], "Accepted", True),
        (True, ["AC_BPT"], "Rejected", True),
        (True, ["WPT"], "Rejected", True),
    ],
)
async def test_an_outlet_takes_only_the_modes_that_its_current_has(
    dc: bool, modes: list[str], said: str, discharges: bool
) -> None:
    charger = VirtualCharger("ws://127.0.0.1:9", "CP-1", version=Version.V21, dc=dc, time=ManualTime())
    await charger.plug_in()
    session = await charger.start("T")
    assert session is not None
    request = {"transactionId": session.transaction_id, "allowedEnergyTransfer": modes}
    assert ask(charger, "NotifyAllowedEnergyTransfer", request)["status"] == said
    assert charger.outlets[1].may_discharge is discharges


def test_a_control_of_the_grid_gives_way_to_one_that_comes_first(charger: VirtualCharger) -> None:
    ask(charger, "SetDERControl", {**DER, "freqDroop": {**DROOP, "priority": 5}})
    said = ask(charger, "SetDERControl", {**DER, "controlId": "d2", "freqDroop": DROOP})
    assert said == {"status": "Accepted", "supersededIds": ["d1"]}
    assert ask(charger, "ClearDERControl", {"isDefault": False, "controlId": "d1"}) == {"status": "Accepted"}
