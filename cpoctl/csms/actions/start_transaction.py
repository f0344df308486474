"""StartTransaction: a session begins.

OCPP 1.6 §4.8. Always answered and recorded, also for a tag that may not charge: chargers start first
and ask then (steve#134). A repeat gets the same transaction id and the same verdict.
"""

from typing import Any

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.csms.metering import text
from cpoctl.csms.refusals import unknown
from cpoctl.csms.transactions import named, reading, whole
from cpoctl.domain import access, sessions, tags, timestamps
from cpoctl.domain.fleet import KnownStart, LiveCharger, StartKey
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows

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
    return begin(call, key, ctx)


def _known(key: StartKey, ctx: Context) -> KnownStart | None:
    """The start that this one repeats. Without a believable time only an open session can be it:
    chargers that leave the time out (citrineos#166) and count each session from 0 look alike every time."""
    evse_id, _, raw, _ = key
    if timestamps.effective(raw, ctx.now)[1] in (None, timestamps.NO_ZONE):
        return ctx.charger.starts.get(key) or (KnownStart(**ctx.found[0]) if ctx.found else None)
    start, session = ctx.charger.starts.get(key), ctx.charger.session_on(evse_id)
    return start if start and session and start.session_id == session.session_id else None


def begin(call: v16.StartTransaction, key: StartKey, ctx: Context) -> Outcome:
    """Record a new session. An open one on the same EVSE stays open and is flagged (V-03)."""
    evse_id, tag_id, raw, meter_raw = key
    started, doubt = timestamps.effective(raw, ctx.now)
    flags = sessions.with_flags((), doubt, "connector_missing" if not evse_id else None)
    start = rows.SessionStart(
        session_id=ctx.ids.session(),
        charger_id=ctx.charger.charger_id,
        evse_id=evse_id,
        connector_id=1,
        transaction_id=str(ctx.ids.transaction()),
        issued=1,
        tag_id=tag_id,
        tag_status=access.at_start(ctx.verdict(tag_id), tag_id, ctx.charger, ctx.live, evse_id),  # 1.6 §7.2
        reservation_id=whole(call.reservation_id),
        started_at=stored(started),
        started_raw=raw,
        start_received_at=ctx.received_at,
        meter_start_wh=reading(call.meter_start),
        meter_start_raw=meter_raw,
        keyed=int(doubt in (None, timestamps.NO_ZONE)),
        flags=text(flags),
    )
    outcome = Outcome(_answer(ctx, tag_id, start.transaction_id, start.tag_status), [start], [_started(start, flags)])
    _supersede(evse_id, ctx, outcome)
    if start.reservation_id is not None:  # 1.6 §4.8: the start ends the reservation
        used = rows.ReservationUsed(ctx.received_at, start.session_id, start.charger_id, start.reservation_id)
        outcome.rows.append(used)
    if start.tag_status != tags.ACCEPTED:
        outcome.events.append(events.TagRefused(charger_id=start.charger_id, tag_id=tag_id, status=start.tag_status))
        outcome.rows.extend(unknown(ctx, tag_id))
    return outcome


def _supersede(evse_id: int, ctx: Context, outcome: Outcome) -> None:
    old = ctx.charger.session_on(evse_id)
    if old is None:
        return
    flags = sessions.with_flags(old.flags, sessions.SUPERSEDED)
    outcome.rows.append(rows.SessionFlags(text(flags), old.session_id))
    outcome.events.insert(
        0,
        events.SessionFlagged(
            charger_id=ctx.charger.charger_id,
            session_id=old.session_id,
            transaction_id=old.transaction_id,
            flags=flags,
        ),
    )


def _started(start: rows.SessionStart, flags: tuple[str, ...]) -> events.SessionStarted:
    return events.SessionStarted(
        charger_id=start.charger_id,
        session_id=start.session_id,
        evse_id=start.evse_id,
        transaction_id=start.transaction_id,
        tag_id=start.tag_id,
        tag_status=start.tag_status,
        started_at=start.started_at,
        started_raw=start.started_raw,
        meter_start_wh=start.meter_start_wh,
        meter_start_raw=start.meter_start_raw,
        flags=flags,
    )


def _answer(ctx: Context, tag_id: str, transaction_id: str, status: str) -> dict[str, Any]:
    return {"idTagInfo": ctx.tag_info(tag_id, status), "transactionId": int(transaction_id)}
