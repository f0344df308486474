"""The line is lost during a charge, and what happened meanwhile is told later. OCPP 1.6 §3.7"""

from cpoctl.simulator.scenarios import Stage


async def play(stage: Stage) -> None:
    """Start online, charge and stop offline, come back and deliver."""
    charger = await stage.booted()
    await charger.plug_in()
    session = await charger.start(stage.tag)
    stage.require("the start is accepted", session is not None and session.transaction_id is not None)
    await charger.go_offline()
    for _ in range(3):
        await charger.time.elapse(300)
        await charger.meter()
    await charger.stop()
    await charger.unplug()
    waiting = charger.waiting_messages
    stage.tell(f"        {waiting} messages wait in the charger")
    await charger.come_back()
    left = charger.waiting_messages
    stage.check("the messages that waited are answered", waiting == 4 and left == 0, f"{waiting - left} of {waiting}")
