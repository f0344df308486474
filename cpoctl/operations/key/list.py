"""List the keys, never their secrets."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.operations import Option, Query, Read, Role
from cpoctl.table import Column, ago, local

_KEYS = """
SELECT key_id, name, role, created_at, created_by, expires_at, used_at, used_from, revoked_at, revoked_by,
       CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= :now THEN 'expired' ELSE 'valid' END AS state
FROM key WHERE :revoked OR revoked_at IS NULL ORDER BY revoked_at IS NOT NULL, name
"""


@dataclass(frozen=True)
class KeyRow:
    """A key in a list."""

    name: Annotated[str, Column("NAME")]
    role: Annotated[str, Column("ROLE")]
    state: Annotated[str, Column("STATE")]
    expires_at: Annotated[str | None, Column("EXPIRES", 2, show=local)]
    used_at: Annotated[str | None, Column("USED", 2, "right", ago)]
    used_from: Annotated[str | None, Column("FROM", 3)]
    key_id: Annotated[str, Column("ID", 3)]
    created_at: Annotated[str, Column("CREATED", 4, show=local)]
    created_by: Annotated[str, Column("BY", 4)]
    revoked_at: str | None
    revoked_by: str | None


@dataclass(frozen=True, kw_only=True)
class ListKeys(Query):
    """List the keys: whose they are, what they may do, and when each was last used."""

    path = "key list"
    route = "GET /keys"
    row = KeyRow
    noun = "keys"
    role = Role.ADMIN
    examples = ("cpoctl key list", "cpoctl key list --revoked --json | jq -r '.[] | select(.state!=\"valid\") | .name'")

    revoked: Annotated[bool, Option("also those that were revoked")] = False

    def select(self, read: Read) -> list[KeyRow]:
        """Those in use first."""
        asked = {"now": stored(datetime.now(UTC)), "revoked": int(self.revoked)}
        return [KeyRow(**record) for record in read(_KEYS, asked)]
