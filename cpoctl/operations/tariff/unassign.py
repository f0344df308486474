"""End the assignment of a tariff."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.errors import NotFound
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role
from cpoctl.operations.tariff._assigned import Somewhere, edge, zone_of
from cpoctl.operations.tariff.assign import ended, later
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class UnassignTariff(Somewhere, Act):
    """End what is assigned somewhere, now or later: sessions that begin from then on have what is assigned farther off.

    Assignments that would begin only then are taken back. Sessions that began before keep their price.
    """

    path = "tariff unassign"
    route = "POST /tariffs/assignments/end"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl tariff unassign --site HQ --yes", "cpoctl tariff unassign --default --at 2027-01-01 --yes")

    at: Annotated[str | None, Option("from then on; now without it", kind="day")] = None

    def consequence(self) -> str:
        """What it will do."""
        where = self.evse or self.charger or self.site or self.group or "the default"
        return f"end the tariff of {where}"

    async def run(self, operator: Operator) -> Outcome:
        """Record the end."""
        from cpoctl.store.pricing import assignments

        (scope, target), now = self.scope(operator.live), operator.clock.now()
        end, zone = edge(self.at, now, "at"), zone_of(scope, target, operator.live)
        known = await operator.store.reading(assignments)
        meeting = known.meeting(scope, target, end, None, zone)
        name = target or "the default"
        if not meeting:
            raise NotFound(f"no tariff is assigned to {name} then", target=name, hints=["cpoctl tariff list"])
        unit = [
            rows.TariffAssignmentEnded(later(end, one.valid_from, zone), stored(now), operator.actor, one.assignment_id)
            for one in meeting
        ]
        await operator.commit(unit, [ended(one, row.valid_to) for one, row in zip(meeting, unit, strict=True)])
        return Outcome(name, True, "Ended")
