"""Remove a site from the records."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Outcome, Role
from cpoctl.operations.site import SiteId, known_site
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RemoveSite(Act):
    """Remove a site from the records. Refused while chargers belong to it or a tag may charge only there."""

    path = "site rm"
    route = "DELETE /sites/{site}"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.SEVERE
    examples = ("cpoctl site rm HQ --confirm HQ",)

    site: SiteId

    def consequence(self) -> str:
        """What it will do."""
        return f"remove site {self.site}"

    def confirm_with(self) -> str:
        """Its id."""
        return self.site

    async def run(self, operator: Operator) -> Outcome:
        """Remove it, unless somebody needs it."""
        name, live = known_site(self.site, operator.live), operator.live
        if there := sorted(charger.charger_id for charger in live.chargers.values() if charger.site_id == name):
            raise Conflict(
                f"{_counted(there, 'charger')} to site {name}: {_named(there)}",
                target=name,
                hints=[f"cpoctl charger edit {charger} --no-site" for charger in there[:3]],
            )
        if bound := sorted(tag.tag_id for tag in live.tags.values() if name in tag.sites):
            raise Conflict(
                f"{_counted(bound, 'tag')} to site {name}: {_named(bound)}",
                target=name,
                hints=[f"cpoctl tag edit {tag} --no-site {name}" for tag in bound[:3]],
            )
        await operator.commit([rows.SiteRemoved(name)], [events.SiteRemoved(site_id=name)])
        return Outcome(name, True, "Removed")


def _counted(names: list[str], noun: str) -> str:
    return f"{len(names)} {noun} belongs" if len(names) == 1 else f"{len(names)} {noun}s belong"


def _named(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
