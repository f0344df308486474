"""Show a subscription with the energy that it was used for."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read, one
from cpoctl.operations.subscription import KEPT, NAMES, Number, SubscriptionRow, row
from cpoctl.table import Column, kwh, local


@dataclass(frozen=True)
class UseRow:
    """A session that used included energy."""

    session_id: Annotated[str, Column("SESSION", align="right")]
    stopped_at: Annotated[str, Column("ENDED", show=local)]
    tag_id: Annotated[str, Column("TAG")]
    included_wh: Annotated[int, Column("kWh", align="right", show=kwh)]


@dataclass(frozen=True)
class SubscriptionDetail(SubscriptionRow):
    """A subscription with the newest sessions that used it."""

    uses: Annotated[list[UseRow], Column("USED BY")]


_USES = """
SELECT CAST(p.session_id AS TEXT) AS session_id, s.stopped_at, s.tag_id, p.included_wh
FROM session_price p JOIN session s ON s.session_id = p.session_id
WHERE p.subscription_id = ? AND p.superseded_at IS NULL ORDER BY s.stopped_at DESC, p.session_id DESC LIMIT 200
"""


@dataclass(frozen=True, kw_only=True)
class ShowSubscription(Query):
    """Show a subscription, with the newest sessions that used what it includes."""

    path = "subscription show"
    route = "GET /subscriptions/{subscription}"
    row = SubscriptionDetail
    many = False
    examples = ("cpoctl subscription show 3",)

    subscription: Number

    def select(self, read: Read) -> list[SubscriptionDetail]:
        """The one."""
        found = read(f"{KEPT} WHERE subscription_id = ?", [self.subscription])
        record = one(found, "subscription", str(self.subscription), read, NAMES)
        uses = [UseRow(**use) for use in read(_USES, [self.subscription])]
        return [SubscriptionDetail(**vars(row(record)), uses=uses)]
