"""Steps of a transaction of OCPP 2.x: what a message says, and what it adds to its session.

OCPP 2.0.1 E01 to E15. A session that began with a later step, without a tag or without its place gets them when they are
told, whether it still runs or not.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome
from cpoctl.csms.actions._id_tokens import presented, verdict
from cpoctl.csms.dating import dated
from cpoctl.csms.metering import text
from cpoctl.csms.transactions import whole
from cpoctl.domain import access, sessions, tags
from cpoctl.domain.fleet import OpenSession
from cpoctl.ocpp import v2
from cpoctl.store import rows

STARTED, UPDATED, ENDED = "Started", "Updated", "Ended"
BEGIN, END = "Transaction.Begin", "Transaction.End"
_UNSETTLED = sessions.NO_BEGIN | {sessions.FIRST_READING}
_ENDING = frozenset({"StopAuthorized", "Deauthorized", "RemoteStop"})
Samples = Sequence[rows.MeterValue]


def transaction_of(told: v2.TransactionEvent) -> str:
    """The id that its charger has given the transaction; '' where it tells none."""
    info = told.transaction_info
    return (info.transaction_id or "").strip() if info is not None else ""


class Step:
    """A TransactionEvent, looked at once. `number` is None where the charger gave none that can be used."""

    __slots__ = ("connector_id", "evse_id", "info", "kind", "name", "number", "raw", "tag_id", "token", "told")

    def __init__(self, told: v2.TransactionEvent) -> None:
        self.told = told
        self.info = told.transaction_info or v2.TransactionInfo()
        self.name = transaction_of(told)
        number = whole(told.seq_no)
        self.number = number if number is not None and number >= 0 else None
        self.kind = told.event_type or ""
        self.raw = told.timestamp or ""
        self.evse_id, self.connector_id = (told.evse.id or 0, told.evse.connector_id) if told.evse else (0, None)
        self.token = told.id_token
        self.tag_id = presented(told.id_token)

    @property
    def may_pay(self) -> bool:
        """Whether its tag can be the one that pays: who ends a session does not."""
        return self.tag_id is not None and self.kind != ENDED and self.told.trigger_reason not in _ENDING

    def row(self, session_id: int, told_before: int) -> rows.TransactionEvent:
        """The step as it is kept; without a number it gets one that no charger gives."""
        return rows.TransactionEvent(
            session_id,
            -1 - told_before if self.number is None else self.number,
            self.kind,
            self.raw,
            self.info.charging_state,
        )


def verdict_at_start(step: Step, evse_id: int, ctx: Context) -> str:
    """Whether the step's tag may begin a session here; '' where it presents none."""
    if step.token is None or step.tag_id is None or not step.may_pay:
        return ""
    return access.at_start(verdict(ctx, step.token, evse_id), step.tag_id, ctx.charger, ctx.live, evse_id)


def amended(step: Step, session: OpenSession, samples: Samples, ctx: Context) -> OpenSession:
    """The session with what this step adds: the very same one where it adds nothing."""
    if _complete(session) and step.info.remote_start_id is None:
        return session
    changes: dict[str, Any] = {}
    dropped: set[str] = set()
    added: tuple[str, ...] = ()
    if not session.evse_id and step.evse_id:
        changes["evse_id"] = step.evse_id
        dropped.add(sessions.NO_PLACE)
    begins = step.kind == STARTED and not sessions.NO_BEGIN.isdisjoint(session.flags)
    if step.may_pay and (begins or session.tag_status != tags.ACCEPTED):  # E02.FR.07
        status = verdict_at_start(step, changes.get("evse_id", session.evse_id), ctx)
        if begins or not session.tag_status or status == tags.ACCEPTED:  # one that was refused has not charged
            changes["tag_id"], changes["tag_status"] = step.tag_id, status
    if begins:
        changes["started_at"] = dated(step.raw, ctx)[0]
        dropped |= sessions.NO_BEGIN
    register, proper = register_at_begin(samples, step.kind)
    if register is not None and (begins or _lower(register, session)):
        changes["meter_start_wh"] = register
        if proper or step.kind == STARTED:
            dropped.add(sessions.FIRST_READING)
        else:
            added = (sessions.FIRST_READING,)
    if session.remote_start_id is None and step.info.remote_start_id is not None:
        changes["remote_start_id"] = step.info.remote_start_id
    if dropped or added:
        changes["flags"] = sessions.with_flags(tuple(flag for flag in session.flags if flag not in dropped), *added)
    return replace(session, **changes) if changes else session


def _complete(session: OpenSession) -> bool:
    """Whether no step can add to how it began, as with nearly every step."""
    known = session.evse_id and session.tag_status == tags.ACCEPTED and session.meter_start_wh is not None
    return bool(known) and (not session.flags or _UNSETTLED.isdisjoint(session.flags))


def _lower(register: float, session: OpenSession) -> bool:
    """Whether a reading comes nearer to the begin than what stands for it so far."""
    if session.meter_start_wh is None:
        return True
    return sessions.FIRST_READING in session.flags and register < session.meter_start_wh


def ordinary(call: v2.TransactionEvent, session: OpenSession) -> bool:
    """Whether it is a next step that brings readings and nothing else, as nearly every step does."""
    info, number = call.transaction_info, call.seq_no
    return (
        type(number) is int
        and number > session.newest_seq
        and call.event_type == UPDATED
        and call.id_token is None
        and call.reservation_id is None
        and info is not None
        and info.charging_state is None
        and info.remote_start_id is None
        and bool(call.meter_value)
        and _complete(session)
    )


def keep_amended(
    step: Step, session: OpenSession, ctx: Context, outcome: Outcome, *,
    energy: float | None = None, meter_stop_wh: float | None = None,
) -> None:  # fmt: skip
    """Write down what is known of a session now; its energy, and where its meter stopped, once it has ended."""
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
            meter_stop_wh=meter_stop_wh,
            energy_wh=energy,
            flags=text(session.flags),
            session_id=session.session_id,
        )
    )
    if (used := whole(step.told.reservation_id)) is not None:  # H01.FR.15
        outcome.rows.append(rows.ReservationUsed(ctx.received_at, session.session_id, ctx.charger.charger_id, used))
    before = ctx.charger.sessions.get(session.transaction_id)
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
            tag_came=before is not None and (before.tag_id, before.tag_status) != (session.tag_id, session.tag_status),
            place_came=before is not None and before.evse_id != session.evse_id,
        )
    )


def register_at_begin(samples: Samples, kind: str) -> tuple[float | None, bool]:
    """The energy register that a session begins with, as these readings tell, and whether it was told as that.

    The only one of an end is not one.
    """
    found = _first(samples)
    if found is None or (kind == ENDED and found is _last(samples)):
        return None, False
    return found.energy_wh, found.context == BEGIN


def register_at_end(samples: Samples) -> float | None:
    """The energy register that a session ends with, as these readings tell."""
    found = _last(samples)
    return None if found is None else found.energy_wh


def _first(samples: Samples) -> rows.MeterValue | None:
    told = _registers(samples, END)
    return next((sample for sample in told if sample.context == BEGIN), told[0] if told else None)


def _last(samples: Samples) -> rows.MeterValue | None:
    told = _registers(samples, BEGIN)
    return next((sample for sample in told if sample.context == END), told[-1] if told else None)


def _registers(samples: Samples, but: str) -> list[rows.MeterValue]:
    """The samples with a register, in the order of time. A negative one is no reading (ocpp-go#114)."""
    told = [s for s in samples if s.energy_wh is not None and s.energy_wh >= 0 and s.context != but]
    return told if len(told) < 2 else sorted(told, key=lambda sample: sample.taken_at)
