"""Customers: what a charger knows of one, told or forgotten. OCPP 2.0.1 N09, N10"""

from dataclasses import dataclass

from cpoctl.ocpp.asks import Ask, Request, given
from cpoctl.ocpp.asks.tokens import token


@dataclass(frozen=True, kw_only=True)
class AskCustomer(Ask):
    """Tell what is known of a customer, forget it, or both. Exactly one of tag and identifier names them (N09.FR.04)."""

    instead = (
        "cpoctl charger clear-cache {charger}    forget the tags that were accepted",
        "cpoctl authlist push {charger} --yes    replace the tags that it was given",
    )
    request_id: int
    report: bool
    clear: bool
    tag: str | None = None
    tag_type: str | None = None
    identifier: str | None = None

    def v2(self) -> Request:
        """CustomerInformation"""
        payload = given(
            idToken=None if self.tag is None else token(self.tag, self.tag_type),
            requestId=self.request_id,
            report=self.report,
            clear=self.clear,
            customerIdentifier=self.identifier,
        )
        return Request("CustomerInformation", payload)
