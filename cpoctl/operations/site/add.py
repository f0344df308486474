"""Add a site."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import sites
from cpoctl.domain.owners import ALWAYS
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Outcome, Role
from cpoctl.operations.site import known_zone
from cpoctl.operations.site._owners import owner_row, owner_told
from cpoctl.operations.site._written import Wish
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class AddSite(Wish, Act):
    """Add a site. Its chargers join it with `charger edit`. An --owner has always had it; `site edit --from` says since when."""

    path = "site add"
    route = "POST /sites"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl site add HQ --name 'Head office' --time-zone Europe/Berlin",
        "cpoctl site add YARD --time-zone Europe/Berlin --currency EUR --supply-kw 120 --open 'Mon-Fri 06:00-22:00'",
        "cpoctl charger edit HQ-07 --site HQ",
    )

    site: Annotated[str, Argument("a short id for it")]
    time_zone: Annotated[str, Option("its time zone, as Europe/Berlin")]

    def again(self, option: str) -> str:
        """The command once more, with this in the place of what was wrong."""
        return f"cpoctl site add {self.site} --time-zone {self.time_zone} {option}"

    async def run(self, operator: Operator) -> Outcome:
        """Record it."""
        if not sites.valid_id(self.site):
            raise UsageProblem(
                f"{self.site!r} cannot be a site's id: 1 to 48 of A-Z a-z 0-9 . _ -, first a letter or digit",
                target=self.site,
                hints=["cpoctl site add HQ --time-zone Europe/Berlin --name 'Head office'"],
            )
        if known := operator.live.site(self.site):
            raise Conflict(
                f"site {known.site_id} exists already",
                target=known.site_id,
                hints=[f"cpoctl site show {known.site_id}"],
            )
        zone, given, owner = known_zone(self.time_zone), self.changes(), await self.wished_owner(operator)
        name = given.get("name") or self.site
        kept = {"address": None, "note": None} | given | {"name": name, "time_zone": zone}
        row = rows.Site(site_id=self.site, added_at=stored(operator.clock.now()), **kept)
        unit: list[rows.Row] = [row]
        told: list[events.Event] = [events.SiteChanged(site_id=self.site, name=name, time_zone=zone)]
        if owner is not None:
            held = owner_row(self.site, owner, ALWAYS, zone, operator)
            unit.append(held)
            told.append(owner_told(held))
        await operator.commit(unit, told)
        return Outcome(self.site, True, "Added")
