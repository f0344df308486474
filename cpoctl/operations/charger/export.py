"""Write what the operator keeps of all chargers as CSV, in the form that `charger import` reads."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read
from cpoctl.operations.charger._sheet import spelled
from cpoctl.table import Column


@dataclass(frozen=True)
class ChargerSheetRow:
    """A charger as a line of the sheet, or with `evse_id` one of its EVSEs of which something of its own is said."""

    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int | None, Column("EVSE", align="right")]
    name: Annotated[str | None, Column("NAME")]
    site_id: Annotated[str | None, Column("SITE")]
    labels: Annotated[str | None, Column("LABELS")]
    registration: Annotated[str | None, Column("REGISTRATION")]
    kw: Annotated[float | None, Column("kW", align="right")]
    connector: Annotated[str | None, Column("CONNECTOR")]
    in_service_from: Annotated[str | None, Column("IN SERVICE FROM")]
    note: Annotated[str | None, Column("NOTE")]


_SHEET = """
SELECT c.charger_id, NULL AS evse_id, c.name, c.site_id, c.labels, c.registration, round(f.rated_w / 1000.0, 6) AS kw,
       f.connector_type AS connector, f.in_service_from, c.note
FROM charger c LEFT JOIN evse_record f ON f.charger_id = c.charger_id AND f.evse_id = 0
WHERE c.removed_at IS NULL AND c.known = 1
UNION ALL
SELECT c.charger_id, f.evse_id, NULL, NULL, '{}', NULL, round(f.rated_w / 1000.0, 6), f.connector_type, f.in_service_from, NULL
FROM charger c JOIN evse_record f ON f.charger_id = c.charger_id AND f.evse_id > 0
WHERE c.removed_at IS NULL AND c.known = 1
ORDER BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class ExportChargers(Query):
    """Write what the operator keeps of all chargers as CSV, in the form that `charger import` reads.

    Below a charger stand those of its EVSEs of which something of their own is said.
    """

    path = "charger export"
    route = "GET /charger-sheet"
    row = ChargerSheetRow
    noun = "lines"
    told_as = "csv"
    examples = (
        "cpoctl charger export --out chargers.csv",
        "cpoctl charger export -o jsonl",
        "cpoctl charger export --where 'site_id=HQ'",
    )

    def select(self, read: Read) -> list[ChargerSheetRow]:
        """Every charger that is known, and its EVSEs."""
        return [ChargerSheetRow(**record | {"labels": spelled(record["labels"])}) for record in read(_SHEET)]
