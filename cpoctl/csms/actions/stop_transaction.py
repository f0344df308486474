"""StopTransaction: a session ends.

OCPP 1.6 §4.10. Always answered with a result: anything else makes a charger repeat it for ever
(steve#1569). The charger's first stop wins; another one that says something else is kept beside it.
"""

from typing import Any

from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.csms.actions._id_tokens import id_tag_info
from cpoctl.csms.dating import dated
from cpoctl.csms.endings import DEFAULT_REASON, End, correct, end
from cpoctl.csms.metering import kept, recorded, text
from cpoctl.csms.transactions import closed, find_closed, find_doubtful, foreign, named, orphan, reading
from cpoctl.domain import sessions, tags
from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows
from cpoctl.store.evidence import wanted


def find_stopped(call: v16.StopTransaction, charger: LiveCharger, sure: bool) -> Sql | None:
    """A stop that fits no open session may repeat an earlier one; one that leaves a doubt wants all readings."""
    session = charger.sessions.get(named(call.transaction_id))
    if session is None:
        return find_closed(call.transaction_id, charger)
    return find_doubtful(call.transaction_id, charger) if wanted(session, reading(call.meter_stop)) else None


@on(Version.V16, v16.StopTransaction, lookup=find_stopped, unregistered=True)
def stop_v16(call: v16.StopTransaction, ctx: Context) -> Outcome:
    """End the session that the charger means."""
    tag_id = tags.shown(call.id_tag)
    session = ctx.charger.sessions.get(named(call.transaction_id))
    if session is None and (earlier := closed(ctx)):
        said_before = earlier["stop_received_at"] is not None
        return _again(earlier, call, ctx, tag_id) if said_before else _corrected(earlier, call, ctx, tag_id)
    if session is not None:
        return _ended(session, call, ctx, tag_id)
    stopped, _ = dated(call.timestamp or "", ctx)
    meant = sessions.matching_stop(ctx.charger, ctx.live, stopped, reading(call.meter_stop), tag_id)
    if meant is not None and not foreign(ctx):
        return _ended(meant, call, ctx, tag_id, sessions.MATCHED)
    verdict = ctx.verdict(tag_id) if tag_id else None
    return orphan(ctx, "StopTransaction", None, call.transaction_id, _answer(ctx, tag_id, verdict))


def _told(call: v16.StopTransaction, tag_id: str, verdict: str | None, *doubts: str) -> End:
    return End(
        raw=call.timestamp or "",
        meter_wh=reading(call.meter_stop),
        meter_raw=named(call.meter_stop),
        reason=call.reason,
        tag_id=tag_id,
        tag_status=verdict,
        doubts=doubts,
    )


def _ended(session: OpenSession, call: v16.StopTransaction, ctx: Context, tag_id: str, *doubts: str) -> Outcome:
    verdict = ctx.verdict(tag_id) if tag_id else None
    samples = recorded(call.transaction_data, ctx, session.evse_id, session.session_id)
    outcome = end(session, _told(call, tag_id, verdict, *doubts), ctx, samples)
    outcome.answer = _answer(ctx, tag_id, verdict)
    outcome.rows += kept(samples)
    return outcome


def _corrected(earlier: dict[str, Any], call: v16.StopTransaction, ctx: Context, tag_id: str) -> Outcome:
    verdict = ctx.verdict(tag_id) if tag_id else None
    outcome = correct(earlier, _told(call, tag_id, verdict), ctx)
    outcome.answer = _answer(ctx, tag_id, verdict)
    outcome.rows += kept(recorded(call.transaction_data, ctx, earlier["evse_id"], earlier["session_id"]))
    return outcome


def _again(earlier: dict[str, Any], call: v16.StopTransaction, ctx: Context, tag_id: str) -> Outcome:
    said = (call.timestamp or "", named(call.meter_stop), call.reason or DEFAULT_REASON)
    if said == (earlier["stopped_raw"], earlier["meter_stop_raw"], earlier["stop_reason"]):
        return Outcome(_answer(ctx, tag_id, earlier["stop_tag_status"]))
    conflict = rows.StopConflict(ctx.received_at, ctx.charger.charger_id, earlier["session_id"], text(ctx.payload))
    return Outcome(_answer(ctx, tag_id, ctx.verdict(tag_id) if tag_id else None), [conflict])


def _answer(ctx: Context, tag_id: str, verdict: str | None) -> dict[str, Any]:
    return {"idTagInfo": id_tag_info(ctx, tag_id, verdict)} if verdict else {}
