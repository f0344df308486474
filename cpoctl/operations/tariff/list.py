"""List the kept tariffs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.operations import Option, Query, Read
from cpoctl.operations.tariff._kept import KEPT, NEWEST, TariffRow, row


@dataclass(frozen=True, kw_only=True)
class ListTariffs(Query):
    """List the tariffs that are kept, each in its newest version, and where that one holds now."""

    path = "tariff list"
    route = "GET /tariffs"
    row = TariffRow
    noun = "tariffs"
    examples = ("cpoctl tariff list", "cpoctl tariff list --versions --json | jq '.[] | select(.concerns != [])'")

    versions: Annotated[bool, Option("every version, not only the newest")] = False

    def select(self, read: Read) -> list[TariffRow]:
        """By name, the newest version first."""
        which = "" if self.versions else NEWEST
        given = {"now": stored(datetime.now(UTC))}
        return [row(record) for record in read(f"{KEPT} {which} ORDER BY t.tariff_id, t.added_at DESC", given)]
