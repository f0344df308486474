"""List the subscriptions."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.subscription import KEPT, SubscriptionRow, month, row

_HELD = (
    "WHERE :month IS NULL OR (first_month <= :month AND coalesce(last_month, '9') >= :month) ORDER BY subscription_id"
)


@dataclass(frozen=True, kw_only=True)
class ListSubscriptions(Query):
    """List the subscriptions, also those that have ended."""

    path = "subscription list"
    route = "GET /subscriptions"
    row = SubscriptionRow
    noun = "subscriptions"
    examples = ("cpoctl subscription list", "cpoctl subscription list --month 2026-11 -o csv")

    month: Annotated[str | None, Option("only those that are paid for in this month")] = None

    def select(self, read: Read) -> list[SubscriptionRow]:
        """By number."""
        wanted = month(self.month, "month") if self.month is not None else None
        return [row(record) for record in read(f"{KEPT} {_HELD}", {"month": wanted})]
