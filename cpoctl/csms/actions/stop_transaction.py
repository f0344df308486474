"""StopTransaction: a session ends.

OCPP 1.6 §4.10. Always answered with a result: anything else makes a charger repeat it for ever
(steve#1569). The charger's first stop wins; another one that says something else is kept beside it.

An end that an operator made by hand was taken for want of the charger's own: when its stop comes after all,
whatever it can be believed in takes over (time, register, energy, reason, tag), because the meter counts and the
operator could only guess. What it leaves open stays as the operator had it, who is on record either way.
"""

from typing import Any

import msgspec

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.csms.metering import recorded, text
from cpoctl.csms.transactions import closed, find_closed, foreign, named, orphan, reading
from cpoctl.domain import metering, sessions, tags, timestamps
from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows

DEFAULT_REASON = "Local"  # 1.6 §6.49: may be omitted for Local


def find_stopped(call: v16.StopTransaction, charger: LiveCharger, sure: bool) -> Sql | None:
    """A stop that fits no open session may repeat an earlier one."""
    return find_closed(call.transaction_id, charger)


@on(Version.V16, v16.StopTransaction, lookup=find_stopped, unregistered=True)
def stop_v16(call: v16.StopTransaction, ctx: Context) -> Outcome:
    """End the session that the charger means."""
    tag_id = tags.shown(call.id_tag)
    session = ctx.charger.sessions.get(named(call.transaction_id))
    if session is None and (earlier := closed(ctx)):
        said_before = earlier["stop_received_at"] is not None
        return _again(earlier, call, ctx, tag_id) if said_before else correct(earlier, call, ctx, tag_id)
    if session is not None:
        return end(session, call, ctx, tag_id)
    stopped, _ = timestamps.effective(call.timestamp, ctx.now)
    meant = sessions.matching_stop(ctx.charger, ctx.live, stored(stopped), reading(call.meter_stop), tag_id)
    if meant is not None and not foreign(ctx):
        return end(meant, call, ctx, tag_id, sessions.MATCHED)
    verdict = ctx.verdict(tag_id) if tag_id else None
    return orphan(ctx, "StopTransaction", None, call.transaction_id, _answer(ctx, tag_id, verdict))


def end(session: OpenSession, call: v16.StopTransaction, ctx: Context, tag_id: str, *doubts: str) -> Outcome:
    """Record the end with its energy, which is never negative and never invented."""
    verdict = ctx.verdict(tag_id) if tag_id else None
    stopped, time_doubt = timestamps.effective(call.timestamp, ctx.now)
    meter_stop = reading(call.meter_stop)
    energy, meter_doubt = metering.energy(session.meter_start_wh, meter_stop)
    flags = sessions.with_flags(session.flags, *doubts, time_doubt, meter_doubt)
    stop = rows.SessionStop(
        stopped_at=stored(stopped),
        stopped_raw=call.timestamp or "",
        stop_received_at=ctx.received_at,
        meter_stop_wh=meter_stop,
        meter_stop_raw=named(call.meter_stop),
        energy_wh=energy,
        stop_reason=call.reason or DEFAULT_REASON,
        stop_tag_id=tag_id or None,
        stop_tag_status=verdict,
        flags=text(flags),
        session_id=session.session_id,
    )
    ended = events.SessionStopped(
        charger_id=ctx.charger.charger_id,
        session_id=session.session_id,
        evse_id=session.evse_id,
        transaction_id=session.transaction_id,
        started_at=session.started_at,
        stopped_at=stop.stopped_at,
        energy_wh=energy,
        reason=stop.stop_reason,
        flags=flags,
    )
    samples = recorded(call.transaction_data, ctx, session.evse_id, session.session_id)
    return Outcome(_answer(ctx, tag_id, verdict), [stop, *samples], [ended])


def correct(earlier: dict[str, Any], call: v16.StopTransaction, ctx: Context, tag_id: str) -> Outcome:
    """Let the charger's facts take over from the end that an operator gave the session by hand."""
    verdict = ctx.verdict(tag_id) if tag_id else None
    stopped, time_doubt = timestamps.effective(call.timestamp, ctx.now)
    dated = time_doubt in (None, timestamps.NO_ZONE)
    meter_stop = reading(call.meter_stop)
    energy, meter_doubt = metering.energy(earlier["meter_start_wh"], meter_stop)
    measured = energy is not None
    had = tuple(msgspec.json.decode(earlier["flags"]))
    kept = tuple(flag for flag in had if not (measured and flag in sessions.ENERGY_UNKNOWN))
    flags = sessions.with_flags(kept, sessions.STOP_CAME_LATER, time_doubt, meter_doubt)
    stop = rows.SessionStop(
        stopped_at=stored(stopped) if dated else earlier["stopped_at"],
        stopped_raw=call.timestamp or "",
        stop_received_at=ctx.received_at,
        meter_stop_wh=meter_stop if measured else earlier["meter_stop_wh"],
        meter_stop_raw=named(call.meter_stop),
        energy_wh=energy if measured else earlier["energy_wh"],
        stop_reason=call.reason or DEFAULT_REASON,
        stop_tag_id=tag_id or None,
        stop_tag_status=verdict,
        flags=text(flags),
        session_id=earlier["session_id"],
    )
    corrected = events.SessionCorrected(
        charger_id=ctx.charger.charger_id,
        session_id=stop.session_id,
        evse_id=earlier["evse_id"],
        transaction_id=earlier["transaction_id"],
        stopped_at=stop.stopped_at,
        energy_wh=stop.energy_wh,
        reason=stop.stop_reason,
        flags=flags,
    )
    samples = recorded(call.transaction_data, ctx, earlier["evse_id"], stop.session_id)
    return Outcome(_answer(ctx, tag_id, verdict), [stop, *samples], [corrected])


def _again(earlier: dict[str, Any], call: v16.StopTransaction, ctx: Context, tag_id: str) -> Outcome:
    said = (call.timestamp or "", named(call.meter_stop), call.reason or DEFAULT_REASON)
    if said == (earlier["stopped_raw"], earlier["meter_stop_raw"], earlier["stop_reason"]):
        return Outcome(_answer(ctx, tag_id, earlier["stop_tag_status"]))
    conflict = rows.StopConflict(ctx.received_at, ctx.charger.charger_id, earlier["session_id"], text(ctx.payload))
    return Outcome(_answer(ctx, tag_id, ctx.verdict(tag_id) if tag_id else None), [conflict])


def _answer(ctx: Context, tag_id: str, verdict: str | None) -> dict[str, Any]:
    return {"idTagInfo": ctx.tag_info(tag_id, verdict)} if verdict else {}
