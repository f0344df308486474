"""List what chargers wanted to have signed."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks.certificates import own_kind
from cpoctl.operations import Option, Query, Read
from cpoctl.table import Column, local


@dataclass(frozen=True)
class SigningRow:
    """A certificate that a charger asked for, and what it was answered. `type` is what it is for; 1.6 knows one only."""

    request_id: Annotated[str, Column("REQUEST", align="right")]
    received_at: Annotated[str, Column("RECEIVED", show=local)]
    charger_id: Annotated[str, Column("CHARGER")]
    status: Annotated[str, Column("STATUS")]
    type: Annotated[str | None, Column("TYPE", 2)]
    csr: Annotated[str, Column("CSR", 4)]


_REQUESTS = """
SELECT CAST(signing_request_id AS TEXT) AS request_id, received_at, charger_id, status,
       certificate_type AS type, csr
FROM signing_request WHERE :charger IS NULL OR charger_id = :charger
ORDER BY signing_request_id DESC
"""


@dataclass(frozen=True, kw_only=True)
class ListRequests(Query):
    """List the certificates that chargers asked for, the newest first."""

    path = "cert requests"
    route = "GET /certificates/requests"
    row = SigningRow
    noun = "requests"
    examples = ("cpoctl cert requests", "cpoctl cert requests --charger HQ-07 --json | jq -r '.[0].csr'")

    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None

    def select(self, read: Read) -> list[SigningRow]:
        """Requests that fit."""
        return [
            SigningRow(**record | {"type": own_kind(record["type"])})
            for record in read(_REQUESTS, {"charger": self.charger})
        ]
