"""Clock: the charger's time is right, by the times in its own messages."""

from cpoctl.checks import State
from cpoctl.checks.charger.clock import judged, skew
from cpoctl.commissioning import Bench, Verdict, failed, passed, skipped
from cpoctl.commissioning.steps.meter import each

ORDER = 40
TITLE = "clock"
DISRUPTS = False


def check(bench: Bench) -> Verdict:
    """Compare the times of its messages with ours."""
    told = [
        (str(f.payload["timestamp"]), f.at) for f in bench.heard("StatusNotification") if f.payload.get("timestamp")
    ]
    for frame in bench.heard("MeterValues"):
        told += [(str(v["timestamp"]), frame.at) for v in each(frame.payload.get("meterValue")) if "timestamp" in v]
    said = judged(skew(told), bench.charger_id)
    if said is None:
        return skipped("no message with a time has come from it")
    tries = (said.next,) if said.next else ()
    return failed(said.found, *tries) if said.state is State.FAIL else passed(said.found, *tries)
