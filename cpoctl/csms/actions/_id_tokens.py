"""Verdicts about tags in the words of each version: IdTagInfo of OCPP 1.6 §7.28, IdTokenInfoType of 2.x."""

from typing import Any

from cpoctl.clock import wire
from cpoctl.csms.actions import Context
from cpoctl.domain import tags
from cpoctl.ocpp import v2

NO_AUTHORIZATION = "NoAuthorization"
_GROUP_TYPE = "Central"  # a group is ours, no card of anybody's


def id_tag_info(ctx: Context, tag_id: str, status: str) -> dict[str, Any]:
    """An IdTagInfo. OCPP 1.6 §7.28"""
    tag = ctx.live.tag(tag_id)
    info: dict[str, Any] = {}
    if tag and tag.expires_at:
        info["expiryDate"] = wire(tag.expires_at)
    if tag and tag.parent_id and len(tag.parent_id) <= tags.LONGEST_16:
        info["parentIdTag"] = tag.parent_id
    return {**info, "status": status}


def id_token_info(ctx: Context, tag_id: str, status: str) -> dict[str, Any]:
    """An IdTokenInfoType. OCPP 2.0.1 C01 to C09"""
    tag = ctx.live.tag(tag_id)
    info: dict[str, Any] = {"status": _refined(ctx, tag, status)}
    if tag and tag.expires_at:
        info["cacheExpiryDateTime"] = wire(tag.expires_at)
    if tag and (evses := tag.evses_of(ctx.charger.charger_id, ctx.charger.site_id)):
        info["evseId"] = list(evses)  # 2.0.1 IdTokenInfoType: only where it may not use all of them
    if tag and tag.parent_id:
        info["groupIdToken"] = {"idToken": tag.parent_id, "type": _GROUP_TYPE}  # C09.FR.03
    return info


def _refined(ctx: Context, tag: tags.Tag | None, status: str) -> str:
    """2.x tells apart what 1.6 calls Invalid."""
    if status != tags.INVALID or ctx.charger.registration != tags.ACCEPTED:
        return status
    if tag is None:
        return "Unknown"
    # Of a known tag that nothing binds to a place, this is an old verdict, from before it was known.
    return "NotAtThisLocation" if tag.sites or tag.places else status


def presented(token: v2.IdToken | None) -> str | None:
    """The tag of a token; None when there is none, '' when the charger was set up to ask for none."""
    if token is None or (token.id_token is None and token.type != NO_AUTHORIZATION):
        return None
    return "" if token.type == NO_AUTHORIZATION else tags.shown(token.id_token)


def verdict(ctx: Context, token: v2.IdToken, evse_id: int | None = None) -> str:
    """Whether a token may charge here, at one EVSE of the charger at least where none is told. Who set the charger up to ask for none has accepted everybody. C02.FR.03"""
    if token.type == NO_AUTHORIZATION and ctx.charger.registration == tags.ACCEPTED:
        return tags.ACCEPTED
    return ctx.verdict(tags.shown(token.id_token), evse_id)
