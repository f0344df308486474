"""The end of a session is told a day late, after the next session has begun; and one of a session nobody knows."""

from datetime import UTC, datetime, timedelta

from cpoctl.ocpp import Version
from cpoctl.simulator.messages import METER_WH, believable
from cpoctl.simulator.scenarios import Stage

SPOKEN = (Version.V16,)
LATE = timedelta(days=1)
NEVER_BEGUN = 123_456_789


async def play(stage: Stage) -> None:
    """Start yesterday, start today, then stop both, and a third that never was."""
    charger, now = await stage.booted(), datetime.now(UTC)
    numbers = []
    for when, meter in ((now - LATE, METER_WH), (now, METER_WH + 12_500)):
        start = believable("StartTransaction", charger.charger_id, when) | {"idTag": stage.tag, "meterStart": meter}
        told = await stage.call(charger, "StartTransaction", start)
        number = told.payload.get("transactionId")
        stage.require(f"the start of {when:%Y-%m-%d} gets a transaction id", number is not None, told.error or number)
        numbers.append(number)
    stage.check("the two sessions have ids of their own", numbers[0] != numbers[1], numbers)
    ends = ((numbers[0], now - LATE + timedelta(hours=1)), (numbers[1], now), (NEVER_BEGUN, now))
    for (number, when), which in zip(ends, ("yesterday's", "today's", "an unknown"), strict=True):
        stop = believable("StopTransaction", charger.charger_id, when) | {"transactionId": number}
        told = await stage.call(charger, "StopTransaction", stop | {"meterStop": METER_WH + 25_000})
        stage.check(f"the stop of {which} session is answered", told.error is None, told.error or "")
