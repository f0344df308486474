"""Transfers: every file that chargers fetched from here or uploaded, with bytes and speed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import known_spelling
from cpoctl.table import Column, local, megabytes

MOVES = {
    "diag fetch": "diagnostics",
    "firmware update": "firmware",
    "firmware publish": "firmware",
}
"""By the path of an operation, for what its charger moves a file."""

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class TransferRow:
    """A file on its way, or arrived (`whole`), or not (`cut`, and then why)."""

    transfer_id: Annotated[int, Column("TRANSFER", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    purpose: Annotated[str, Column("PURPOSE", 3)]
    form: Annotated[str, Column("FORM", 3)]
    name: Annotated[str, Column("FILE", 2)]
    state: Annotated[str, Column("STATE")]
    bytes: Annotated[int, Column("BYTES", 1, "right", megabytes)]
    total: Annotated[int | None, Column("OF", 3, "right", megabytes)]
    bytes_per_s: Annotated[int | None, Column("PER SECOND", 2, "right", megabytes)]
    started_at: Annotated[str, Column("BEGAN", 2, show=local)]
    peer: Annotated[str, Column("FROM", 4)]
    error: Annotated[str | None, Column("WHY", 3)]


@dataclass(frozen=True, kw_only=True)
class ListTransfers(Query):
    """List the files that chargers fetched from here or uploaded, the newest first; those on their way as they stand."""

    path = "transfer list"
    route = "GET /transfers"
    row = TransferRow
    noun = "transfers"
    examples = ("cpoctl transfer list", "cpoctl transfer list --charger HQ-07 --state cut")

    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    state: Annotated[Literal["running", "whole", "cut"] | None, Option("only those in this state")] = None
    last: Annotated[int, Option("the newest of them, so many at the most")] = 200

    def select(self, read: Read) -> list[TransferRow]:
        """The newest ones."""
        charger = known_spelling(self.charger, read) if self.charger else None
        found = read(
            "SELECT transfer_id, charger_id, purpose, form, name, state, bytes, total,"
            " CASE WHEN seconds > 0 THEN CAST(round(bytes / seconds) AS INTEGER) END AS bytes_per_s, started_at, peer, error FROM transfer"
            " WHERE (:charger IS NULL OR charger_id = :charger) AND (:state IS NULL OR state = :state)"
            " ORDER BY transfer_id DESC LIMIT :last",
            {"charger": charger, "state": self.state, "last": max(self.last, 0)},
        )
        return [TransferRow(**record) for record in found]

    def overlay(self, row: TransferRow, live: "LiveFleet", now: datetime) -> TransferRow:
        """How far it is."""
        moving = live.transfers.running.get(row.transfer_id)
        if moving is None:
            return row
        speed = None if moving.bytes_per_s is None else round(moving.bytes_per_s)
        return replace(row, bytes=moving.bytes, bytes_per_s=speed)
