"""Reservations: an EVSE kept for a tag, and given up again. OCPP 1.6 §5.1, §5.13 · OCPP 2.0.1 H01, H02"""

from dataclasses import dataclass
from datetime import datetime

from cpoctl.clock import wire
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking
from cpoctl.ocpp.asks.tokens import group, token


@dataclass(frozen=True, kw_only=True)
class Reserve(Ask):
    """Keep an EVSE, or with None any, for a tag. From OCPP 2.0.1 on a kind of connector can be asked for instead."""

    number: int
    tag: str
    until: datetime
    tag_type: str | None = None
    parent: str | None = None
    evse_id: int | None = None
    connector_type: str | None = None

    def v16(self) -> Request:
        """ReserveNow"""
        if self.connector_type is not None:
            raise lacking("OCPP 1.6 knows no kinds of connectors", (Version.V201, Version.V21))
        payload = given(
            connectorId=self.evse_id or 0,
            expiryDate=wire(self.until),
            idTag=self.tag,
            parentIdTag=self.parent,
            reservationId=self.number,
        )
        return Request("ReserveNow", payload)

    def v2(self) -> Request:
        """ReserveNow"""
        payload = given(
            id=self.number,
            expiryDateTime=wire(self.until),
            connectorType=self.connector_type,
            idToken=token(self.tag, self.tag_type),
            evseId=self.evse_id or None,  # H01.FR.19: without one any EVSE
            groupIdToken=group(self.parent),
        )
        return Request("ReserveNow", payload)


@dataclass(frozen=True, kw_only=True)
class Cancel(Ask):
    """Give a reservation up."""

    number: int

    def v16(self) -> Request:
        """CancelReservation"""
        return Request("CancelReservation", {"reservationId": self.number})

    def v2(self) -> Request:
        """CancelReservation"""
        return Request("CancelReservation", {"reservationId": self.number})
