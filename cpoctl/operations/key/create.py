"""Create a key; its secret is shown this once."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Role, instant
from cpoctl.store import rows
from cpoctl.table import Column, local

_IN_USE = "SELECT key_id FROM key WHERE name = ? AND revoked_at IS NULL"


@dataclass(frozen=True)
class CreatedKey:
    """A new key. `key` is the secret: it is told once and kept nowhere."""

    key_id: Annotated[str, Column("ID")]
    name: Annotated[str, Column("NAME")]
    role: Annotated[str, Column("ROLE")]
    expires_at: Annotated[str | None, Column("EXPIRES", show=local)]
    key: Annotated[str, Column("KEY")]


@dataclass(frozen=True, kw_only=True)
class CreateKey(Act):
    """Create a key for an operator elsewhere. Its secret is shown once: put it into a file that only they can read.

    A viewer may look, an operator may also act on chargers, sessions and tags, an admin may everything.
    """

    path = "key create"
    route = "POST /keys"
    row = CreatedKey
    role = Role.ADMIN
    examples = (
        "cpoctl key create grafana --role viewer",
        "cpoctl key create anna --role operator --expires 90d --fields key > anna.key",
    )

    name: Annotated[str, Argument("whose or what for: the name by which the audit log calls it")]
    grants: Annotated[Role, Option("what it may do", long="role")]
    expires: Annotated[str | None, Option("until when it is good: a time, or a span such as 90d", kind="time")] = None

    async def run(self, operator: Operator) -> CreatedKey:
        """Keep the digest; the secret itself is kept nowhere."""
        from cpoctl.domain import keys

        if not keys.valid_name(self.name):
            raise UsageProblem(
                f"{self.name!r} cannot be a key's name: 1 to 40 of A-Z a-z 0-9 . _ @ -",
                target=self.name,
                hints=["cpoctl key create anna --role operator    a name that can be"],
            )
        now, expires_at = operator.clock.now(), None
        if self.expires is not None:
            until = instant(self.expires, now, "expires")
            if until <= now:
                raise UsageProblem("--expires lies in the past", hints=["cpoctl key create anna --expires 90d …"])
            expires_at = stored(until)
        if await operator.store.read(_IN_USE, [self.name]):
            raise Conflict(
                f"key {self.name} exists already",
                target=self.name,
                hints=[f"cpoctl key revoke {self.name} --yes    make it useless first", "cpoctl key list"],
            )
        made = keys.made()
        row = rows.Key(made.key_id, self.name, self.grants.value, made.digest, stored(now), operator.actor, expires_at)
        await operator.commit([row])
        return CreatedKey(made.key_id, self.name, self.grants.value, expires_at, made.text)
