"""End a subscription."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role, one
from cpoctl.operations.subscription import KEPT, NAMES, Number, month
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class EndSubscription(Act):
    """End a subscription after this month, or after another one. It stays listed, and what was priced stays as it is."""

    path = "subscription rm"
    route = "DELETE /subscriptions/{subscription}"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl subscription rm 3 --yes", "cpoctl subscription rm 3 --last 2027-06 --yes")

    subscription: Number
    last: Annotated[str | None, Option("the last month that is paid for; this one without it")] = None

    def consequence(self) -> str:
        """What it will do."""
        return f"end subscription {self.subscription}"

    async def run(self, operator: Operator) -> Outcome:
        """Set its last month."""
        name = str(self.subscription)
        known = await operator.store.reading(
            lambda read: one(
                read(f"{KEPT} WHERE subscription_id = ?", [self.subscription]), "subscription", name, read, NAMES
            )
        )
        last = month(self.last, "last") if self.last is not None else stored(operator.clock.now())[:7]
        if last < known["first_month"]:
            raise UsageProblem(
                f"subscription {name} begins in {known['first_month']}, after {last}",
                hints=[f"cpoctl subscription rm {name} --last {known['first_month']} --yes"],
            )
        changed = events.SubscriptionChanged(
            subscription_id=self.subscription, scope=known["scope"], target=known["target"], last_month=last
        )
        await operator.commit([rows.SubscriptionEnded(last, self.subscription)], [changed])
        return Outcome(name, True, "Ended")
