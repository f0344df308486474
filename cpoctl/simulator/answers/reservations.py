"""Keeping a connector for somebody: ReserveNow, CancelReservation. 1.6 §5.1, §5.13"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import Answer, AnswerFn, status
from cpoctl.simulator.outlet import Outlet, Reservation
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
    if outlet.reservation is None or outlet.reservation.reservation_id != held.reservation_id:
        hindrance = HINDRANCES.get(outlet.status, "Occupied")
        if hindrance != "Accepted":
            return status(hindrance)
    return status("Accepted", lambda: _hold(charger, outlet, held))


def cancel_reservation(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Free the connector again."""
    wanted = request["reservationId"]
    for outlet in charger.outlets.values():
        if outlet.reservation is not None and outlet.reservation.reservation_id == wanted:
            return status("Accepted", partial(outlet.reserve, None))
    return status("Rejected")


async def _hold(charger: "Controller", outlet: Outlet, held: Reservation) -> None:
    await outlet.reserve(held)
    await charger.time.sleep_until(held.expires)
    if outlet.reservation is held:
        await outlet.reserve(None)


ANSWERS: dict[str, AnswerFn] = {
    "ReserveNow": reserve_now,
    "CancelReservation": cancel_reservation,
}
