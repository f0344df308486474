"""Leave a session, or a message without one, out of bills and reports; or take it in again."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Act, Argument, Danger, Operator, Option, Outcome
from cpoctl.operations.session import number
from cpoctl.store import rows

_FOUND = {
    "session": "SELECT charger_id, dropped_at FROM session WHERE session_id = ?",
    "orphan": "SELECT charger_id, dropped_at FROM orphan WHERE orphan_id = ?",
}


@dataclass(frozen=True, kw_only=True)
class DropItem(Act):
    """Leave a session, or an orphan, out of bills and reports. It is marked, never deleted, and --undo takes it in again."""

    path = "session drop"
    route = "POST /review/{item}/drop"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl session drop session-42 --reason 'test charge of the fitter' --yes",
        "cpoctl session drop orphan-7 --reason 'was billed by hand' --yes",
        "cpoctl session drop session-42 --undo --reason 'it was a customer' --yes",
    )

    item: Annotated[str, Argument("the item as `session review` names it: session-42, orphan-7")]
    reason: Annotated[str, Option("why, for whoever asks later")]
    undo: Annotated[bool, Option("take it in again")] = False

    def consequence(self) -> str:
        """What it will do."""
        return f"{'take ' if self.undo else 'leave '}{self.item} {'into' if self.undo else 'out of'} bills and reports"

    async def run(self, operator: Operator) -> Outcome:
        """Mark it, and record who did so and why."""
        if not self.reason.strip():
            raise UsageProblem("--reason is empty", hints=[f"cpoctl session drop {self.item} --reason TEXT"])
        kind, _, name = self.item.casefold().partition("-")
        kind, name = ("session", kind) if kind.isdecimal() and not name else (kind, name)
        found = await operator.store.read(_FOUND[kind], [number(name)]) if kind in _FOUND else []
        if not found:
            raise NotFound(f"no {self.item} that could be left out", target=self.item, hints=["cpoctl session review"])
        if (found[0]["dropped_at"] is not None) != self.undo:
            stands = "is in bills and reports" if self.undo else f"was left out at {found[0]['dropped_at']}"
            raise Conflict(f"{self.item} {stands}", target=self.item, hints=["cpoctl session review --dropped"])
        item, now = f"{kind}-{number(name)}", stored(operator.clock.now())
        mark = rows.SessionDropped if kind == "session" else rows.OrphanDropped
        ledger = rows.ItemDrop(item, int(not self.undo), now, operator.actor, self.reason)
        told = events.ItemDropped(
            charger_id=found[0]["charger_id"],
            item=item,
            actor=operator.actor,
            reason=self.reason,
            dropped=not self.undo,
        )
        await operator.commit([mark(None if self.undo else now, number(name)), ledger], [told])
        return Outcome(item, True, "Undone" if self.undo else "Dropped")
