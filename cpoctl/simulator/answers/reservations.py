"""Keeping an outlet for somebody: ReserveNow, CancelReservation. 1.6 §5.1, §5.13 · OCPP 2.0.1 H01, H02, H04"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import EVERY, V2, V16, Answer, because, status, table
from cpoctl.simulator.outlet import Outlet
from cpoctl.simulator.reservation import Reservation
from cpoctl.simulator.simtime import moment

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

HINDRANCES = {"Faulted": "Faulted", "Unavailable": "Unavailable", "Available": "Accepted", "Reserved": "Occupied"}


def reserve_now(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Reserve a free connector; the same reservation again replaces itself."""
    outlet = charger.outlets.get(request["connectorId"])  # 0 is not supported, as the settings say
    if outlet is None:
        return status("Rejected")
    parent = request.get("parentIdTag")
    held = Reservation(int(request["reservationId"]), str(request["idTag"]), moment(request["expiryDate"]), parent)
    return _reserved(charger, outlet, held)


def reserve_now_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Reserve an EVSE, or whichever is free, with the plug that the driver needs. H01"""
    number, plug = request.get("evseId"), request.get("connectorType")
    fitting = [outlet for outlet in charger.outlets.values() if number in (None, outlet.connector_id)]
    if not fitting:
        return because("Rejected", "UnknownEvse")
    fitting = [outlet for outlet in fitting if plug in (None, outlet.plug)]
    if not fitting:
        return because("Rejected", "NoSuchPlug")
    group = (request.get("groupIdToken") or {}).get("idToken")
    tag, expires = str(request["idToken"]["idToken"]), moment(request["expiryDateTime"])
    free = next((outlet for outlet in fitting if outlet.status == "Available"), fitting[0])
    return _reserved(charger, free, Reservation(int(request["id"]), tag, expires, group))


def cancel_reservation(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Free the connector again."""
    wanted = request["reservationId"]
    for outlet in charger.outlets.values():
        if outlet.reservation is not None and outlet.reservation.reservation_id == wanted:
            return status("Accepted", partial(outlet.reserve, None))
    return status("Rejected")


def _reserved(charger: "Controller", outlet: Outlet, held: Reservation) -> Answer:
    if outlet.reservation is None or outlet.reservation.reservation_id != held.reservation_id:
        hindrance = HINDRANCES.get(outlet.status, "Occupied")
        if hindrance != "Accepted":
            return status(hindrance)
    return status("Accepted", lambda: _hold(charger, outlet, held))


async def _hold(charger: "Controller", outlet: Outlet, held: Reservation) -> None:
    await outlet.reserve(held)
    await charger.time.sleep_until(held.expires)
    if outlet.reservation is held:
        await outlet.reserve(None)
        await charger.voice.reservation_over(held.reservation_id, "Expired")


ANSWERS = (
    table(EVERY, {"CancelReservation": cancel_reservation})
    | table(V16, {"ReserveNow": reserve_now})
    | table(V2, {"ReserveNow": reserve_now_2})
)
