"""Endings: how a session ends, whatever the version that told it.

An end that an operator made by hand was taken for want of the charger's own: when its stop comes after all,
whatever it can be believed in takes over (time, register, energy, reason, tag), because the meter counts and the
operator could only guess. What it leaves open stays as the operator had it, who is on record either way.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome
from cpoctl.csms.metering import text
from cpoctl.domain import metering, sessions, timestamps
from cpoctl.domain.fleet import OpenSession
from cpoctl.store import rows

DEFAULT_REASON = "Local"  # 1.6 §6.49, 2.0.1 E06: may be omitted for Local


class End(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a charger told of an end. `tag_status` is the verdict on the tag that ended it, if one did."""

    raw: str
    meter_wh: float | None
    meter_raw: str
    reason: str | None
    tag_id: str
    tag_status: str | None
    doubts: tuple[str, ...] = ()

    @property
    def reason_told(self) -> str:
        """The reason, by the standard's default."""
        return self.reason or DEFAULT_REASON


def end(session: OpenSession, told: End, ctx: Context) -> Outcome:
    """Record the end with its energy, which is never negative and never invented. The answer is the caller's."""
    stopped_at, time_doubt = timestamps.effective_text(told.raw, ctx.now)
    energy, meter_doubt = metering.energy(session.meter_start_wh, told.meter_wh)
    flags = sessions.with_flags(session.flags, *told.doubts, time_doubt, meter_doubt)
    stop = rows.SessionStop(
        stopped_at=stopped_at,
        stopped_raw=told.raw,
        stop_received_at=ctx.received_at,
        meter_stop_wh=told.meter_wh,
        meter_stop_raw=told.meter_raw,
        energy_wh=energy,
        stop_reason=told.reason_told,
        stop_tag_id=told.tag_id or None,
        stop_tag_status=told.tag_status,
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
    return Outcome({}, [stop], [ended])


def correct(earlier: Mapping[str, Any], told: End, ctx: Context) -> Outcome:
    """Let the charger's facts take over from the end that an operator gave the session by hand."""
    stopped_at, time_doubt = timestamps.effective_text(told.raw, ctx.now)
    dated = time_doubt in (None, timestamps.NO_ZONE)
    energy, meter_doubt = metering.energy(earlier["meter_start_wh"], told.meter_wh)
    measured = energy is not None
    if told.meter_wh is None and earlier["energy_wh"] is not None:
        meter_doubt = None  # nothing contradicts what the operator gave
    had = tuple(msgspec.json.decode(earlier["flags"]))
    kept = tuple(flag for flag in had if not (measured and flag in sessions.ENERGY_UNKNOWN))
    flags = sessions.with_flags(kept, sessions.STOP_CAME_LATER, *told.doubts, time_doubt, meter_doubt)
    stop = rows.SessionStop(
        stopped_at=stopped_at if dated else earlier["stopped_at"],
        stopped_raw=told.raw,
        stop_received_at=ctx.received_at,
        meter_stop_wh=told.meter_wh if measured else earlier["meter_stop_wh"],
        meter_stop_raw=told.meter_raw,
        energy_wh=energy if measured else earlier["energy_wh"],
        stop_reason=told.reason_told,
        stop_tag_id=told.tag_id or None,
        stop_tag_status=told.tag_status,
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
    return Outcome({}, [stop], [corrected])
