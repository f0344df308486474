"""Checks of one charger: one file each. See `cpoctl.checks` for the contract."""

from dataclasses import dataclass
from datetime import datetime

from cpoctl.ocpp import Version
from cpoctl.ocpp.settings import named
from cpoctl.store import Read, Record

_SPOKEN = "SELECT version FROM connection WHERE charger_id = :charger ORDER BY connection_id DESC LIMIT 1"


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

    def variables(self, *keys: str) -> str:
        """What the charger calls the settings that OCPP 1.6 calls so, as a command line lists them."""
        return named(self._version, *keys)

    @property
    def has_components(self) -> bool:
        """Whether its settings are variables of components, as in OCPP 2.x."""
        return self._version is not Version.V16

    @property
    def _version(self) -> Version:
        spoken = next((row["version"] for row in self.rows(_SPOKEN)), None)
        return Version(spoken) if spoken in tuple(Version) else Version.V16
