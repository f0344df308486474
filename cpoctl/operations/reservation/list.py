"""List the reservations that were made here."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import must_be_known
from cpoctl.operations.reservation import ReservationRow, reservations, with_live

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class ListReservations(Query):
    """List the reservations that were made here, the newest first, and what became of them."""

    path = "reservation list"
    route = "GET /reservations"
    row = ReservationRow
    noun = "reservations"
    examples = ("cpoctl reservation list --active", "cpoctl reservation list --charger HQ-07 --json")

    active: Annotated[bool, Option("only those that stand")] = False
    charger: Annotated[str | None, Option("only at this charger", kind="charger")] = None
    tag: Annotated[str | None, Option("only for this tag", kind="tag")] = None

    def select(self, read: Read) -> list[ReservationRow]:
        """Reservations that fit."""
        if self.charger:
            must_be_known(self.charger, read)
        where = """(:charger IS NULL OR r.charger_id = :charger)
          AND (:tag IS NULL OR r.tag_id = :tag COLLATE NOCASE)"""
        return reservations(read, where, {"charger": self.charger, "tag": self.tag})

    def overlay(self, row: ReservationRow, live: "LiveFleet", now: datetime) -> ReservationRow:
        """By the server's clock."""
        return with_live(row, live, now)

    def chosen(self, rows: list[ReservationRow]) -> list[ReservationRow]:
        """Those that stand by now, if only they are wanted."""
        return [row for row in rows if row.state == "active" or not self.active]
