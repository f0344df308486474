"""Messages on request: TriggerMessage, ExtendedTriggerMessage. 1.6 §5.17, whitepaper"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import Answer, AnswerFn, status
from cpoctl.simulator.answers.certificates import SIGNING_REQUEST
from cpoctl.simulator.outlet import Outlet

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

Sending = Callable[["Controller", list[Outlet]], Awaitable[None]]


async def _boot(charger: "Controller", _: list[Outlet]) -> None:
    await charger.announce()


async def _heartbeat(charger: "Controller", _: list[Outlet]) -> None:
    await charger.heartbeat()


async def _meter(_: "Controller", outlets: list[Outlet]) -> None:
    for outlet in outlets:
        await outlet.meter("Trigger")


async def _statuses(_: "Controller", outlets: list[Outlet]) -> None:
    for outlet in outlets:
        await outlet.tell_status(again=True)


async def _signing(charger: "Controller", _: list[Outlet]) -> None:
    await charger.tell("SignCertificate", {"csr": SIGNING_REQUEST})


def _transfer(action: str) -> Sending:
    async def send(charger: "Controller", _: list[Outlet]) -> None:
        await charger.tell(action, {"status": charger.progress.get(action, "Idle")})

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
    "SignChargePointCertificate": _signing,
}


def _trigger(known: dict[str, Sending]) -> AnswerFn:
    def trigger(charger: "Controller", request: dict[str, Any]) -> Answer:
        send, number = known.get(request["requestedMessage"]), request.get("connectorId")
        if send is None:
            return status("NotImplemented")
        if number is not None and number not in charger.outlets:
            return status("Rejected")
        outlets = list(charger.outlets.values()) if number is None else [charger.outlets[number]]
        return status("Accepted", lambda: send(charger, outlets))

    return trigger


ANSWERS: dict[str, AnswerFn] = {
    "TriggerMessage": _trigger(PLAIN),
    "ExtendedTriggerMessage": _trigger(EXTENDED),
}
