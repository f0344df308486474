"""Refused tags: what is kept of one that nobody knows, so that an operator can add it."""

from cpoctl.csms.actions import Context
from cpoctl.store import rows

_LONGEST = 255


def unknown(ctx: Context, tag_id: str) -> list[rows.Row]:
    """The inbox's row of a tag that nobody knows. A charger that nobody accepted fills no inbox."""
    if not tag_id or ctx.charger.registration != "Accepted" or ctx.live.tag(tag_id) is not None:
        return []
    return [rows.UnknownTag(tag_id[:_LONGEST], ctx.charger.charger_id, ctx.received_at)]
