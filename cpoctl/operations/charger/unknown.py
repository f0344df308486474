"""List who knocked: chargers that wait for approval, and connections that were refused."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read
from cpoctl.table import Column, ago, local


@dataclass(frozen=True)
class UnknownRow:
    """Who knocked: it waits for approval, or it was refused."""

    charger_id: Annotated[str, Column("CHARGER")]
    reason: Annotated[str, Column("REASON")]
    address: Annotated[str | None, Column("ADDRESS")]
    attempts: Annotated[int, Column("ATTEMPTS", 2, "right")]
    first_seen_at: Annotated[str, Column("FIRST", 2, show=local)]
    last_seen_at: Annotated[str | None, Column("LAST", show=ago)]
    vendor: Annotated[str | None, Column("VENDOR", 2)]
    model: Annotated[str | None, Column("MODEL", 2)]
    serial: Annotated[str | None, Column("SERIAL", 3)]


_UNKNOWN = """
SELECT c.charger_id, 'waits for approval' AS reason,
       (SELECT address FROM connection n WHERE n.charger_id = c.charger_id ORDER BY connection_id DESC LIMIT 1) AS address,
       (SELECT count(*) FROM connection n WHERE n.charger_id = c.charger_id) AS attempts,
       c.added_at AS first_seen_at, coalesce(c.last_seen_at, c.added_at) AS last_seen_at, c.vendor, c.model,
       coalesce(c.serial, c.box_serial) AS serial
FROM charger c WHERE c.removed_at IS NULL AND c.known = 0
UNION ALL
SELECT charger_id, reason, address, attempts, first_seen_at, last_seen_at, NULL, NULL, NULL FROM knock
ORDER BY last_seen_at DESC
"""


@dataclass(frozen=True, kw_only=True)
class ListUnknown(Query):
    """List who knocked: chargers that wait for approval, and connections that were refused."""

    path = "charger unknown"
    route = "GET /unknown-chargers"
    row = UnknownRow
    noun = "unknown chargers"
    examples = ("cpoctl charger unknown", "cpoctl charger approve NEW-01")

    def select(self, read: Read) -> list[UnknownRow]:
        """Newest first."""
        return [UnknownRow(**record) for record in read(_UNKNOWN)]
