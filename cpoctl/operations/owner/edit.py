"""Change what our records say of an owner, and what its share is from some day on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.operations import Operator, Option, Outcome, Role
from cpoctl.operations._months_over import ChangesMonths, are, months_over, said
from cpoctl.operations.owner import Contact, OwnerId, Since, known_owner
from cpoctl.operations.owner._shares import share_row, share_told
from cpoctl.operations.site import checked
from cpoctl.store import rows

_WRITTEN = "SELECT * FROM owner WHERE owner_id = ?"


@dataclass(frozen=True, kw_only=True)
class EditOwner(Contact, ChangesMonths):
    """Change what our records say of an owner. What is not named stays; an empty text clears.

    Shares are kept for ever: a new one holds from its day on, by the clock of each site, today without --from, and what was
    before stays. One from a month that is over changes what that month's reports say: it wants a --reason.
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
    reason: Annotated[str | None, Option("why the share of a month that is over changes, for whoever asks later")] = (
        None
    )
    note: Annotated[str | None, Option("what is worth knowing of it")] = None

    def consequence(self) -> str:
        """What it will do."""
        over = self._over(datetime.now().astimezone())
        changed = f" from {self.since} on, and with it what is said of {said(over)}, which {are(over)} over"
        return f"change the share of owner {self.owner}{changed if over else ''}"

    def _over(self, now: datetime) -> list[str]:
        return months_over(self.since, now) if self.share is not None else []

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record, and the new share beside those before."""
        name = await known_owner(self.owner, operator)
        given: dict[str, Any] = self.contact_changes()
        texts = {"name": self.name, "note": self.note}
        given |= {field: checked(field, text) for field, text in texts.items() if text is not None}
        if self.since is not None and self.share is None:
            raise UsageProblem("--from is the first day of a share: say --share too", target=name)
        self._must_have_a_reason(name, operator)
        if not given and self.share is None:
            raise UsageProblem("nothing to change was said", target=name, hints=[f"cpoctl owner edit {name} --note ''"])
        unit: list[rows.Row] = []
        told: list[events.Event] = []
        if self.share is not None:
            today = f"{operator.clock.now().astimezone():%Y-%m-%d}"
            share = share_row(name, self.share, today if self.since is None else self.since, operator, self.path)
            unit.append(share)
            told.append(share_told(share, self.reason))
        for old in await operator.store.read(_WRITTEN, [name]):
            unit.append(rows.Owner(**old | given | {"name": given.get("name") or old["name"]}))
        await operator.commit(unit, told)
        return Outcome(name, True, "Changed")

    def _must_have_a_reason(self, name: str, operator: Operator) -> None:
        """Raise UsageProblem where a month that is over would change and nobody says why."""
        over = self._over(operator.clock.now().astimezone())
        if over and not (self.reason or "").strip():
            raise UsageProblem(
                f"--from {self.since}: {said(over)} {are(over)} over, and what reports say of the share would change",
                target=name,
                hints=[f"cpoctl owner edit {name} --share {self.share} --from {self.since} --reason TEXT --yes"],
            )
