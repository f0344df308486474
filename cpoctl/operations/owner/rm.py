"""Remove an owner from the records."""

from dataclasses import dataclass

from cpoctl.domain.owners import said_day
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Outcome, Record, Role
from cpoctl.operations.owner import OwnerId, known_owner
from cpoctl.store import rows

_SITES = "SELECT site_id, min(valid_from) AS since FROM site_owned WHERE owner_id = ? GROUP BY site_id ORDER BY site_id"


@dataclass(frozen=True, kw_only=True)
class RemoveOwner(Act):
    """Remove an owner and its shares from the records. Refused where a site is, was or will be the owner's."""

    path = "owner rm"
    route = "DELETE /owners/{owner}"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.SEVERE
    examples = ("cpoctl owner rm ACME --confirm ACME",)

    owner: OwnerId

    def consequence(self) -> str:
        """What it will do."""
        return f"remove owner {self.owner} and its shares"

    def confirm_with(self) -> str:
        """Its id."""
        return self.owner

    async def run(self, operator: Operator) -> Outcome:
        """Remove it, unless what was earned at a site names it."""
        name = await known_owner(self.owner, operator)
        if found := await operator.store.read(_SITES, [name]):
            some = ", ".join(record["site_id"] for record in found[:5]) + (", …" if len(found) > 5 else "")
            raise Conflict(
                f"{len(found)} site{' is' if len(found) == 1 else 's are'}, or was, of owner {name}: {some}",
                target=name,
                hints=[_never(record) for record in found[:3]],
            )
        await operator.commit([rows.OwnerRemoved(name), rows.OwnerSharesRemoved(name)])
        return Outcome(name, True, "Removed")


def _never(record: Record) -> str:
    """What makes a site never have been the owner's."""
    since = said_day(record["since"])
    return f"cpoctl site edit {record['site_id']} --owner '' --from {since} --reason TEXT --yes    if it never was"
