"""Change what our records say of a site."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Operator, Option, Outcome, Role
from cpoctl.operations.site import SiteId, known_site, known_zone
from cpoctl.operations.site._written import Wish
from cpoctl.store import rows

_WRITTEN = "SELECT * FROM site WHERE site_id = ?"


@dataclass(frozen=True, kw_only=True)
class EditSite(Wish, Act):
    """Change what our records say of a site. What is not named stays; an empty text or 0 clears."""

    path = "site edit"
    route = "PATCH /sites/{site}"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl site edit HQ --name 'Head office, yard' --note 'gate code at reception'",
        "cpoctl site edit HQ --currency EUR --owner ACME --contact 'A. Kern' --open 'Mon-Sat 06:00-22:00'",
    )

    site: SiteId
    time_zone: Annotated[str | None, Option("its time zone, as Europe/Berlin")] = None

    def again(self, option: str) -> str:
        """The command once more, with this in the place of what was wrong."""
        return f"cpoctl site edit {self.site} {option}"

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record."""
        name = known_site(self.site, operator.live)
        given = await self.changes(operator)
        if self.time_zone is not None:
            given["time_zone"] = known_zone(self.time_zone)
        if not given:
            raise UsageProblem("nothing to change was said", target=name, hints=[f"cpoctl site edit {name} --note ''"])
        if "name" in given:
            given["name"] = given["name"] or name
        for old in await operator.store.read(_WRITTEN, [name]):
            row = rows.Site(**old | given)
            changed = events.SiteChanged(site_id=name, name=row.name, time_zone=row.time_zone)
            await operator.commit([row], [changed])
        return Outcome(name, True, "Changed")
