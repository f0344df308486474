"""Clock: the charger's time is right, by the times in its own messages."""

from cpoctl.checks import State
from cpoctl.checks.charger.clock import judged, skew
from cpoctl.commissioning import Bench, Verdict, failed, passed, skipped
from cpoctl.ocpp.heard import times

ORDER = 40
TITLE = "clock"
DISRUPTS = False


def check(bench: Bench) -> Verdict:
    """Compare the times of its messages with ours."""
    told = [(time, frame.at) for frame in bench.heard() for time in times(frame.action, frame.payload)]
    said = judged(skew(told), bench.charger_id)
    if said is None:
        return skipped("no message with a time has come from it")
    tries = (said.next,) if said.next else ()
    return failed(said.found, *tries) if said.state is State.FAIL else passed(said.found, *tries)
