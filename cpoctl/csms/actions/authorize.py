"""Authorize: may this tag charge here?

OCPP 1.6 §4.1
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.domain import tags
from cpoctl.ocpp import Version, v16


@on(Version.V16, v16.Authorize, unregistered=True)
def authorize_v16(call: v16.Authorize, ctx: Context) -> Outcome:
    """Judge the tag; a refusal is an event, so that an operator can see who was turned away."""
    tag_id = tags.shown(call.id_tag)
    status = ctx.verdict(tag_id)
    refused = events.TagRefused(charger_id=ctx.charger.charger_id, tag_id=tag_id, status=status)
    return Outcome({"idTagInfo": ctx.tag_info(tag_id, status)}, events=[] if status == tags.ACCEPTED else [refused])
