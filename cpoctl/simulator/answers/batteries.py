"""A battery for a battery: RequestBatterySwap. OCPP 2.1 S"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V21, Answer, status, table

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

SWAP_S = 20
EMPTY = {"evseId": 1, "serialNumber": "BAT-0001", "soC": 12, "soH": 96}
FULL = {"evseId": 1, "serialNumber": "BAT-0002", "soC": 100, "soH": 98}


def request_swap(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Let somebody put one battery in and take another out. S02"""
    return status("Accepted", partial(_swap, charger, request["requestId"], request["idToken"]))


async def _swap(charger: "Controller", request_id: int, token: dict[str, Any]) -> None:
    for kind, battery in (("BatteryIn", EMPTY), ("BatteryOut", FULL)):
        await charger.time.elapse(SWAP_S)
        told = {"requestId": request_id, "idToken": token, "eventType": kind, "batteryData": [battery]}
        if not await charger.tell("BatterySwap", told):
            return


ANSWERS = table(V21, {"RequestBatterySwap": request_swap})
