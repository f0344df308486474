"""Beginnings: how a session begins, whatever the version that told it."""

import msgspec

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome
from cpoctl.csms.dating import dated
from cpoctl.csms.metering import text
from cpoctl.csms.refusals import unknown
from cpoctl.domain import sessions, tags, timestamps
from cpoctl.store import rows


class Begin(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a charger told of a begin. `issued`: the transaction id is ours; `told_in_time` False: it was told by a later step."""

    session_id: int
    evse_id: int
    connector_id: int | None
    transaction_id: str
    issued: bool
    tag_id: str
    tag_status: str
    raw: str
    meter_wh: float | None
    meter_raw: str
    reservation_id: int | None
    remote_start_id: int | None = None
    keyed: bool = False
    uses: int = 0
    doubts: tuple[str, ...] = ()


def begin(told: Begin, ctx: Context) -> tuple[events.SessionStarted, Outcome]:
    """Record a new session; the answer is the caller's. An open one on the same EVSE stays open and is flagged (V-03)."""
    started_at, doubt = dated(told.raw, ctx)
    flags = sessions.with_flags((), doubt, timestamps.doubted(started_at, ctx.now, ctx.received_at), *told.doubts)
    start = rows.SessionStart(
        session_id=told.session_id,
        charger_id=ctx.charger.charger_id,
        evse_id=told.evse_id,
        connector_id=told.connector_id,
        transaction_id=told.transaction_id,
        issued=int(told.issued),
        tag_id=told.tag_id,
        tag_status=told.tag_status,
        reservation_id=told.reservation_id,
        started_at=started_at,
        started_raw=told.raw,
        start_received_at=ctx.received_at,
        meter_start_wh=told.meter_wh,
        meter_start_raw=told.meter_raw,
        keyed=int(told.keyed and doubt in timestamps.BELIEVED),
        flags=text(flags),
        remote_start_id=told.remote_start_id,
        uses=told.uses,
    )
    begun = started(start, flags)
    outcome = Outcome({}, [start], [begun])
    _supersede(start, ctx, outcome)
    if start.reservation_id is not None:  # 1.6 §4.8, H01.FR.15: the start ends the reservation
        used = rows.ReservationUsed(ctx.received_at, start.session_id, start.charger_id, start.reservation_id)
        outcome.rows.append(used)
    return begun, outcome


def refused(ctx: Context, tag_id: str, status: str, outcome: Outcome) -> None:
    """Tell of a tag that may not charge, so that an operator can see who was turned away."""
    if status != tags.ACCEPTED:
        outcome.events.append(events.TagRefused(charger_id=ctx.charger.charger_id, tag_id=tag_id, status=status))
        outcome.rows.extend(unknown(ctx, tag_id))


def _supersede(start: rows.SessionStart, ctx: Context, outcome: Outcome) -> None:
    old = ctx.charger.session_on(start.evse_id)
    if old is None or not start.evse_id or old.started_at > start.started_at:  # one that was told late
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


def started(start: rows.SessionStart, flags: tuple[str, ...]) -> events.SessionStarted:
    """What has happened when a session begins."""
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
        remote_start_id=start.remote_start_id,
    )
