"""Change what our records say of a site."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Operator, Option, Outcome, Role
from cpoctl.operations.site import SiteId, checked, known_site, known_zone
from cpoctl.store import rows

_WRITTEN = "SELECT * FROM site WHERE site_id = ?"


@dataclass(frozen=True, kw_only=True)
class EditSite(Act):
    """Change what our records say of a site. What is not named stays; an empty text clears."""

    path = "site edit"
    route = "PATCH /sites/{site}"
    row = Outcome
    role = Role.ADMIN
    examples = ("cpoctl site edit HQ --name 'Head office, yard' --note 'gate code at reception'",)

    site: SiteId
    name: Annotated[str | None, Option("what people call it")] = None
    time_zone: Annotated[str | None, Option("its time zone, as Europe/Berlin")] = None
    address: Annotated[str | None, Option("where it is")] = None
    note: Annotated[str | None, Option("what is worth knowing of it")] = None

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record."""
        name = known_site(self.site, operator.live)
        given = {"name": self.name, "time_zone": self.time_zone, "address": self.address, "note": self.note}
        if all(value is None for value in given.values()):
            raise UsageProblem("nothing to change was said", target=name, hints=[f"cpoctl site edit {name} --note ''"])
        zone = known_zone(self.time_zone) if self.time_zone is not None else None
        texts = {field: checked(field, text) for field, text in given.items() if text is not None}
        texts |= {"time_zone": zone} if zone else {}
        if "name" in texts and texts["name"] is None:
            texts["name"] = name
        for old in await operator.store.read(_WRITTEN, [name]):
            row = rows.Site(**old | texts)
            changed = events.SiteChanged(site_id=name, name=row.name, time_zone=row.time_zone)
            await operator.commit([row], [changed])
        return Outcome(name, True, "Changed")
