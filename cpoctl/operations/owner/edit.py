"""Change what our records say of an owner, and what its share is from some day on."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Operator, Option, Outcome, Role
from cpoctl.operations.owner import Contact, OwnerId, Since, known_owner
from cpoctl.operations.owner._shares import share_row
from cpoctl.operations.site import checked
from cpoctl.store import rows

_WRITTEN = "SELECT * FROM owner WHERE owner_id = ?"


@dataclass(frozen=True, kw_only=True)
class EditOwner(Contact, Act):
    """Change what our records say of an owner. What is not named stays; an empty text clears.

    Shares are kept for ever: a new one holds from its day on, today without --from, and what was before stays.
    """

    path = "owner edit"
    route = "PATCH /owners/{owner}"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl owner edit ACME --share 65 --from 2027-01-01",
        "cpoctl owner edit ACME --contact 'A. Kern' --phone '+49 30 1234'",
    )

    owner: OwnerId
    name: Annotated[str | None, Option("what it is called")] = None
    share: Annotated[str | None, Option("the owner's percentage of the revenue: 70, or 33.3333")] = None
    since: Since = None
    note: Annotated[str | None, Option("what is worth knowing of it")] = None

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record, and the new share beside those before."""
        name = await known_owner(self.owner, operator)
        given: dict[str, Any] = self.contact_changes()
        texts = {"name": self.name, "note": self.note}
        given |= {field: checked(field, text) for field, text in texts.items() if text is not None}
        if self.since is not None and self.share is None:
            raise UsageProblem("--from is the first day of a share: say --share too", target=name)
        if not given and self.share is None:
            raise UsageProblem("nothing to change was said", target=name, hints=[f"cpoctl owner edit {name} --note ''"])
        unit: list[rows.Row] = []
        if self.share is not None:
            today = f"{operator.clock.now().astimezone():%Y-%m-%d}"
            unit.append(share_row(name, self.share, today if self.since is None else self.since, operator))
        for old in await operator.store.read(_WRITTEN, [name]):
            unit.append(rows.Owner(**old | given | {"name": given.get("name") or old["name"]}))
        await operator.commit(unit)
        return Outcome(name, True, "Changed")
