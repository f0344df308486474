"""Checks of one charger: one file each. See `cpoctl.checks` for the contract."""

from dataclasses import dataclass
from datetime import datetime

from cpoctl.store import Read, Record


@dataclass(frozen=True)
class Facts:
    """One charger's row of the database, and how to read more about it. `now` is when it is judged."""

    charger_id: str
    row: Record | None
    read: Read
    now: datetime

    def rows(self, sql: str) -> list[Record]:
        """A SELECT with `:charger` as the charger's id and `:now` as the time."""
        return self.read(sql, {"charger": self.charger_id, "now": self.now.isoformat()})
