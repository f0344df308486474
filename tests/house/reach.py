"""Reach: what a central system may send in each version of OCPP, and which of our commands send it by themselves. CLI-04"""

import json
import shlex
from functools import cache
from pathlib import Path

from typer._click.core import Command
from typer.core import TyperGroup

from cpoctl.cli import derived
from cpoctl.cli.choices import Choices
from cpoctl.cli.targeting import targeting
from cpoctl.cli.tree import Root
from cpoctl.ocpp import Version, schemas, v2, v16
from cpoctl.operations import Act
from cpoctl.parameters import named


@cache
def ours(version: Version) -> tuple[str, ...]:
    """Every action that a central system may send; both sides send DataTransfer."""
    from_chargers = set(v16.REQUESTS if version is Version.V16 else v2.requests(version)) - {"DataTransfer"}
    return tuple(action for action in schemas.actions(version) if action not in from_chargers)


BY_CALL_ALONE: dict[Version, frozenset[str]] = {
    Version.V16: frozenset(),
    Version.V201: frozenset(),
    Version.V21: frozenset(),
}
"""What has no verb of its own and is sent with `cpoctl ocpp call`."""

OF_16 = {
    "CancelReservation": "reservation cancel {at} --id 7",
    "CertificateSigned": "cert signed {at} @chain.pem",
    "ChangeAvailability": "charger availability {at}:1 --inoperative",
    "ChangeConfiguration": "var set {at} HeartbeatInterval 300",
    "ClearCache": "charger clear-cache {at}",
    "ClearChargingProfile": "profile clear {at}",
    "DataTransfer": "ocpp transfer {at} com.acme --data on",
    "DeleteCertificate": "cert delete {at} --algorithm SHA256 --issuer-name-hash 9c --issuer-key-hash 07 --serial 4e",
    "ExtendedTriggerMessage": "charger trigger {at} LogStatusNotification",
    "GetCompositeSchedule": "profile composite {at}:1 --for 1h",
    "GetConfiguration": "var get {at}",
    "GetDiagnostics": "diag fetch {at} --url ftp://files.example.com/",
    "GetInstalledCertificateIds": "cert installed {at}",
    "GetLocalListVersion": "authlist version {at}",
    "GetLog": "diag fetch {at} --url ftp://files.example.com/ --log security",
    "InstallCertificate": "cert install {at} --type central-system-root @chain.pem",
    "RemoteStartTransaction": "session start {at}:1 --tag ANNA",
    "RemoteStopTransaction": "session stop {at}:1",
    "ReserveNow": "reservation add {at}:1 --tag ANNA --until 30m",
    "Reset": "charger reset {at}",
    "SendLocalList": "authlist push {at} --version 1",
    "SetChargingProfile": "profile set {at} --limit 16A",
    "SignedUpdateFirmware": "firmware update {at} --url ftp://a.example/f --signature c2ln --signing-certificate @chain.pem",
    "TriggerMessage": "charger trigger {at} Heartbeat",
    "UnlockConnector": "charger unlock {at}:1",
    "UpdateFirmware": "firmware update {at} --url ftp://files.example.com/fw.bin",
}
IN_BOTH = (
    "CancelReservation", "CertificateSigned", "ChangeAvailability", "ClearCache", "ClearChargingProfile", "DataTransfer",
    "DeleteCertificate", "GetCompositeSchedule", "GetInstalledCertificateIds", "GetLocalListVersion", "GetLog",
    "InstallCertificate", "ReserveNow", "Reset", "SendLocalList", "SetChargingProfile", "TriggerMessage",
    "UnlockConnector", "UpdateFirmware",
)  # fmt: skip
"""What the same command line sends to a charger of any version."""
MD5 = "0cc175b9c0f1b6a831c399e269772661"
OF_201 = {action: OF_16[action] for action in IN_BOTH} | {
    "ClearDisplayMessage": "display clear {at} --id 7",
    "ClearVariableMonitoring": "monitor clear {at} --id 3",
    "CostUpdated": "session cost {at}:1 3.75",
    "CustomerInformation": "charger customer-info {at} --tag ANNA",
    "GetBaseReport": "var report {at}",
    "GetChargingProfiles": "profile ask {at}",
    "GetDisplayMessages": "display list {at}",
    "GetMonitoringReport": "monitor list {at}",
    "GetReport": "var report {at} --component EVSE:1",
    "GetTransactionStatus": "session status {at}:1",
    "GetVariables": "var get {at} OCPPCommCtrlr.HeartbeatInterval",
    "PublishFirmware": f"firmware publish {{at}} --url https://files.example.com/fw.bin --checksum {MD5}",
    "RequestStartTransaction": OF_16["RemoteStartTransaction"],
    "RequestStopTransaction": OF_16["RemoteStopTransaction"],
    "SetDisplayMessage": "display set {at} 'Out of order' --to 2h",
    "SetMonitoringBase": "monitor base {at} all",
    "SetMonitoringLevel": "monitor level {at} 5",
    "SetNetworkProfile": "charger network {at} --slot 1 --url wss://csms.example.com/ --security-profile 2",
    "SetVariableMonitoring": "monitor set {at} EVSE:1.Power --type upper --value 11000",
    "SetVariables": "var set {at} OCPPCommCtrlr.HeartbeatInterval 300",
    "UnpublishFirmware": f"firmware unpublish {{at}} --checksum {MD5}",
}
OF_21 = OF_201 | {
    "AFRRSignal": "der signal {at} 20",
    "AdjustPeriodicEventStream": "monitor adjust {at} 1 --interval 60",
    "ChangeTransactionTariff": "session tariff {session} @tariff.json",
    "ClearDERControl": "der clear {at}",
    "ClearTariffs": "tariff clear {at}",
    "GetDERControl": "der get {at}",
    "GetPeriodicEventStream": "monitor streams {at}",
    "GetTariffs": "tariff installed {at}",
    "NotifyAllowedEnergyTransfer": "session allow {session} --mode DC",
    "NotifyWebPaymentStarted": "charger web-payment {at}:1 --within 2m",
    "RequestBatterySwap": "battery swap {at} --tag ANNA",
    "SetDERControl": "der set {at} --limit-max-discharge 50% --for 2h",
    "SetDefaultTariff": "tariff push {at} @tariff.json",
    "UpdateDynamicSchedule": "profile update {at} 101 --limit 10",
    "UsePriorityCharging": "session priority {session} on",
}
REACHED = {Version.V16: OF_16, Version.V201: OF_201, Version.V21: OF_21}
"""A command line for every action; `{at}` is a charger with an open session on its EVSE 1, `{session}` that session."""

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
TARIFF = {"tariffId": "day", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.5}]}}


def write_files(folder: Path) -> None:
    """The files that the command lines name."""
    (folder / "chain.pem").write_text(PEM)
    (folder / "tariff.json").write_text(json.dumps(TARIFF))


def act_of(line: str) -> Act:
    """The operation of a command line."""
    choices, command, words = Choices(), Root(), shlex.split(line)
    context = command.make_context("cpoctl", list(words), obj=choices)
    below: Command = command
    while isinstance(below, TyperGroup):
        name, found, left = below.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        below, context = found, found.make_context(name, left, parent=context)
    kind = named(context.command_path.removeprefix("cpoctl "))
    assert kind is not None
    assert issubclass(kind, Act)
    given, aim = dict(context.params), targeting(kind)
    target = {aim.name: aim.words(given)[0][0]} if aim else {}
    return kind(**{**derived._values(kind, given, choices), **target})
