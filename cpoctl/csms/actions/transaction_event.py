"""TransactionEvent: a session, told step by step.

OCPP 2.0.1 E01 to E15, and 2.1. Always answered with a result and stored, whatever it holds. The charger chooses the
transaction's id, and its steps may come late, twice or in any order: a step is known by its number (RELIABILITY §2.2). A
session whose begin was not told yet begins with the first step that was; the begin takes over when it comes.
"""

from dataclasses import replace
from typing import Any

import msgspec

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.actions._decided import as_decided, claims_of
from cpoctl.csms.actions._id_tokens import id_token_info, verdict
from cpoctl.csms.actions._readings import plain
from cpoctl.csms.actions._recognising import Meaning, find, meaning
from cpoctl.csms.actions._steps import (
    ENDED,
    STARTED,
    UPDATED,
    Samples,
    Step,
    amended,
    keep_amended,
    ordinary,
    register_at_begin,
    register_at_end,
    verdict_at_start,
)
from cpoctl.csms.actions.status_notification import by_transaction
from cpoctl.csms.beginnings import Begin, begin, refused
from cpoctl.csms.endings import End, correct, end
from cpoctl.csms.metering import kept, newest, recorded, text
from cpoctl.csms.transactions import crowded, orphan, whole
from cpoctl.domain import metering, sessions, statuses, tags
from cpoctl.domain.fleet import OpenSession, begun
from cpoctl.ocpp import v2
from cpoctl.store import rows


@on(v2.VERSIONS, v2.TransactionEvent, lookup=find, unregistered=True)
def transaction_v2(call: v2.TransactionEvent, ctx: Context) -> Outcome:
    """Begin, continue or end the session that the charger means."""
    info = call.transaction_info
    session = ctx.charger.sessions.get(info.transaction_id or "") if info is not None and ctx.found is None else None
    if session is not None and ordinary(call, session):
        return _metered(call, session, ctx)
    step = Step(call)
    outcome = _taken(step, ctx) if step.name else orphan(ctx, "TransactionEvent", step.evse_id, None, {})
    if step.token is not None and step.tag_id is not None and not outcome.answer:  # C01.FR.11, E05.FR.02
        status = _limited(step, ctx) or verdict(ctx, step.token, _place(step, ctx))
        outcome.answer = {"idTokenInfo": id_token_info(ctx, step.tag_id, status)}
    return outcome


def _metered(call: v2.TransactionEvent, session: OpenSession, ctx: Context) -> Outcome:
    """An ordinary step: the short way of what `_next` does."""
    number, raw = whole(call.seq_no) or 0, call.timestamp or ""
    samples = recorded(plain(call.meter_value), ctx, session.evse_id, session.session_id)
    told = rows.TransactionEvent(session.session_id, number, UPDATED, raw, None)
    return Outcome({}, [told, *kept(samples)], _told(told, session, samples, ctx))


def _told(
    step: rows.TransactionEvent, session: OpenSession, samples: Samples, ctx: Context, charging_state: str | None = None
) -> list[events.Event]:
    """What a step of an open session changes; readings count it along, so that nearly every message is one event."""
    counts = bool(samples) and charging_state is None
    told: list[events.Event] = [*newest(samples, session.transaction_id, step.seq_no if counts else None)]
    if not counts:
        told.append(
            events.TransactionTold(
                charger_id=ctx.charger.charger_id,
                transaction_id=session.transaction_id,
                seq_no=step.seq_no,
                charging_state=charging_state,
            )
        )
    return told


def _taken(step: Step, ctx: Context) -> Outcome:
    known = ctx.found[0] if ctx.found else None
    means = meaning(step, known, ctx)
    if known is not None and known["told_raw"] is not None and means in (Meaning.NEXT, Meaning.LATE):
        step.number = None  # it was given to another step before
    if means is Meaning.NEXT:
        return _next(step, ctx.charger.sessions[step.name], ctx)
    begins = known is None or (means is Meaning.ANEW and step.name not in ctx.charger.sessions)
    if begins and crowded(ctx.charger):
        return orphan(ctx, "TransactionEvent", step.evse_id, step.name, {}, crowd=True)
    if known is None:
        return _first(step, ctx)
    return _OF_KNOWN[means](step, known, ctx)


def _limited(step: Step, ctx: Context) -> str | None:
    session = ctx.charger.sessions.get(step.name)
    if session is None or session.tag_status != tags.CONCURRENT or tags.key(session.tag_id) != tags.key(step.tag_id):
        return None
    return session.tag_status


def _place(step: Step, ctx: Context) -> int | None:
    """The EVSE that the step's tag wants to charge at; who ends a session needs none."""
    session = ctx.charger.sessions.get(step.name)
    return None if not step.may_pay else session.evse_id if session else step.evse_id


def _again(step: Step, known: dict[str, Any], ctx: Context) -> Outcome:
    """A repeat: the same verdict, and no reading twice (they merge)."""
    outcome = Outcome({})
    if step.number is None:  # two steps of one second look the same
        samples = recorded(plain(step.told.meter_value), ctx, known["evse_id"] or step.evse_id, known["session_id"])
        outcome.rows += kept(samples)
    if step.tag_id is not None:
        told = known["stop_tag_status"] if step.kind == ENDED else known["tag_status"]
        if told and (step.kind == ENDED or tags.key(step.tag_id) == tags.key(known["tag_id"])):
            outcome.answer = {"idTokenInfo": id_token_info(ctx, step.tag_id, told)}
    return outcome


def _anew(step: Step, known: dict[str, Any], ctx: Context) -> Outcome:
    """Another session of the same name. One that is still open has lost its end with the power."""
    outcome = _first(step, ctx, known["uses"] + 1)
    old = ctx.charger.sessions.get(step.name)
    if old is not None:
        register = _last_register(old)
        doubts = (sessions.SUPERSEDED, *(() if register is None else (sessions.LAST_READING,)))
        lost = End(
            raw=step.raw, meter_wh=register, meter_raw="", reason="Other", tag_id="", tag_status=None, doubts=doubts
        )
        ended = end(old, lost, ctx)
        outcome.rows += ended.rows
        outcome.events = [*ended.events, *outcome.events]
    return outcome


def _conflict(session_id: int, ctx: Context) -> rows.StopConflict:
    return rows.StopConflict(ctx.received_at, ctx.charger.charger_id, session_id, text(ctx.payload))


def _contradicted(step: Step, known: dict[str, Any], ctx: Context) -> Outcome:
    """The same number with other content: the first stands, the other is kept beside it, with what it has measured."""
    samples = recorded(plain(step.told.meter_value), ctx, known["evse_id"] or step.evse_id, known["session_id"])
    return Outcome({}, [_conflict(known["session_id"], ctx), *kept(samples)])


def _first(step: Step, ctx: Context, uses: int = 0) -> Outcome:
    """A session begins, by its Started or by whatever step came instead of it."""
    session_id = ctx.ids.session()
    samples = recorded(plain(step.told.meter_value), ctx, step.evse_id, session_id)
    register, proper = register_at_begin(samples, step.kind)
    told = Begin(
        session_id=session_id,
        evse_id=step.evse_id,
        connector_id=step.connector_id,
        transaction_id=step.name,
        issued=False,
        tag_id=(step.tag_id or "") if step.may_pay else "",
        tag_status=verdict_at_start(step, step.evse_id, ctx),
        raw=step.raw,
        meter_wh=register,
        meter_raw="" if register is None else str(register),
        reservation_id=whole(step.told.reservation_id),
        remote_start_id=step.info.remote_start_id,
        uses=uses,
        doubts=(
            *(() if step.kind == STARTED else (sessions.BEGIN_MISSING,)),
            *(() if step.evse_id else (sessions.NO_PLACE,)),
            *(() if register is None or proper or step.kind == STARTED else (sessions.FIRST_READING,)),
        ),
    )
    started, outcome = begin(told, ctx)
    session = begun(started)
    _judge_tag(step, session, ctx, outcome)
    _take(step, session, samples, ctx, outcome)
    return outcome


def _next(step: Step, session: OpenSession, ctx: Context) -> Outcome:
    """A step of an open session."""
    outcome = Outcome({})
    samples = recorded(plain(step.told.meter_value), ctx, session.evse_id or step.evse_id, session.session_id)
    now = amended(step, session, samples, ctx)
    if now is not session or whole(step.told.reservation_id) is not None:
        keep_amended(step, now, ctx, outcome)
        if now.tag_status != session.tag_status:
            _judge_tag(step, now, ctx, outcome)
    _take(step, now, samples, ctx, outcome)
    return outcome


def _judge_tag(step: Step, session: OpenSession, ctx: Context, outcome: Outcome) -> None:
    """Tell the charger, and whoever looks, what the tag that begins the session is worth."""
    if step.tag_id is not None and session.tag_status:
        outcome.answer = {"idTokenInfo": id_token_info(ctx, step.tag_id, session.tag_status)}
        refused(ctx, step.tag_id, session.tag_status, outcome)


def _take(step: Step, session: OpenSession, samples: Samples, ctx: Context, outcome: Outcome) -> None:
    """Keep the step itself, its readings, what it says about the EVSE, and the end if it is one."""
    row = step.row(session.session_id, session.told)
    outcome.rows += [row, *kept(samples)]
    newer = step.number is None or row.seq_no > session.newest_seq
    outcome.events += _told(row, session, samples, ctx, row.charging_state if newer else None)
    shown = known.status if (known := ctx.charger.evses.get(session.evse_id)) else ""
    if step.kind == ENDED:
        _end(step, session, samples, ctx, outcome)
        if statuses.in_use(shown):  # until the charger tells that the car has left
            _show(statuses.FINISHING, step, session, ctx, outcome)
    elif newer and (status := statuses.while_charging(row.charging_state, shown)):
        _show(status, step, session, ctx, outcome)


def _show(status: str, step: Step, session: OpenSession, ctx: Context, outcome: Outcome) -> None:
    if changed := by_transaction(ctx, session.evse_id, step.connector_id, status, step.raw):
        outcome.rows += changed.rows
        outcome.events += changed.events


def _end(step: Step, session: OpenSession, samples: Samples, ctx: Context, outcome: Outcome) -> None:
    """End the session with the last register that was told: in this step, or before it."""
    doubts = []
    register = register_at_end(samples)
    if register is None and (register := _last_register(session)) is not None:
        doubts.append(sessions.LAST_READING)
    if _holes(step, session.told, session.first_seq, session.newest_seq):
        doubts.append(sessions.STEPS_MISSING)
    told = _told_end(step, register, ctx, *doubts)
    if told.tag_status and not outcome.answer:
        outcome.answer = {"idTokenInfo": id_token_info(ctx, told.tag_id, _limited(step, ctx) or told.tag_status)}
    ended = end(session, told, ctx, samples)
    outcome.rows += ended.rows
    outcome.events += ended.events


def _last_register(session: OpenSession) -> float | None:
    """The newest reading; the one that it began with says nothing of what it used."""
    return session.energy_wh if session.energy_wh != session.meter_start_wh else None


def _holes(step: Step, told: int, first: int, newest: int) -> bool:
    """Whether there are numbers between the steps that were told, this one among them."""
    if step.number is None or not told or first < 0:
        return False
    return told + 1 < max(step.number, newest) - min(step.number, first) + 1


def _told_end(step: Step, register: float | None, ctx: Context, *doubts: str) -> End:
    return End(
        raw=step.raw,
        meter_wh=register,
        meter_raw="" if register is None else str(register),
        reason=step.info.stopped_reason,
        tag_id=step.tag_id or "",
        tag_status=verdict(ctx, step.token) if step.token and step.tag_id else None,
        doubts=doubts,
    )


def _after_the_end(step: Step, known: dict[str, Any], ctx: Context) -> Outcome:
    """A step of a session that has ended: what it adds is taken, and nothing that was settled is lost."""
    samples = recorded(plain(step.told.meter_value), ctx, known["evse_id"] or step.evse_id, known["session_id"])
    outcome = Outcome({}, [step.row(known["session_id"], known["told"]), *kept(samples)])
    if step.kind == ENDED and known["stop_received_at"] is None:
        corrected = correct(known, _told_end(step, register_at_end(samples), ctx), ctx)
        outcome.rows += corrected.rows
        outcome.events += corrected.events
        return outcome
    if step.kind == ENDED:  # the first stands
        outcome.rows.append(_conflict(known["session_id"], ctx))
    before = _ended(known)
    session, settled = amended(step, before, samples, ctx), set[str]()
    if not _holes(step, known["told"], known["first_seq"] or 0, known["newest_seq"] or 0):
        settled.add(sessions.STEPS_MISSING)
    stop, energy, doubt = _later_stop(samples, known, before.flags), known["energy_wh"], None
    if stop is not None or session.meter_start_wh != before.meter_start_wh:
        settled |= sessions.ENERGY_UNKNOWN
        energy, doubt = metering.energy(session.meter_start_wh, known["meter_stop_wh"] if stop is None else stop)
    if known["decided"]:
        outcome.rows += claims_of(known, session, stop, energy, ctx)
        session = as_decided(before, session, settled)
        if session != before:
            keep_amended(step, session, ctx, outcome, energy=known["energy_wh"])
        return outcome
    backwards = None
    if session.started_at != before.started_at:
        settled.add(sessions.BACKWARDS)
        backwards = sessions.backwards(session.started_at, known["stopped_at"])
    left = tuple(flag for flag in session.flags if flag not in settled)
    flags = sessions.with_flags(left, doubt, sessions.LAST_READING if stop is not None else None, backwards)
    session = replace(session, flags=flags)
    if session != before or stop is not None:
        keep_amended(step, session, ctx, outcome, energy=energy, meter_stop_wh=stop)
    return outcome


def _later_stop(samples: Samples, known: dict[str, Any], flags: tuple[str, ...]) -> float | None:
    """A reading that came after the end and comes nearer to it than what stands for its register so far."""
    register, so_far = register_at_end(samples), known["meter_stop_wh"]
    if register is None or known["stop_received_at"] is None:
        return None
    doubted = sessions.LAST_READING in flags or known["decided"] > 0  # whoever decides settles that doubt
    unsure = so_far is None or (doubted and register > so_far)
    return register if unsure else None


def _ended(known: dict[str, Any]) -> OpenSession:
    """A session that has ended, in the shape of one that has not."""
    return OpenSession(
        session_id=known["session_id"],
        evse_id=known["evse_id"],
        transaction_id=known["transaction_id"],
        tag_id=known["tag_id"],
        tag_status=known["tag_status"],
        started_at=known["started_at"],
        meter_start_wh=known["meter_start_wh"],
        flags=tuple(msgspec.json.decode(known["flags"])),
        remote_start_id=known["remote_start_id"],
    )


_OF_KNOWN = {
    Meaning.ANEW: _anew,
    Meaning.REPEAT: _again,
    Meaning.CONTRADICTION: _contradicted,
    Meaning.LATE: _after_the_end,
}
