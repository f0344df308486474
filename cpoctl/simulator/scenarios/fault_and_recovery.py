"""A connector breaks during a session and is repaired. OCPP 1.6 §4.9"""

from cpoctl.simulator.scenarios import Stage


async def play(stage: Stage) -> None:
    """Charge, fault, repair, charge again."""
    charger = await stage.booted()
    for fault in ("GroundFailure", None):
        await charger.plug_in()
        session = await charger.start(stage.tag)
        stage.require("the start is accepted", session is not None and session.transaction_id is not None)
        await charger.time.elapse(300)
        if fault:
            await charger.fault(error_code=fault)
            await charger.time.elapse(300)
            await charger.clear_fault()
        await charger.stop()
        await charger.unplug()
    stage.check("nothing is left to be sent", charger.waiting_messages == 0, charger.waiting_messages)
