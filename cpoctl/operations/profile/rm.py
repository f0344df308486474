"""Forget a kept charging profile."""

from dataclasses import dataclass

from cpoctl.operations import Act, Danger, Operator, Outcome
from cpoctl.operations.profile._kept import Name, kept
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RemoveProfile(Act):
    """Forget a kept charging profile. Chargers that were given it keep it; `profile clear` takes it away there."""

    path = "profile rm"
    route = "DELETE /profiles/{name}"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl profile rm night --yes",)

    name: Name

    def consequence(self) -> str:
        """What it will do."""
        return f"forget the profile {self.name}"

    async def run(self, operator: Operator) -> Outcome:
        """Forget it."""
        name = (await kept(operator, self.name))["name"]
        await operator.commit([rows.ProfileRemoved(name)])
        return Outcome(name, True, "Removed")
