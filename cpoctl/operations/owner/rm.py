"""Remove an owner from the records."""

from dataclasses import dataclass

from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Outcome, Role
from cpoctl.operations.owner import OwnerId, known_owner
from cpoctl.store import rows

_SITES = "SELECT site_id FROM site WHERE owner_id = ? ORDER BY site_id"


@dataclass(frozen=True, kw_only=True)
class RemoveOwner(Act):
    """Remove an owner and its shares from the records. Refused while a site is the owner's."""

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
        """Remove it, unless a site needs it."""
        name = await known_owner(self.owner, operator)
        if sites := [record["site_id"] for record in await operator.store.read(_SITES, [name])]:
            some = ", ".join(sites[:5]) + (", …" if len(sites) > 5 else "")
            raise Conflict(
                f"{len(sites)} {'site is' if len(sites) == 1 else 'sites are'} of owner {name}: {some}",
                target=name,
                hints=[f"cpoctl site edit {site} --owner ''" for site in sites[:3]],
            )
        await operator.commit([rows.OwnerRemoved(name), rows.OwnerSharesRemoved(name)])
        return Outcome(name, True, "Removed")
