"""Show one reservation."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl.errors import Conflict
from cpoctl.operations import Argument, Option, Query, Read, one
from cpoctl.operations.reservation import NAMES, ReservationRow, reservations, with_live

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class ShowReservation(Query):
    """Show a reservation and what became of it."""

    path = "reservation show"
    route = "GET /reservations/{reservation}"
    row = ReservationRow
    many = False
    examples = ("cpoctl reservation show 7 --charger HQ-07",)

    reservation: Annotated[str, Argument("the reservation's number")]
    charger: Annotated[str | None, Option("the one at this charger, where several have the number", kind="charger")] = (
        None
    )

    def select(self, read: Read) -> list[ReservationRow]:
        """The one reservation."""
        where = "CAST(r.reservation_id AS TEXT) = :number AND (:charger IS NULL OR r.charger_id = :charger)"
        found = reservations(read, where, {"number": self.reservation, "charger": self.charger})
        if len(found) > 1:
            again = f"cpoctl reservation show {self.reservation} --charger"
            raise Conflict(
                f"several chargers have a reservation {self.reservation}",
                target=self.reservation,
                hints=[f"{again} {row.charger_id}" for row in found[:5]],
            )
        return [one(found, "reservation", self.reservation, read, NAMES)]

    def overlay(self, row: ReservationRow, live: "LiveFleet", now: datetime) -> ReservationRow:
        """By the server's clock."""
        return with_live(row, live, now)
