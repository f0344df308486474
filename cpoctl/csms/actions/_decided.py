"""Decided: what a step of OCPP 2.x does to a session that has ended, and of which somebody has decided what it was."""

from dataclasses import replace
from typing import Any

from cpoctl.csms.actions import Context
from cpoctl.csms.claims import claimed
from cpoctl.domain import sessions
from cpoctl.domain.fleet import OpenSession
from cpoctl.store import rows


def claims_of(
    known: dict[str, Any], session: OpenSession, stop: float | None, energy: float | None, ctx: Context
) -> list[rows.Row]:
    """What the step would have made of a session of which somebody has decided otherwise."""
    return claimed(
        known,
        ctx,
        started_at=session.started_at,
        meter_start_wh=session.meter_start_wh,
        tag_id=session.tag_id,
        tag_status=session.tag_status,
        meter_stop_wh=stop,
        energy_wh=energy,
    )


def as_decided(before: OpenSession, session: OpenSession, settled: set[str]) -> OpenSession:
    """What of a step counts where somebody has decided the figures: the place, and which steps have come."""
    gone = settled & {sessions.STEPS_MISSING}
    flags = tuple(flag for flag in before.flags if flag in session.flags and flag not in gone)
    return replace(before, evse_id=session.evse_id, remote_start_id=session.remote_start_id, flags=flags)
