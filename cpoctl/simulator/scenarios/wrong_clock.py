"""The charger's clock is a day behind: the server tells the time, and loses no session over it. OCPP 1.6 §4.2"""

from datetime import UTC, datetime, timedelta

from cpoctl.simulator.scenarios import Stage
from cpoctl.simulator.simtime import RealTime, moment

BEHIND = timedelta(days=1)
CLOSE_ENOUGH_S = 60


class Behind(RealTime):
    """A clock that nobody has set."""

    def now(self) -> datetime:
        return super().now() - BEHIND


async def play(stage: Stage) -> None:
    """Boot, charge, and stamp everything with yesterday."""
    charger = await stage.booted(Behind(stage.speed))
    told = str((await charger.announce()).get("currentTime"))
    stage.check("the boot tells the right time", _is_now(told), told)
    await charger.plug_in()
    session = await charger.start(stage.tag)
    stage.require("the start is accepted", session is not None and session.transaction_id is not None)
    await charger.time.elapse(600)
    await charger.meter()
    await charger.stop()
    await charger.unplug()
    stage.check("nothing is left to be sent", charger.waiting_messages == 0, charger.waiting_messages)


def _is_now(text: str) -> bool:
    try:
        return abs((moment(text) - datetime.now(UTC)).total_seconds()) < CLOSE_ENOUGH_S
    except ValueError:
        return False
