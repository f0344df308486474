"""A car comes, charges and goes. OCPP 1.6 §3.1"""

from cpoctl.simulator.scenarios import Stage


async def play(stage: Stage) -> None:
    """Boot, authorise, start, meter, stop."""
    charger = await stage.booted()
    await charger.plug_in()
    status = await charger.authorize(stage.tag)
    stage.require(f"the tag {stage.tag} may charge", status == "Accepted", status)
    session = await charger.start(stage.tag)
    stage.require("the start is accepted", session is not None)
    stage.require("the start gets a transaction id", session is not None and session.transaction_id is not None)
    for _ in range(3):
        await charger.time.elapse(300)
        await charger.meter()
    await charger.stop()
    await charger.unplug()
    stage.check("nothing is left to be sent", charger.waiting_messages == 0, charger.waiting_messages)
