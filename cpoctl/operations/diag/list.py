"""List what chargers uploaded."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import known_spelling
from cpoctl.operations.diag import KEPT, UploadRow


@dataclass(frozen=True, kw_only=True)
class ListUploads(Query):
    """List the diagnostics and logs that chargers uploaded and that are kept, the newest first."""

    path = "diag list"
    route = "GET /uploads"
    row = UploadRow
    noun = "uploads"
    examples = ("cpoctl diag list", "cpoctl diag list --charger HQ-07")

    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None

    def select(self, read: Read) -> list[UploadRow]:
        """All of them."""
        charger = known_spelling(self.charger, read) if self.charger else None
        found = read(f"{KEPT} AND (?1 IS NULL OR charger_id = ?1) ORDER BY transfer_id DESC", [charger])
        return [UploadRow(**record) for record in found]
