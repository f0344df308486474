"""ReservationStatusUpdate: a reservation ended, or came to nothing, without anybody having cancelled it. OCPP 2.0.1 H04"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import v2
from cpoctl.store import rows

_STATES = {"Expired": "expired", "Removed": "removed", "NoTransaction": "unused"}  # the last one is 2.1's
_SIXTY_FOUR_BITS = 2**63


@on(v2.VERSIONS, v2.ReservationStatusUpdate)
def reservation_v2(call: v2.ReservationStatusUpdate, ctx: Context) -> Outcome:
    """End the reservation. What has no number, or a word that nobody knows, is answered and stays in the journal."""
    number, state = call.reservation_id, _STATES.get(call.reservation_update_status or "")
    if number is None or abs(number) >= _SIXTY_FOUR_BITS or state is None:
        return Outcome({})
    charger_id = ctx.charger.charger_id
    ended = rows.ReservationEnded(state, ctx.received_at, None, charger_id, number)
    told = events.ReservationChanged(charger_id=charger_id, reservation_id=number, state=state)
    return Outcome({}, [ended], [told])
