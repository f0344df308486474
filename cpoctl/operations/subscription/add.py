"""Record a subscription."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import money
from cpoctl.errors import Conflict, NotFound, UsageProblem, nearest
from cpoctl.operations import Act, Danger, Operator, Option, Role
from cpoctl.operations._amounts import amount, currency
from cpoctl.operations._months_over import are, months_over, said
from cpoctl.operations.subscription import KEPT, SubscriptionRow, month, row
from cpoctl.store import rows

_EXAMPLE = "cpoctl subscription add --tag ANNA-K --fee 19.90 --currency EUR --vat 19 --included-kwh 50"
_NUMBER = "SELECT coalesce(max(subscription_id), 0) + 1 AS number FROM subscription"
_MOST_WH = 10**12


@dataclass(frozen=True, kw_only=True)
class AddSubscription(Act):
    """Record that a tag, or a group of tags together, pays a fee a month, and how much energy it has for that.

    Included energy goes to the sessions of a month in the order of their ends, to each from its first kWh on; their bills show it
    as a line that costs nothing. Other prices of the tariff, for time or the start, are not touched.
    """

    path = "subscription add"
    route = "POST /subscriptions"
    row = SubscriptionRow
    role = Role.ADMIN
    examples = (
        _EXAMPLE,
        "cpoctl subscription add --group FLEET --fee 990 --currency EUR --included-kwh 3000 --from 2027-01",
    )

    fee: Annotated[str, Option("a month, without VAT")]
    currency: Annotated[str, Option("such as EUR")]
    tag: Annotated[str | None, Option("of this tag", kind="tag")] = None
    group: Annotated[str | None, Option("of the tags of this group together", kind="tag")] = None
    included_kwh: Annotated[str, Option("energy that is included, a month")] = "0"
    vat: Annotated[str | None, Option("percent on the fee")] = None
    since: Annotated[str | None, Option("the first month; this one without it", long="from")] = None
    until: Annotated[str | None, Option("the last month", long="to")] = None
    note: Annotated[str | None, Option("what it is")] = None

    def danger_now(self) -> Danger:
        """What adds fees to a month that is over wants a yes."""
        return Danger.DISRUPTS if self._over() else self.danger

    def consequence(self) -> str:
        """What it will do."""
        over = self._over()
        return (
            f"record a subscription from {self.since} on, and with it fees of {said(over)}, which {are(over)} over"
            if over
            else super().consequence()
        )

    def _over(self) -> list[str]:
        now = datetime.now().astimezone()
        return [name for name in months_over(f"{self.since}-01", now) if self.until is None or name <= self.until]

    async def run(self, operator: Operator) -> SubscriptionRow:
        """Record it."""
        scope, target = self._whose(operator)
        fee, code = self._fee(), currency(self.currency, _EXAMPLE)
        first = month(self.since, "from") if self.since else stored(operator.clock.now())[:7]
        last = month(self.until, "to") if self.until else None
        if last is not None and last < first:
            raise UsageProblem(f"it would end ({last}) before it begins ({first})", hints=[_EXAMPLE])
        others = await operator.store.read(f"{KEPT} WHERE scope = ? AND target = ?", [scope, target])
        for other in others:
            if (last is None or other["first_month"] <= last) and (other["last_month"] or "9") >= first:
                number = other["subscription_id"]
                raise Conflict(
                    f"{target} has subscription {number} from {other['first_month']} to {other['last_month'] or 'whenever'}",
                    target=target,
                    hints=[f"cpoctl subscription rm {number} --last 2026-12 --yes    set its last month"],
                )
        made = rows.Subscription(
            (await operator.store.read(_NUMBER) or [{"number": 1}])[0]["number"], scope, target, fee,
            None if self.vat is None else str(_amount(self.vat, "vat", Decimal(100))), code,
            int(_amount(self.included_kwh, "included-kwh", Decimal(_MOST_WH)) * 1000),
            first, last, self.note, stored(operator.clock.now()), operator.actor,
        )  # fmt: skip
        changed = events.SubscriptionChanged(
            subscription_id=made.subscription_id, scope=scope, target=target, last_month=last
        )
        await operator.commit([made], [changed])
        return row(made._asdict())

    def _whose(self, operator: Operator) -> tuple[str, str]:
        if (self.tag is None) == (self.group is None):
            raise UsageProblem("say --tag or --group", hints=[_EXAMPLE])
        tags = operator.live.tags.values()
        known = {tag.tag_id.casefold(): tag.tag_id for tag in tags}
        if self.group is not None:
            known = {tag.parent_id.casefold(): tag.parent_id for tag in tags if tag.parent_id}
        scope, name = ("tag", self.tag) if self.tag is not None else ("group", self.group)
        found = known.get((name or "").strip().casefold())
        if found is None:
            raise NotFound(
                f"no {scope} {name}{nearest(name or '', known.values())}", target=name,
                hints=["cpoctl tag list" if scope == "tag" else "cpoctl tag groups"],
            )  # fmt: skip
        return scope, found

    def _fee(self) -> int:
        return money.e4(_amount(self.fee, "fee", Decimal(10**9)))


def _amount(text: str, option: str, most: Decimal) -> Decimal:
    found = amount(text, f"--{option}", _EXAMPLE)
    if not 0 <= found <= most:
        raise UsageProblem(f"--{option}: {text} does not lie between 0 and {most}", hints=[_EXAMPLE])
    return found
