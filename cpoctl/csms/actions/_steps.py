"""Steps of a transaction of OCPP 2.x: what a message says, and what it adds to its session.

OCPP 2.0.1 E01 to E15. A session that began with a later step, without a tag or without its place gets them when they are
told, whether it still runs or not.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.actions import Context, Outcome
from cpoctl.csms.actions._id_tokens import presented, verdict
from cpoctl.csms.metering import text
from cpoctl.csms.transactions import whole
from cpoctl.domain import access, sessions, timestamps
from cpoctl.domain.fleet import OpenSession
from cpoctl.ocpp import v2
from cpoctl.store import rows

STARTED, ENDED = "Started", "Ended"
_BEGIN, _END = "Transaction.Begin", "Transaction.End"
Samples = Sequence[rows.MeterValue]


class Step:
    """A TransactionEvent, looked at once. `number` is None where the charger gave none that can be used."""

    __slots__ = ("connector_id", "evse_id", "info", "kind", "name", "number", "raw", "tag_id", "told")

    def __init__(self, told: v2.TransactionEvent) -> None:
        self.told = told
        self.info = told.transaction_info or v2.TransactionInfo()
        self.name = (self.info.transaction_id or "").strip()
        number = whole(told.seq_no)
        self.number = number if number is not None and number >= 0 else None
        self.kind = told.event_type or ""
        self.raw = told.timestamp or ""
        self.evse_id, self.connector_id = (told.evse.id or 0, told.evse.connector_id) if told.evse else (0, None)
        self.tag_id = presented(told.id_token)

    def row(self, session_id: int, told_before: int, received_at: str) -> rows.TransactionEvent:
        """The step as it is kept; without a number it gets one that no charger gives."""
        return rows.TransactionEvent(
            session_id,
            -1 - told_before if self.number is None else self.number,
            self.kind,
            self.raw,
            self.told.trigger_reason,
            self.info.charging_state,
            int(bool(self.told.offline)),
            received_at,
        )


def verdict_at_start(step: Step, evse_id: int, ctx: Context) -> str:
    """Whether the step's tag may begin a session here; '' where it presents none."""
    if step.tag_id is None:
        return ""
    return access.at_start(verdict(ctx, step.tag_id), step.tag_id, ctx.charger, ctx.live, evse_id)


def amended(step: Step, session: OpenSession, samples: Samples, ctx: Context) -> OpenSession:
    """The session with what this step adds: the very same one where it adds nothing."""
    if _complete(session) and step.info.remote_start_id is None:
        return session
    changes: dict[str, Any] = {}
    dropped: set[str] = set()
    if not session.evse_id and step.evse_id:
        changes["evse_id"] = step.evse_id
        dropped.add(sessions.NO_PLACE)
    if step.tag_id is not None and not session.tag_status and step.kind != ENDED:  # who ends it does not pay for it
        changes["tag_id"], changes["tag_status"] = (
            step.tag_id,
            verdict_at_start(step, session.evse_id, ctx),
        )  # E02.FR.07
    begins = step.kind == STARTED and sessions.BEGIN_MISSING in session.flags
    if begins:
        changes["started_at"] = stored(timestamps.effective(step.raw, ctx.now)[0])
        dropped.add(sessions.BEGIN_MISSING)
    if begins or session.meter_start_wh is None:
        register = register_at_begin(samples)
        changes |= {"meter_start_wh": register} if register is not None else {}
    if session.remote_start_id is None and step.info.remote_start_id is not None:
        changes["remote_start_id"] = step.info.remote_start_id
    if dropped:
        changes["flags"] = tuple(flag for flag in session.flags if flag not in dropped)
    return replace(session, **changes) if changes else session


def _complete(session: OpenSession) -> bool:
    """Whether no step can add to how it began, as with nearly every step."""
    known = session.evse_id and session.tag_status and session.meter_start_wh is not None
    return bool(known) and sessions.BEGIN_MISSING not in session.flags


def keep_amended(step: Step, session: OpenSession, energy: float | None, ctx: Context, outcome: Outcome) -> None:
    """Write down what is known of a session now; `energy` once it has ended."""
    begins = step.kind == STARTED
    outcome.rows.append(
        rows.SessionAmended(
            evse_id=session.evse_id,
            connector_id=step.connector_id,
            tag_id=session.tag_id,
            tag_status=session.tag_status,
            reservation_id=whole(step.told.reservation_id),
            remote_start_id=session.remote_start_id,
            started_at=session.started_at,
            started_raw=step.raw if begins else None,
            meter_start_wh=session.meter_start_wh,
            meter_start_raw=None if session.meter_start_wh is None else str(session.meter_start_wh),
            energy_wh=energy,
            flags=text(session.flags),
            session_id=session.session_id,
        )
    )
    outcome.events.append(
        events.SessionAmended(
            charger_id=ctx.charger.charger_id,
            session_id=session.session_id,
            evse_id=session.evse_id,
            transaction_id=session.transaction_id,
            tag_id=session.tag_id,
            tag_status=session.tag_status,
            started_at=session.started_at,
            meter_start_wh=session.meter_start_wh,
            flags=session.flags,
            remote_start_id=session.remote_start_id,
        )
    )


def register_at_begin(samples: Samples) -> float | None:
    """The energy register that a session begins with, as these readings tell."""
    told = [sample for sample in samples if sample.energy_wh is not None and sample.context != _END]
    return next((sample.energy_wh for sample in told if sample.context == _BEGIN), told[0].energy_wh if told else None)


def register_at_end(samples: Samples) -> float | None:
    """The energy register that a session ends with, as these readings tell."""
    told = [sample for sample in samples if sample.energy_wh is not None and sample.context != _BEGIN]
    return next((sample.energy_wh for sample in told if sample.context == _END), told[-1].energy_wh if told else None)
