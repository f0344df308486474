"""Add a site."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import sites
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Outcome, Role
from cpoctl.operations.site import checked, known_zone
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class AddSite(Act):
    """Add a site. Its chargers join it with `charger edit`."""

    path = "site add"
    route = "POST /sites"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl site add HQ --name 'Head office' --time-zone Europe/Berlin",
        "cpoctl charger edit HQ-07 --site HQ",
    )

    site: Annotated[str, Argument("a short id for it")]
    time_zone: Annotated[str, Option("its time zone, as Europe/Berlin")]
    name: Annotated[str | None, Option("what people call it; its id without one")] = None
    address: Annotated[str | None, Option("where it is")] = None
    note: Annotated[str | None, Option("what is worth knowing of it")] = None

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
        name, zone = checked("name", self.name) or self.site, known_zone(self.time_zone)
        row = rows.Site(
            self.site,
            name,
            zone,
            checked("address", self.address),
            checked("note", self.note),
            stored(operator.clock.now()),
        )
        await operator.commit([row], [events.SiteChanged(site_id=self.site, name=name, time_zone=zone)])
        return Outcome(self.site, True, "Added")
