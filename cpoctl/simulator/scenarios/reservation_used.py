"""A session that uses a reservation which the server does not know: the energy flows, so it must be taken. 1.6 §4.8"""

from datetime import UTC, datetime

from cpoctl.ocpp import Version
from cpoctl.simulator.messages import believable
from cpoctl.simulator.scenarios import Stage

SPOKEN = (Version.V16,)
NEVER_MADE = 987_654


async def play(stage: Stage) -> None:
    """Start with a reservation id, stop."""
    charger = await stage.booted()
    start = believable("StartTransaction", charger.charger_id, datetime.now(UTC))
    told = await stage.call(charger, "StartTransaction", start | {"idTag": stage.tag, "reservationId": NEVER_MADE})
    number = told.payload.get("transactionId")
    stage.require("the start gets a transaction id", number is not None, told.error or number)
    stop = believable("StopTransaction", charger.charger_id, datetime.now(UTC))
    told = await stage.call(charger, "StopTransaction", stop | {"transactionId": number})
    stage.check("the stop is answered", told.error is None, told.error or "")
