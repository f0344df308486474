"""Payments: telling a charger that somebody pays for it elsewhere. OCPP 2.1 C25"""

from dataclasses import dataclass

from cpoctl.ocpp.asks import Ask, Request


@dataclass(frozen=True, kw_only=True)
class WebPaymentStarted(Ask):
    """Somebody has scanned the code of an EVSE and is paying; after so many seconds nothing will come of it. C25"""

    instead = ("cpoctl session start {charger}:{evse_id} --tag TAG    once it was paid, for a tag that may charge",)
    evse_id: int
    seconds: int

    def v21(self) -> Request:
        """NotifyWebPaymentStarted"""
        return Request("NotifyWebPaymentStarted", {"evseId": self.evse_id, "timeout": self.seconds})
