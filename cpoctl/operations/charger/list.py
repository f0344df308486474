"""List the chargers with what is known of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl.operations import Query, Read
from cpoctl.operations.charger import LISTED, ChargerRow, row, with_live

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class ListChargers(Query):
    """List the chargers with what is known of each."""

    path = "charger list"
    route = "GET /chargers"
    row = ChargerRow
    noun = "chargers"
    examples = ("cpoctl charger list", "cpoctl charger list --json | jq -r '.[] | select(.connected) | .charger_id'")

    def select(self, read: Read) -> list[ChargerRow]:
        """Every known charger."""
        return [row(record) for record in read(LISTED, {"known": 1})]

    def overlay(self, row: ChargerRow, live: "LiveFleet", now: datetime) -> ChargerRow:
        """Add what the live state knows."""
        return with_live(row, live)
