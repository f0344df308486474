"""Batteries: stations where a driver swaps an empty one for a full one. OCPP 2.1 S01 to S03"""

from dataclasses import dataclass

from cpoctl.ocpp.asks import Ask, Request
from cpoctl.ocpp.asks.tokens import token


@dataclass(frozen=True, kw_only=True)
class RequestSwap(Ask):
    """Let the station begin a swap for a tag. S02"""

    request_id: int
    tag: str

    def v21(self) -> Request:
        """RequestBatterySwap"""
        return Request("RequestBatterySwap", {"idToken": token(self.tag), "requestId": self.request_id})
