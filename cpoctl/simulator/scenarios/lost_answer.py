"""A charger that did not hear the answers sends a whole transaction again, in a queue, as it was. OCPP 2.0.1 E04, E12"""

from cpoctl.ocpp import Version
from cpoctl.simulator.messages_v2 import transaction_event
from cpoctl.simulator.scenarios import Stage

SPOKEN = (Version.V201, Version.V21)


async def play(stage: Stage) -> None:
    """Start and end, lose the line, send both again, charge once more."""
    charger = await stage.booted()
    transaction, token = stage.fresh_id(), {"idToken": stage.tag, "type": "ISO14443"}
    start = transaction_event(transaction, 0, "Started", idToken=token)
    end = transaction_event(transaction, 1, "Ended", stopped="Local")
    for turn in ("", " again"):
        for event, which in ((start, "the start"), (end, "the end")):
            told = await stage.call(charger, "TransactionEvent", event)
            stage.check(f"{which} is answered{turn}", told.error is None, told.error or "")
        await charger.go_offline()
        await charger.connect()
    session = await charger.charge(stage.tag, wh=500, samples=1)
    stage.check("the next session is another one", session is not None and session.transaction_id != transaction)
