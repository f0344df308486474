"""StartTransaction: a session begins.

OCPP 1.6 §4.8. Always answered and recorded, also for a tag that may not charge: chargers start first
and ask then (steve#134). A repeat gets the same transaction id and the same verdict.
"""

from typing import Any

from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.csms.actions._id_tokens import id_tag_info
from cpoctl.csms.beginnings import Begin, begin, refused
from cpoctl.csms.transactions import crowded, named, orphan, reading, whole
from cpoctl.domain import access, sessions, tags, timestamps
from cpoctl.domain.fleet import KnownStart, LiveCharger, StartKey
from cpoctl.ocpp import Version, v16

_REPEATED = """
SELECT session_id, transaction_id, tag_status FROM session
WHERE charger_id = ? AND evse_id = ? AND tag_id = ? AND started_raw = ? AND meter_start_raw = ? AND keyed = 1
"""


def _key(call: v16.StartTransaction) -> StartKey:
    return whole(call.connector_id) or 0, tags.shown(call.id_tag), call.timestamp or "", named(call.meter_start)


def find_repeat(call: v16.StartTransaction, charger: LiveCharger, sure: bool) -> Sql | None:
    """Only a start that is not newer than all others of its charger can be a repeat from the past."""
    newer = not call.timestamp or call.timestamp > charger.newest_start_raw
    if not sure and (newer or _key(call) in charger.starts):
        return None
    return _REPEATED, (charger.charger_id, *_key(call))


@on(Version.V16, v16.StartTransaction, lookup=find_repeat, unregistered=True)
def start_v16(call: v16.StartTransaction, ctx: Context) -> Outcome:
    """Begin a session, or repeat the answer that its first telling got."""
    key = _key(call)
    known = _known(key, ctx)
    if known is not None:
        return Outcome(_answer(ctx, key[1], known.transaction_id, known.tag_status))
    return _begun(call, key, ctx)


def _known(key: StartKey, ctx: Context) -> KnownStart | None:
    """The start that this one repeats. Without a believable time only an open session can be it:
    chargers that leave the time out (citrineos#166) and count each session from 0 look alike every time."""
    evse_id, _, raw, _ = key
    if timestamps.effective(raw, ctx.now)[1] in timestamps.BELIEVED:
        return ctx.charger.starts.get(key) or (KnownStart(**ctx.found[0]) if ctx.found else None)
    start, session = ctx.charger.starts.get(key), ctx.charger.session_on(evse_id)
    return start if start and session and start.session_id == session.session_id else None


def _begun(call: v16.StartTransaction, key: StartKey, ctx: Context) -> Outcome:
    evse_id, tag_id, raw, meter_raw = key
    if crowded(ctx.charger):
        name = str(ctx.ids.transaction())
        answer = _answer(ctx, tag_id, name, ctx.verdict(tag_id, evse_id))
        return orphan(ctx, "StartTransaction", evse_id, name, answer, crowd=True)
    told = Begin(
        session_id=ctx.ids.session(),
        evse_id=evse_id,
        connector_id=1,
        transaction_id=str(ctx.ids.transaction()),
        issued=True,
        tag_id=tag_id,
        tag_status=access.at_start(ctx.verdict(tag_id, evse_id), tag_id, ctx.charger, ctx.live, evse_id),  # 1.6 §7.2
        raw=raw,
        meter_wh=reading(call.meter_start),
        meter_raw=meter_raw,
        reservation_id=whole(call.reservation_id),
        keyed=True,
        doubts=() if evse_id else (sessions.NO_PLACE,),
    )
    started, outcome = begin(told, ctx)
    outcome.answer = _answer(ctx, tag_id, started.transaction_id, started.tag_status)
    refused(ctx, tag_id, started.tag_status, outcome)
    return outcome


def _answer(ctx: Context, tag_id: str, transaction_id: str, status: str) -> dict[str, Any]:
    return {"idTagInfo": id_tag_info(ctx, tag_id, status), "transactionId": int(transaction_id)}
