"""A charger that did not hear the answer sends its start again: it is the same session. OCPP 1.6 §3.7.1"""

from datetime import UTC, datetime

from cpoctl.ocpp import Version
from cpoctl.simulator.messages import believable
from cpoctl.simulator.scenarios import Stage

SPOKEN = (Version.V16,)


async def play(stage: Stage) -> None:
    """Start, lose the line, send the same start again, stop twice."""
    charger = await stage.booted()
    start = believable("StartTransaction", charger.charger_id, datetime.now(UTC)) | {"idTag": stage.tag}
    first = await stage.call(charger, "StartTransaction", start)
    number = first.payload.get("transactionId")
    stage.require("the start gets a transaction id", number is not None, first.error or number)
    await charger.go_offline()
    await charger.connect()
    second = await stage.call(charger, "StartTransaction", start)
    again = second.payload.get("transactionId")
    stage.check("the repeated start gets the same id", again == number, f"{number}, then {second.error or again}")
    stop = believable("StopTransaction", charger.charger_id, datetime.now(UTC)) | {"transactionId": number}
    for which in ("the stop", "the repeated stop"):
        told = await stage.call(charger, "StopTransaction", stop)
        stage.check(f"{which} is answered", told.error is None, told.error or "")
