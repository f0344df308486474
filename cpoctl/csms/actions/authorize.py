"""Authorize: may this tag charge here?

OCPP 1.6 §4.1
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.refusals import unknown
from cpoctl.domain import access, tags
from cpoctl.ocpp import Version, v16


@on(Version.V16, v16.Authorize, unregistered=True)
def authorize_v16(call: v16.Authorize, ctx: Context) -> Outcome:
    """Judge the tag; a refusal is an event, so that an operator can see who was turned away."""
    tag_id = tags.shown(call.id_tag)
    status = access.at_swipe(ctx.verdict(tag_id), tag_id, ctx.charger, ctx.live)
    outcome = Outcome({"idTagInfo": ctx.tag_info(tag_id, status)})
    if status != tags.ACCEPTED:
        outcome.events.append(events.TagRefused(charger_id=ctx.charger.charger_id, tag_id=tag_id, status=status))
        outcome.rows.extend(unknown(ctx, tag_id))
    return outcome
