"""StatusNotification: what an EVSE is doing.

OCPP 1.6 §4.9 · OCPP 2.0.1 G01. Every status is kept; the shown one is the newest received, unless its own time says
that it is an older one that came late (RELIABILITY V-05).
"""

from collections.abc import Mapping

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.domain import statuses, timestamps
from cpoctl.domain.clocks import fits
from cpoctl.ocpp import Version, v2, v16
from cpoctl.store import rows

_LATE_BY_S = 2


@on(Version.V16, v16.StatusNotification, unregistered=True)
def status_v16(call: v16.StatusNotification, ctx: Context) -> Outcome:
    """Keep the status, and make it the shown one unless it is late."""
    charger_id, evse_id = ctx.charger.charger_id, call.connector_id or 0
    happened, flag = timestamps.effective(call.timestamp, ctx.now)
    since = stored(happened)
    facts = (call.status or "Unknown", call.error_code, call.info, call.vendor_id, call.vendor_error_code)
    charger_time = since if flag is None else None
    current = ctx.charger.has_room_for(evse_id) and not _late(ctx, evse_id, charger_time)
    change = rows.StatusChange(charger_id, evse_id, *facts, since, call.timestamp or "", ctx.received_at)
    changed = events.StatusChanged(
        charger_id=charger_id,
        evse_id=evse_id,
        status=facts[0],
        error_code=call.error_code,
        info=call.info,
        vendor_id=call.vendor_id,
        vendor_error_code=call.vendor_error_code,
        since=since,
        charger_time=charger_time,
        current=current,
    )
    newest: list[rows.Row] = [rows.EvseStatus(charger_id, evse_id, *facts, since)] if current else []
    return Outcome({}, [change, *newest], [changed])


@on(v2.VERSIONS, v2.StatusNotification, unregistered=True)
def status_v2(call: v2.StatusNotification, ctx: Context) -> Outcome:
    """Keep what a connector tells."""
    return reported(ctx, call.evse_id or 0, call.connector_id or 1, call.connector_status or "Unknown", call.timestamp)


def reported(
    ctx: Context,
    evse_id: int,
    connector_id: int | None,
    told: str,
    raw: str | None,
    beside: Mapping[int, str] | None = None,
) -> Outcome:
    """Keep the status of a connector in 2.x, and make of it and its neighbours the EVSE's, unless it is late.

    `beside`: what the same message has told of its neighbours.
    """
    charger_id = ctx.charger.charger_id
    happened, flag = timestamps.effective(raw, ctx.now)
    since = stored(happened)
    charger_time = since if flag is None else None
    current = ctx.charger.has_room_for(evse_id, connector_id) and not _late(ctx, evse_id, charger_time)
    status = _refined(ctx, evse_id, told)
    known = ctx.charger.evses.get(evse_id)
    # What is wrong a charger of 2.x tells apart, before or after (`problem`).
    code, info = (known.error_code, known.info) if known and status == "Faulted" else (None, None)
    change = rows.StatusChange(
        charger_id, evse_id, status, code, info, None, None, since, raw or "", ctx.received_at, connector_id
    )
    if not current:
        return Outcome({}, [change], [_changed(ctx, evse_id, status, since, charger_time, current=False)])
    neighbours = {**(known.connectors if known else {}), **(beside or {})}
    shown = status if connector_id is None else statuses.of_evse({**neighbours, connector_id: status}.values())
    changed = _changed(
        ctx, evse_id, shown, since, charger_time, code, info, connector_id=connector_id, connector_status=status
    )
    newest = rows.EvseStatus(charger_id, evse_id, shown, code, info, None, None, since)
    outcome = Outcome({}, [change, newest], [changed])
    if connector_id is not None:
        outcome.rows.append(rows.ConnectorStatus(charger_id, evse_id, connector_id, status, since))
    return outcome


def problem(ctx: Context, evse_id: int, code: str | None, info: str | None, raw: str | None) -> Outcome:
    """Keep what is wrong with an EVSE, or with `code` None that nothing is any more; its status stays."""
    charger_id, known = ctx.charger.charger_id, ctx.charger.evses.get(evse_id)
    if not ctx.charger.has_room_for(evse_id) or (known.error_code if known else None) == code:
        return Outcome({})
    since = stored(timestamps.effective(raw, ctx.now)[0])
    status = known.status if known else "Unknown"
    change = rows.StatusChange(charger_id, evse_id, status, code, info, None, None, since, raw or "", ctx.received_at)
    newest = rows.EvseStatus(charger_id, evse_id, status, code, info, None, None, since)
    changed = _changed(ctx, evse_id, status, since, known.charger_time if known else None, code, info)
    return Outcome({}, [change, newest], [changed])


def by_transaction(
    ctx: Context, evse_id: int, connector_id: int | None, status: str, raw: str | None
) -> Outcome | None:
    """Keep the status that a transaction gives its EVSE; None when that is the one it has."""
    known = ctx.charger.evses.get(evse_id)
    if not evse_id or (known is not None and known.status == status):
        return None
    told = known.connectors if known else {}
    only = next(iter(told)) if len(told) == 1 else None
    at = connector_id or next((name for name, said in told.items() if statuses.in_use(said)), only)
    return reported(ctx, evse_id, at, status, raw)


def _refined(ctx: Context, evse_id: int, told: str) -> str:
    """Occupied, in the words of the transaction that runs there."""
    if told != statuses.OCCUPIED:
        return told
    session, known = ctx.charger.session_on(evse_id), ctx.charger.evses.get(evse_id)
    return statuses.occupied(session.charging_state if session else None, known.status if known else "")


def _changed(
    ctx: Context, evse_id: int, status: str, since: str, charger_time: str | None, code: str | None = None,
    info: str | None = None, *, current: bool = True, connector_id: int | None = None, connector_status: str | None = None,
) -> events.StatusChanged:  # fmt: skip
    return events.StatusChanged(
        charger_id=ctx.charger.charger_id,
        evse_id=evse_id,
        status=status,
        error_code=code,
        info=info,
        vendor_id=None,
        vendor_error_code=None,
        since=since,
        charger_time=charger_time,
        current=current,
        connector_id=connector_id,
        connector_status=connector_status,
    )


def _late(ctx: Context, evse_id: int, charger_time: str | None) -> bool:
    shown = ctx.charger.evses.get(evse_id)
    if charger_time is None or shown is None or shown.charger_time is None:
        return False
    before, told = parsed(shown.charger_time), parsed(charger_time)
    if (before - told).total_seconds() <= _LATE_BY_S:
        return False
    # What is shown may be of a clock that was ahead, and has been set right since.
    return fits((before - ctx.now).total_seconds()) or before < ctx.now or not fits((told - ctx.now).total_seconds())
