"""Remove a site from the records."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Outcome, Role
from cpoctl.operations.site import SiteId, known_site
from cpoctl.store import rows

_TARIFFS = """
SELECT DISTINCT tariff_id FROM tariff_assignment
WHERE scope = 'site' AND target = ? AND (valid_to IS NULL OR valid_to > ?) AND (valid_to IS NULL OR valid_to > valid_from)
"""


@dataclass(frozen=True, kw_only=True)
class RemoveSite(Act):
    """Remove a site from the records. Refused while chargers or tags belong to it, or a tariff holds there."""

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
        given = [name, stored(operator.clock.now())]
        if held := sorted(record["tariff_id"] for record in await operator.store.read(_TARIFFS, given)):
            raise Conflict(
                f"site {name} has {_named(held)} as its tariff",
                target=name,
                hints=[f"cpoctl tariff unassign --site {name} --yes"],
            )
        await operator.commit(
            [rows.SiteRemoved(name), rows.SiteOwnersRemoved(name)], [events.SiteRemoved(site_id=name)]
        )
        return Outcome(name, True, "Removed")


def _counted(names: list[str], noun: str) -> str:
    return f"{len(names)} {noun} belongs" if len(names) == 1 else f"{len(names)} {noun}s belong"


def _named(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
