"""The power fails during a session, and the charger tells its end after it has booted again. OCPP 1.6 §4.10"""

from cpoctl.simulator.scenarios import Stage


async def play(stage: Stage) -> None:
    """Start, lose power, boot, tell the stop with the reason PowerLoss."""
    charger = await stage.booted()
    await charger.plug_in()
    session = await charger.start(stage.tag)
    stage.require("the start is accepted", session is not None and session.transaction_id is not None)
    await charger.time.elapse(600)
    await charger.go_offline()
    charger.accepted.clear()
    await charger.stop(reason="PowerLoss")
    await charger.time.elapse(600)
    await charger.connect()
    status = str((await charger.boot()).get("status"))
    stage.require("the boot after the power loss is accepted", status == "Accepted", status)
    await charger.come_back()
    stage.check("the end of the session is answered", charger.waiting_messages == 0)
    await charger.unplug()
