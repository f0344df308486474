"""Recognising: which session a step of a transaction of OCPP 2.x means, and whether it was told before.

A step is known by its number within its transaction (RELIABILITY §2.2), and a transaction by the id that its charger has
given it. Chargers lose count: they use ids again, begin anew at 0, or number nothing at all.
"""

from enum import Enum, auto
from typing import Any

import msgspec

from cpoctl.csms.actions import Context, Sql
from cpoctl.csms.actions._readings import scaled
from cpoctl.csms.actions._steps import BEGIN, ENDED, STARTED, Step, transaction_of
from cpoctl.csms.dating import dated
from cpoctl.domain import metering, sessions
from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.ocpp import v2
from cpoctl.store import Record, evidence

# The session of this name that holds this very step, else the newest one of this name.
_SELECT = """
SELECT {evidence}, s.session_id, s.evse_id, s.transaction_id, s.tag_id, s.tag_status, s.remote_start_id, s.started_at, s.meter_start_wh,
       s.stopped_at, s.stop_received_at, s.meter_stop_wh, s.energy_wh, s.flags, s.started_raw, s.uses, s.stop_tag_status, s.decided,
       e.event_type AS told_type, e.timestamp_raw AS told_raw,
       (SELECT count(*) FROM transaction_event t WHERE t.session_id = s.session_id) AS told,
       (SELECT min(seq_no) FROM transaction_event t WHERE t.session_id = s.session_id) AS first_seq,
       (SELECT max(seq_no) FROM transaction_event t WHERE t.session_id = s.session_id) AS newest_seq
FROM session s LEFT JOIN transaction_event e ON e.session_id = s.session_id
     AND (e.seq_no = ?1 OR (e.seq_no < 0 AND e.event_type = ?2 AND e.timestamp_raw = ?3))
WHERE s.charger_id = ?4 AND s.transaction_id = ?5
ORDER BY (e.event_type IS ?2 AND e.timestamp_raw IS ?3) DESC, s.session_id DESC LIMIT 1
"""
_KNOWN = _SELECT.format(evidence="NULL AS evidence")
_DOUBTFUL = _SELECT.format(evidence=evidence.COLUMN)


class Meaning(Enum):
    """What a step is to what is known."""

    BEGIN = auto()  # of a session that nobody has heard of
    ANEW = auto()  # of a session whose charger uses a name for the second time
    NEXT = auto()  # of an open session
    LATE = auto()  # of a session that has ended
    REPEAT = auto()  # told before
    CONTRADICTION = auto()  # told before, with other content


def find(call: v2.TransactionEvent, charger: LiveCharger, sure: bool) -> Sql | None:
    """What is known of a transaction, unless the live state says that this step is its next or its first."""
    name = transaction_of(call)
    session = charger.sessions.get(name)
    doubtful = call.event_type == ENDED and session is not None and evidence.wanted(session, _register(call))
    if not name or (not sure and not doubtful and _is_new(call, session, charger)):
        return None
    step = Step(call)
    return _DOUBTFUL if doubtful else _KNOWN, (step.number, step.kind, step.raw, charger.charger_id, step.name)


def _register(call: v2.TransactionEvent) -> float | None:
    """The newest register that a step tells, as far as it can be seen at a glance: only a doubt about it is looked into."""
    newest = None
    for reading in call.meter_value:
        for sent in reading.sampled_value:
            unit, power = (each.unit, each.multiplier) if (each := sent.unit_of_measure) is not None else (None, 0)
            register = metering.register_wh(sent.value, sent.measurand, unit, sent.location)
            if register is not None and sent.phase is None and sent.context != BEGIN:
                newest = scaled(register, power) if power else register
    return newest


def _is_new(call: v2.TransactionEvent, session: OpenSession | None, charger: LiveCharger) -> bool:
    """Whether the live state is sure that the step was never told, as nearly always."""
    if session is None:
        return call.event_type == STARTED and (call.timestamp or "") > charger.newest_start_raw
    return call.event_type != STARTED and type(call.seq_no) is int and call.seq_no > session.newest_seq


def meaning(step: Step, known: Record | None, ctx: Context) -> Meaning:
    """What the step is. The number of an end that was given to another step before does not count."""
    is_open = step.name in ctx.charger.sessions
    if known is None:
        return Meaning.NEXT if is_open else Meaning.BEGIN
    if (known["told_type"], known["told_raw"]) == (step.kind, step.raw):
        return Meaning.REPEAT
    if _begins_anew(step, known, ctx):
        return Meaning.ANEW
    if known["told_raw"] is not None and not (step.kind == ENDED and known["stop_received_at"] is None):
        return Meaning.CONTRADICTION
    return Meaning.NEXT if is_open else Meaning.LATE


def _begins_anew(step: Step, known: dict[str, Any], ctx: Context) -> bool:
    """Whether a charger uses an id again that it gave away before, and means another car."""
    if step.kind != STARTED:
        return False
    if sessions.NO_BEGIN.isdisjoint(msgspec.json.decode(known["flags"])):
        return bool(step.raw != known["started_raw"])  # it has had its begin
    begins_at, _ = dated(step.raw, ctx)
    return known["stopped_at"] is not None and begins_at > known["stopped_at"]
