"""Show one campaign with all its chargers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl.domain.campaign_rules import Rules
from cpoctl.domain.campaigns import PENDING, SENT, hindrance
from cpoctl.operations import Query, Read
from cpoctl.operations.campaign import MemberRow, Name, members, the_one
from cpoctl.operations.campaign._draft import CampaignDetail, as_detail, waiting_for
from cpoctl.table import megabytes

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

_STEPS = """
SELECT e.charger_id, json_extract(e.data, '$.status') AS status, max(e.seq) FROM event e
CROSS JOIN campaign_member m ON m.campaign = ? AND m.charger_id = e.charger_id
WHERE e.seq > (SELECT max(seq) FROM event) - 20000 AND e.type = 'FirmwareStatusReported'
  AND m.state = 'sent' AND e.at >= m.sent_at GROUP BY e.charger_id
"""  # events are found by their number alone: those of long ago are not looked through


@dataclass(frozen=True, kw_only=True)
class ShowCampaign(Query):
    """Show a campaign: how it stands and why, and of every charger how far it is, why, and by which task.

    The status of one that is under way is the step of its firmware that it told last. What a pending charger waits
    for, and how much of a file one has fetched, is known only while the server runs.
    """

    path = "campaign show"
    route = "GET /campaigns/{campaign}"
    row = CampaignDetail
    many = False
    examples = (
        "cpoctl campaign show fw-2.1",
        """cpoctl campaign show fw-2.1 --json | jq -r '.chargers[] | select(.state=="failed").charger_id'""",
    )

    campaign: Name

    def select(self, read: Read) -> list[CampaignDetail]:
        """The one campaign."""
        found = the_one(self.campaign, read)
        given = read("SELECT given FROM campaign WHERE campaign = ?", [self.campaign])[0]["given"]
        told = read(_STEPS, [self.campaign]) if found.sent else []
        steps = {each["charger_id"].casefold(): each["status"] for each in told}
        chosen = members(self.campaign, read)
        return [as_detail(found, given, [_with_step(each, steps) for each in chosen])]

    def overlay(self, row: CampaignDetail, live: "LiveFleet", now: datetime) -> CampaignDetail:
        """Add what keeps the pending ones from getting it just now, and how much the others have fetched."""
        rules = Rules.read(row.rules)

        def so_far(each: MemberRow) -> str | None:
            if each.state == PENDING:
                return hindrance(live.charger(each.charger_id), rules, live, now)
            return _fetched(each.charger_id, live) if each.state == SENT else None

        return replace(row, chargers=[waiting_for(each, so_far(each)) for each in row.chargers])


def _with_step(member: MemberRow, steps: Mapping[str, str]) -> MemberRow:
    return replace(member, status=steps.get(member.charger_id.casefold())) if member.state == SENT else member


def _fetched(charger_id: str, live: "LiveFleet") -> str | None:
    """How much of its firmware a charger has fetched, while it does."""
    moving = live.transfers.newest(charger_id, "firmware")
    if moving is None or moving.state != "running":
        return None
    return f"it has fetched {megabytes(moving.bytes)}" + (f" of {megabytes(moving.total)}" if moving.total else "")
