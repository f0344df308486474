"""List excuses: what was said to be outside our control, by whom, and what was taken back."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import must_be_known
from cpoctl.operations.outage import LISTED
from cpoctl.table import Column, local


@dataclass(frozen=True)
class ExcuseRow:
    """An excuse in the ledger."""

    excuse_id: Annotated[int, Column("EXCUSE", 1, "right")]
    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int | None, Column("EVSE", 1, "right")]
    begins_at: Annotated[str, Column("FROM", show=local)]
    ends_at: Annotated[str, Column("TO", show=local)]
    cause: Annotated[str, Column("CAUSE")]
    note: Annotated[str, Column("NOTE", 2)]
    excused_at: Annotated[str, Column("SAID", 3, show=local)]
    actor: Annotated[str, Column("BY", 3)]
    revoked_at: Annotated[str | None, Column("REVOKED", 2, show=local)]
    revoked_by: Annotated[str | None, Column("REVOKED BY", 4)]


@dataclass(frozen=True, kw_only=True)
class ListExcuses(Query):
    """List what was excused of outages, the newest first, with what was taken back."""

    path = "outage excuses"
    route = "GET /outages/excuses"
    row = ExcuseRow
    noun = "excuses"
    examples = ("cpoctl outage excuses --charger HQ-07",)

    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None

    def select(self, read: Read) -> list[ExcuseRow]:
        """Every excuse."""
        if self.charger:
            must_be_known(self.charger, read)
        listed = f"{LISTED} AND (:charger IS NULL OR e.charger_id = :charger) ORDER BY e.excuse_id DESC"
        return [ExcuseRow(**record) for record in read(listed, {"charger": self.charger})]
