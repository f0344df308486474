"""List the chargers with what is known of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl.operations import Query, Read
from cpoctl.operations.charger import LISTED, ChargerRow, row, with_live
from cpoctl.targets import Selection

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class ListChargers(Selection, Query):
    """List the chargers with what is known of each."""

    path = "charger list"
    route = "GET /chargers"
    row = ChargerRow
    noun = "chargers"
    examples = (
        "cpoctl charger list",
        "cpoctl charger list --status faulted,offline --model 'AC-*'",
        "cpoctl charger list --json | jq -r '.[] | select(.connected) | .charger_id'",
    )

    def select(self, read: Read) -> list[ChargerRow]:
        """Every known charger."""
        return [row(record) for record in read(LISTED, {"known": 1})]

    def overlay(self, row: ChargerRow, live: "LiveFleet", now: datetime) -> ChargerRow:
        """Add what the live state knows."""
        return with_live(row, live)

    def chosen(self, rows: list[ChargerRow]) -> list[ChargerRow]:
        """Those that fit the selectors."""
        return [row for row in rows if self.fits(row)] if self.narrows else rows
