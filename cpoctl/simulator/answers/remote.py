"""Sessions from afar: RemoteStartTransaction, RemoteStopTransaction, UnlockConnector. 1.6 §5.11, §5.12, §5.18"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import Answer, AnswerFn, status
from cpoctl.simulator.outlet import Outlet

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

DRIVER_PLUGS_IN_S = 4


def remote_start(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Start where asked or where it is free; the driver, app in hand, plugs in if need be."""
    tag = str(request["idTag"])
    outlet = _free_outlet(charger, request.get("connectorId"), tag)
    if outlet is None:
        return status("Rejected")

    async def begin() -> None:
        if charger.settings.truth("AuthorizeRemoteTxRequests") and await charger.authorize(tag) != "Accepted":
            return
        if outlet.car is None:
            await charger.time.elapse(DRIVER_PLUGS_IN_S)
            await outlet.plug_in()
        session = await outlet.start(tag)
        profile = request.get("chargingProfile")
        if session is not None and profile is not None:  # 1.6 §5.11: a TxProfile for this session
            outlet.measure()
            charger.profiles.install(outlet.connector_id, profile, charging=True)

    return status("Accepted", begin)


def remote_stop(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Stop the session with this id."""
    wanted = request["transactionId"]
    for outlet in charger.outlets.values():
        if outlet.session is not None and outlet.session.transaction_id == wanted:
            return status("Accepted", partial(_end, outlet, "Remote"))
    return status("Rejected")


def unlock(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Release the cable; a running session ends first. 1.6 §5.18: an unknown connector has no lock"""
    outlet = charger.outlets.get(request["connectorId"])
    if outlet is None:
        return status("NotSupported")
    return status("Unlocked", partial(_end, outlet, "UnlockCommand"))


async def _end(outlet: Outlet, reason: str) -> None:
    await outlet.stop(reason)


def _free_outlet(charger: "Controller", connector_id: int | None, tag: str) -> Outlet | None:
    for outlet in charger.outlets.values():
        if connector_id not in (None, outlet.connector_id):
            continue
        if outlet.usable and outlet.session is None and not outlet.reserved_against(tag):
            return outlet
    return None


ANSWERS: dict[str, AnswerFn] = {
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "UnlockConnector": unlock,
}
