"""Reset: the charger restarts softly and comes back. OCPP 1.6 §5.14 · OCPP 2.0.1 B11"""

from cpoctl.clock import parsed
from cpoctl.commissioning import Bench, Verdict, failed, passed
from cpoctl.ocpp.asks.reset import Reset

ORDER = 90
TITLE = "soft reset"
DISRUPTS = True
_WITHIN = 180.0


def check(bench: Bench) -> Verdict:
    """Restart it, and wait until it has booted and told its status."""
    since = bench.mark()
    reply = bench.call(Reset())
    if not reply.ok:
        return reply.refused()
    boot = bench.wait(lambda frame: frame.action == "BootNotification", since, _WITHIN)
    if boot is None:
        hard = f"cpoctl charger reset {bench.charger_id} --hard --confirm {bench.charger_id}    a hard one"
        return failed("it promised to restart, and did not announce itself again", hard)
    asked = bench.asked("Reset")
    took = (parsed(boot.at) - parsed(asked[-1].at)).total_seconds() if asked else None
    back = "back" if took is None else f"back after {took:.0f} s"
    if boot.answer.get("status") != "Accepted":
        return failed(f"{back}, and answered {boot.answer.get('status')}", f"cpoctl charger approve {bench.charger_id}")
    return passed(back)
