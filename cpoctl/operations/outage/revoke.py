"""Revoke an excuse: take back that a time was outside our control."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Conflict, NotFound
from cpoctl.operations import Act, Argument, Operator, Option
from cpoctl.operations.outage import LISTED
from cpoctl.operations.outage.excuse import ExcusedRow
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RevokeExcuse(Act):
    """Take an excuse back. It stays in the ledger with who took it back."""

    path = "outage revoke"
    route = "POST /outages/excuses/{excuse}/revoke"
    row = ExcusedRow
    examples = ("cpoctl outage revoke 7 --note 'was our own fuse'",)

    excuse: Annotated[int, Argument("the excuse's number, of `outage excuses`")]
    note: Annotated[str, Option("why, for whoever asks later")] = ""

    async def run(self, operator: Operator) -> ExcusedRow:
        """Keep another row, which takes the first one back."""
        found = await operator.store.read(f"{LISTED} AND e.excuse_id = ?", [self.excuse])
        if not found:
            raise NotFound(f"no excuse {self.excuse}", target=str(self.excuse), hints=["cpoctl outage excuses"])
        known = found[0]
        if known["revoked_at"]:
            raise Conflict(
                f"excuse {self.excuse} was taken back at {known['revoked_at']} by {known['revoked_by']}",
                target=str(self.excuse),
                hints=["cpoctl outage excuses"],
            )
        told = {name: known[name] for name in ("charger_id", "evse_id", "begins_at", "ends_at", "cause")}
        row = rows.OutageExcuse(
            **told, note=self.note, excused_at=stored(operator.clock.now()), actor=operator.actor, revokes=self.excuse
        )
        event = events.OutageExcused(**told, actor=operator.actor, note=self.note, revokes=self.excuse)
        await operator.commit([row], [event])
        place = f"{known['charger_id']}:{known['evse_id']}" if known["evse_id"] else known["charger_id"]
        return ExcusedRow(self.excuse, place, known["begins_at"], known["ends_at"], known["cause"], known["note"])
