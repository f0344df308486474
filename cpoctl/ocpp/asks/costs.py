"""Costs on a charger's screen: what a kWh will cost, what a session has cost so far, and what it came to.

OCPP 2.0.1 I02 · OCA application note "California pricing requirements" for OCPP 1.6
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cpoctl.clock import wire
from cpoctl.ocpp.asks import Ask, Request

_VENDOR: Final = "org.openchargealliance.costmsg"


@dataclass(frozen=True, kw_only=True)
class ShowCost(Ask):
    """What a session has cost so far. `meter_wh` is the register, `charging` whether energy flows. I02"""

    transaction_id: str
    total: float
    at: datetime
    meter_wh: float
    charging: bool

    def v16(self) -> Request:
        """DataTransfer RunningCost"""
        data = {
            "transactionId": _number(self.transaction_id),
            "timestamp": wire(self.at),
            "meterValue": round(self.meter_wh),
            "cost": self.total,
            "state": "Charging" if self.charging else "Idle",
        }
        return _message("RunningCost", data)

    def v2(self) -> Request:
        """CostUpdated"""
        return Request("CostUpdated", {"totalCost": self.total, "transactionId": self.transaction_id})


@dataclass(frozen=True, kw_only=True)
class ShowFinalCost(Ask):
    """What a session came to. In 2.x the answer to its end can tell it."""

    instead = ("cpoctl session show {session_id} --cost    what it came to",)

    session_id: int
    transaction_id: str
    total: float
    text: str

    def v16(self) -> Request:
        """DataTransfer FinalCost"""
        data = {"transactionId": _number(self.transaction_id), "cost": self.total, "priceText": self.text}
        return _message("FinalCost", data)


@dataclass(frozen=True, kw_only=True)
class ShowPrice(Ask):
    """What whoever identified himself by a tag will pay, in words; only to be shown. 2.x tells tariffs otherwise."""

    tag_id: str
    text: str

    def v16(self) -> Request:
        """DataTransfer SetUserPrice"""
        return _message("SetUserPrice", {"idToken": self.tag_id, "priceText": self.text})


def _message(name: str, data: dict[str, Any]) -> Request:
    text = json.dumps(data, separators=(",", ":"))
    return Request("DataTransfer", {"vendorId": _VENDOR, "messageId": name, "data": text})


def _number(transaction_id: str) -> int | str:
    return int(transaction_id) if transaction_id.isdecimal() else transaction_id
