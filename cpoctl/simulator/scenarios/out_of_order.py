"""A transaction is told back to front, and another one's end without its beginning. OCPP 2.0.1 E04, E10"""

from cpoctl.ocpp import Version
from cpoctl.simulator.messages_v2 import transaction_event
from cpoctl.simulator.scenarios import Stage

SPOKEN = (Version.V201, Version.V21)


async def play(stage: Stage) -> None:
    """End, update, start; then the end of one that never began, and an update with a gap before it."""
    charger = await stage.booted()
    transaction, unknown, gappy = stage.fresh_id(), stage.fresh_id(), stage.fresh_id()
    token = {"idToken": stage.tag, "type": "ISO14443"}
    told = (
        ("the end before the rest", transaction_event(transaction, 2, "Ended", stopped="Local")),
        ("the update before the start", transaction_event(transaction, 1, "Updated")),
        ("the start after the end", transaction_event(transaction, 0, "Started", idToken=token)),
        ("the end of what never began", transaction_event(unknown, 9, "Ended", stopped="PowerLoss")),
        ("the start of another", transaction_event(gappy, 0, "Started", idToken=token)),
        ("an update after a gap", transaction_event(gappy, 7, "Updated", offline=True)),
        ("its end, without an EVSE", transaction_event(gappy, 8, "Ended", stopped="Remote", evse=None)),
    )
    for which, event in told:
        said = await stage.call(charger, "TransactionEvent", event)
        stage.check(f"{which} is answered", said.error is None, said.error or "")
