"""MeterValues: readings, of a session or of an EVSE.

OCPP 1.6 §4.7 · OCPP 2.0.1 J01
"""

from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.csms.actions._readings import plain
from cpoctl.csms.endings import complete
from cpoctl.csms.metering import kept, newest, recorded
from cpoctl.csms.transactions import closed, find_closed, foreign, named, orphan, whole
from cpoctl.domain.fleet import LiveCharger
from cpoctl.domain.sessions import NO_ID
from cpoctl.ocpp import Version, v2, v16

ATTACHED = "attached_by_connector"


def find_session(call: v16.MeterValues, charger: LiveCharger, sure: bool) -> Sql | None:
    """Readings that fit no open session may belong to one that has ended (evcc#14673)."""
    return find_closed(call.transaction_id, charger)


@on(Version.V16, v16.MeterValues, lookup=find_session, unregistered=True)
def meter_v16(call: v16.MeterValues, ctx: Context) -> Outcome:
    """Keep every reading with the session that it belongs to, or with none."""
    evse_id, name = whole(call.connector_id) or 0, named(call.transaction_id)
    session = ctx.charger.sessions.get(name)
    flags = []
    if session is None and not foreign(ctx) and (earlier := closed(ctx)):
        return complete(earlier, recorded(call.meter_value, ctx, earlier["evse_id"], earlier["session_id"]), ctx)
    if session is None and not foreign(ctx) and (open_here := ctx.charger.session_on(evse_id)):
        session = open_here
        # Clock-aligned readings may leave the id out (1.6 §6.31); a wrong one is worth a flag (steve#848).
        flags = [ATTACHED] if name else []
    samples = recorded(call.meter_value, ctx, evse_id, session.session_id if session else 0, flags)
    if session is None and name not in NO_ID:
        outcome = orphan(ctx, "MeterValues", evse_id, call.transaction_id, {})
        outcome.rows.extend(kept(samples))
        return outcome
    return Outcome({}, [*kept(samples)], [*newest(samples, session.transaction_id if session else None)])


@on(v2.VERSIONS, v2.MeterValues, unregistered=True)
def meter_v2(call: v2.MeterValues, ctx: Context) -> Outcome:
    """Keep readings that are told beside a transaction: clock-aligned ones belong to the session that runs there. J01.FR.18"""
    evse_id = whole(call.evse_id) or 0
    session = ctx.charger.session_on(evse_id) if evse_id else None
    samples = recorded(plain(call.meter_value), ctx, evse_id, session.session_id if session else 0)
    return Outcome({}, [*kept(samples)], [*newest(samples, session.transaction_id if session else None)])
