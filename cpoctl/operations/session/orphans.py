"""Transaction messages that belong to no session."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read
from cpoctl.table import Column, local


@dataclass(frozen=True)
class OrphanRow:
    """A transaction message that belongs to no session."""

    orphan_id: Annotated[str, Column("ORPHAN", align="right")]
    received_at: Annotated[str, Column("RECEIVED", show=local)]
    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int | None, Column("EVSE", 3, "right")]
    action: Annotated[str, Column("ACTION")]
    transaction_id: Annotated[str | None, Column("TRANSACTION", 2)]
    reason: Annotated[str, Column("REASON")]
    payload: Annotated[str, Column("PAYLOAD", 4)]


_ORPHANS = """
SELECT CAST(orphan_id AS TEXT) AS orphan_id, received_at, charger_id, evse_id, action, transaction_id, reason, payload
FROM orphan ORDER BY orphan.orphan_id DESC
"""


@dataclass(frozen=True, kw_only=True)
class ListOrphans(Query):
    """List transaction messages that belong to no session that we know; they are kept for review."""

    path = "session orphans"
    route = "GET /orphans"
    row = OrphanRow
    noun = "orphans"
    examples = ("cpoctl session orphans",)

    def select(self, read: Read) -> list[OrphanRow]:
        """The newest first."""
        return [OrphanRow(**record) for record in read(_ORPHANS)]
