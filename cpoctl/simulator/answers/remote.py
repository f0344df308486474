"""Sessions from afar: start, stop, unlock, and how a transaction stands.

OCPP 1.6 §5.11, §5.12, §5.18 · OCPP 2.0.1 E14, F01 to F03, F05
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V2, V16, Answer, because, status, table
from cpoctl.simulator.outbox import Afar
from cpoctl.simulator.outlet import Outlet
from cpoctl.simulator.profiles import of_v2

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

DRIVER_PLUGS_IN_S = 4


def remote_start(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Start where asked or where it is free; the driver, app in hand, plugs in if need be."""
    tag = str(request["idTag"])
    outlet = _free_outlet(charger, request.get("connectorId"), tag)
    if outlet is None:
        return status("Rejected")
    return status("Accepted", partial(_begin, charger, outlet, tag, request.get("chargingProfile"), Afar()))


def request_start(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Start as in 1.6; the transaction will name the request that began it. F01, F02"""
    tag, profile = str(request["idToken"]["idToken"]), request.get("chargingProfile")
    if profile is not None and profile["chargingProfilePurpose"] != "TxProfile":
        return because("Rejected", "InvalidProfile")
    outlet = _free_outlet(charger, request.get("evseId"), tag)
    if outlet is None:
        return because("Rejected", "NoFreeEvse" if request.get("evseId") in (None, *charger.outlets) else "UnknownEvse")
    afar = Afar(int(request["remoteStartId"]), str(request["idToken"]["type"]))
    begin = partial(_begin, charger, outlet, tag, of_v2(profile) if profile else None, afar)
    waiting = outlet.open if outlet.open is not None and not outlet.open.stopped else None
    known = {"transactionId": waiting.transaction_id} if waiting is not None else {}  # F01: the cable came first
    return Answer({"status": "Accepted", **known}, begin)


def remote_stop(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Stop the session with this id."""
    outlet = outlet_of(charger, request["transactionId"])
    return status("Rejected") if outlet is None else status("Accepted", partial(_end, outlet, "Remote"))


def unlock(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Release the cable; a running session ends first. 1.6 §5.18: an unknown connector has no lock"""
    outlet = charger.outlets.get(request["connectorId"])
    if outlet is None:
        return status("NotSupported")
    return status("Unlocked", partial(_end, outlet, "UnlockCommand"))


def unlock_evse(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Release the cable of whoever does not charge. F05"""
    outlet = charger.outlets.get(request["evseId"])
    if outlet is None or request["connectorId"] != 1:
        return status("UnknownConnector")
    return status("Unlocked" if outlet.session is None else "OngoingAuthorizedTransaction")


def transaction_status(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell whether a transaction goes on, and whether something of it, or of any, waits to be sent. E14"""
    wanted = request.get("transactionId")
    if wanted is None:
        return Answer({"messagesInQueue": charger.waiting_messages > 0})
    going_on = outlet_of(charger, wanted) is not None
    return Answer({"ongoingIndicator": going_on, "messagesInQueue": charger.has_waiting(wanted)})


def outlet_of(charger: "Controller", transaction_id: int | str) -> Outlet | None:
    """Find where a transaction runs."""
    for outlet in charger.outlets.values():
        for session in (outlet.session, outlet.open):
            if session is not None and session.transaction_id == transaction_id:
                return outlet
    return None


async def _begin(charger: "Controller", outlet: Outlet, tag: str, profile: dict[str, Any] | None, afar: Afar) -> None:
    settings = charger.settings
    if settings.truth("AuthorizeRemoteTxRequests") and await charger.authorize(tag, afar.tag_kind) != "Accepted":
        return
    if outlet.car is None:
        await charger.time.elapse(DRIVER_PLUGS_IN_S)
        await outlet.plug_in()
    session = await outlet.start(tag, afar)
    if session is not None and profile is not None:  # 1.6 §5.11: a TxProfile for this session
        outlet.measure()
        charger.profiles.install(outlet.connector_id, profile, charging=True)


async def _end(outlet: Outlet, reason: str) -> None:
    if outlet.session is None:
        await outlet.charger.voice.released(outlet, reason)
    await outlet.stop(reason)


def _free_outlet(charger: "Controller", number: int | None, tag: str) -> Outlet | None:
    for outlet in charger.outlets.values():
        if number not in (None, outlet.connector_id):
            continue
        if outlet.usable and outlet.session is None and not outlet.reserved_against(tag):
            return outlet
    return None


ANSWERS = table(
    V16,
    {
        "RemoteStartTransaction": remote_start,
        "RemoteStopTransaction": remote_stop,
        "UnlockConnector": unlock,
    },
) | table(
    V2,
    {
        "RequestStartTransaction": request_start,
        "RequestStopTransaction": remote_stop,
        "UnlockConnector": unlock_evse,
        "GetTransactionStatus": transaction_status,
    },
)
