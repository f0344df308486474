"""Messages on request: TriggerMessage, ExtendedTriggerMessage. 1.6 §5.17, whitepaper · OCPP 2.0.1 F06"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V2, V16, Answer, AnswerFn, because, status, table
from cpoctl.simulator.answers.certificates import SIGNING_REQUEST
from cpoctl.simulator.outlet import Outlet

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

Sending = Callable[["Controller", list[Outlet]], Awaitable[None]]


async def _boot(charger: "Controller", _: list[Outlet]) -> None:
    await charger.announce("Triggered")


async def _heartbeat(charger: "Controller", _: list[Outlet]) -> None:
    await charger.heartbeat()


async def _meter(_: "Controller", outlets: list[Outlet]) -> None:
    for outlet in outlets:
        await outlet.meter("Trigger")


async def _statuses(_: "Controller", outlets: list[Outlet]) -> None:
    for outlet in outlets:
        await outlet.tell_status(again=True)


async def _transactions(_: "Controller", outlets: list[Outlet]) -> None:
    for outlet in outlets:
        if outlet.session is not None:
            await outlet.meter("Trigger")


async def _idle_meters(charger: "Controller", outlets: list[Outlet]) -> None:
    """Send MeterValues of 2.x, which are no part of a transaction. F06"""
    for outlet in outlets:
        await charger.voice.read_out(outlet, outlet.read(), "Trigger")


def _signing(kind: str = "") -> Sending:
    async def send(charger: "Controller", _: list[Outlet]) -> None:
        await charger.tell("SignCertificate", {"csr": SIGNING_REQUEST} | ({"certificateType": kind} if kind else {}))

    return send


def _transfer(action: str) -> Sending:
    async def send(charger: "Controller", _: list[Outlet]) -> None:
        await charger.tell(action, {"status": charger.progress.get(action, "Idle")})

    return send


def _standing(action: str) -> Sending:
    """Tell how far a transfer is, and which; what is done is idle again. OCPP 2.0.1 F06, L01, N01"""

    async def send(charger: "Controller", _: list[Outlet]) -> None:
        state = charger.progress.get(action, "Idle")
        if state in ("Idle", "Installed", "Uploaded"):
            await charger.tell(action, {"status": "Idle"})
        else:
            more = {"location": list(charger.kept.published.values())} if state == "Published" else {}
            await charger.tell(action, {"status": state, "requestId": charger.progress_of[action], **more})

    return send


ALIKE: dict[str, Sending] = {
    "BootNotification": _boot,
    "Heartbeat": _heartbeat,
    "MeterValues": _meter,
    "StatusNotification": _statuses,
    "FirmwareStatusNotification": _transfer("FirmwareStatusNotification"),
}
PLAIN = ALIKE | {"DiagnosticsStatusNotification": _transfer("DiagnosticsStatusNotification")}
EXTENDED = ALIKE | {
    "LogStatusNotification": _transfer("LogStatusNotification"),
    "FirmwareStatusNotification": _transfer("SignedFirmwareStatusNotification"),
    "SignChargePointCertificate": _signing(),
}
OF_2 = ALIKE | {
    "FirmwareStatusNotification": _standing("FirmwareStatusNotification"),
    "MeterValues": _idle_meters,
    "TransactionEvent": _transactions,
    "LogStatusNotification": _standing("LogStatusNotification"),
    "PublishFirmwareStatusNotification": _standing("PublishFirmwareStatusNotification"),
    "SignChargingStationCertificate": _signing("ChargingStationCertificate"),
    "SignV2GCertificate": _signing("V2GCertificate"),
}


def _trigger(known: dict[str, Sending]) -> AnswerFn:
    def trigger(charger: "Controller", request: dict[str, Any]) -> Answer:
        send, number = known.get(request["requestedMessage"]), request.get("connectorId")
        if send is None:
            return status("NotImplemented")
        return _sent(charger, send, number)

    return trigger


def trigger_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Send what was asked for, of an EVSE or of all. F06"""
    wanted, place = request["requestedMessage"], request.get("evse") or {}
    send, number = OF_2.get(wanted), place.get("id")
    if send is None:
        return because("NotImplemented", "UnknownMessage")
    if wanted == "StatusNotification" and place.get("connectorId", 1) != 1:
        return because("Rejected", "UnknownConnector")
    outlets = charger.outlets.values()
    if wanted == "TransactionEvent" and not any(
        outlet.session is not None and number in (None, outlet.connector_id) for outlet in outlets
    ):
        return because("Rejected", "NoTransaction")
    return _sent(charger, send, number)


def _sent(charger: "Controller", send: Sending, number: int | None) -> Answer:
    if number is not None and number not in charger.outlets:
        return status("Rejected")
    outlets = list(charger.outlets.values()) if number is None else [charger.outlets[number]]
    return status("Accepted", lambda: send(charger, outlets))


ANSWERS = table(V16, {"TriggerMessage": _trigger(PLAIN), "ExtendedTriggerMessage": _trigger(EXTENDED)}) | table(
    V2, {"TriggerMessage": trigger_2}
)
