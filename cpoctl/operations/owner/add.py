"""Add an owner."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.domain import owners, sites
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Outcome, Role
from cpoctl.operations.owner import NAMES, Contact, Since
from cpoctl.operations.owner._shares import share_row, share_told
from cpoctl.operations.site import checked
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class AddOwner(Contact, Act):
    """Add an owner. Sites become the owner's with `site edit`, and with them their chargers.

    The share is what percentage of the revenue is the owner's. Without --from it holds from the beginning.
    """

    path = "owner add"
    route = "POST /owners"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl owner add ACME --name 'Acme Parking GmbH' --share 70 --email office@acme.example",
        "cpoctl site edit HQ --owner ACME",
    )

    owner: Annotated[str, Argument("a short id for it")]
    share: Annotated[str, Option("the owner's percentage of the revenue: 70, or 33.3333")]
    name: Annotated[str | None, Option("what it is called; its id without one")] = None
    note: Annotated[str | None, Option("what is worth knowing of it")] = None
    since: Since = None

    async def run(self, operator: Operator) -> Outcome:
        """Record it with its first share."""
        if not sites.valid_id(self.owner):
            raise UsageProblem(
                f"{self.owner!r} cannot be an owner's id: 1 to 48 of A-Z a-z 0-9 . _ -, first a letter or digit",
                target=self.owner,
                hints=["cpoctl owner add ACME --share 70 --name 'Acme Parking GmbH'"],
            )
        for known in await operator.store.read(f"{NAMES} WHERE owner_id = ?", [self.owner]):
            name = known["owner_id"]
            raise Conflict(f"owner {name} exists already", target=name, hints=[f"cpoctl owner show {name}"])
        row = rows.Owner(
            owner_id=self.owner,
            name=checked("name", self.name) or self.owner,
            **{"contact": None, "phone": None, "email": None} | self.contact_changes(),
            note=checked("note", self.note),
            added_at=stored(operator.clock.now()),
        )
        since = owners.ALWAYS if self.since is None else self.since
        share = share_row(self.owner, self.share, since, operator, self.path)
        await operator.commit([row, share], [share_told(share)])
        return Outcome(self.owner, True, "Added")
