"""Revoke a key: whoever holds it is let in no longer."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Argument, Danger, Operator, Outcome, Role, one
from cpoctl.operations.key import FOUND, NAMES
from cpoctl.store import rows
from cpoctl.table import Column


@dataclass(frozen=True)
class RevokeOutcome(Outcome):
    """The key that is useless now, and how many targets of tasks begun with it were given up before they were sent."""

    dropped: Annotated[int, Column("DROPPED", align="right")] = 0


@dataclass(frozen=True, kw_only=True)
class RevokeKey(Act):
    """Revoke a key: whoever holds it is let in no longer, and event streams opened with it end.

    What was asked for with it and waits, for a charger or its turn, is given up.
    """

    path = "key revoke"
    route = "POST /keys/{key}/revoke"
    row = RevokeOutcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl key revoke anna --yes", "cpoctl key revoke 1f2e3d4c --yes")

    key: Annotated[str, Argument("the key's name or id", kind="key")]

    def consequence(self) -> str:
        """What it will do."""
        return f"revoke key {self.key}: whoever uses it is let in no longer"

    async def run(self, operator: Operator) -> RevokeOutcome:
        """Mark it; what it did stays in the audit log."""
        records = await operator.store.read(FOUND, {"name": self.key})
        names = await operator.store.read(NAMES)
        found = one(records, "key", self.key, lambda sql: names, NAMES)
        if found["revoked_at"] is not None:
            raise Conflict(
                f"key {found['name']} is revoked already", target=self.key, hints=["cpoctl key list --revoked"]
            )
        await operator.commit([rows.KeyRevoked(stored(operator.clock.now()), operator.actor, found["key_id"])])
        dropped = await operator.tasks.disown(f"key:{found['name']}")
        return RevokeOutcome(found["name"], True, "Revoked", dropped=dropped)
