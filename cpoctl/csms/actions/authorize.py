"""Authorize: may this tag charge here?

OCPP 1.6 §4.1 · OCPP 2.0.1 C01 to C09
"""

from typing import Any

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.actions._id_tokens import id_tag_info, id_token_info, presented, verdict
from cpoctl.csms.beginnings import refused
from cpoctl.domain import access, tags
from cpoctl.ocpp import Version, v2, v16


@on(Version.V16, v16.Authorize, unregistered=True)
def authorize_v16(call: v16.Authorize, ctx: Context) -> Outcome:
    """Judge the tag; a refusal is an event, so that an operator can see who was turned away."""
    tag_id = tags.shown(call.id_tag)
    status = access.at_swipe(ctx.verdict(tag_id), tag_id, ctx.charger, ctx.live)
    outcome = Outcome({"idTagInfo": id_tag_info(ctx, tag_id, status)})
    refused(ctx, tag_id, status, outcome)
    return outcome


@on(v2.VERSIONS, v2.Authorize, unregistered=True)
def authorize_v2(call: v2.Authorize, ctx: Context) -> Outcome:
    """Judge the token. A contract certificate is not checked here, and that is what the answer says."""
    tag_id = presented(call.id_token) or ""
    status = verdict(ctx, call.id_token) if call.id_token else tags.INVALID
    status = access.at_swipe(status, tag_id, ctx.charger, ctx.live)
    answer: dict[str, Any] = {"idTokenInfo": id_token_info(ctx, tag_id, status)}
    if call.certificate or call.iso15118_certificate_hash_data:
        answer["certificateStatus"] = "NoCertificateAvailable"  # C07.FR.04: there is nobody here to ask
    outcome = Outcome(answer)
    refused(ctx, tag_id, status, outcome)
    return outcome
