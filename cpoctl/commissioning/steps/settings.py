"""Settings: the charger tells its settings, and none of them is known to make trouble. OCPP 1.6 §5.8 · OCPP 2.0.1 B07"""

from cpoctl.checks import State
from cpoctl.checks.charger.settings import troubles
from cpoctl.commissioning import Bench, Verdict, failed, passed

ORDER = 50
TITLE = "settings"
DISRUPTS = False


def check(bench: Bench) -> Verdict:
    """Read all settings and look for what is known to make trouble."""
    reply = bench.settings()
    if not reply.ok:
        return reply.refused()
    told = reply.content
    if not told:
        one = bench.variables("HeartbeatInterval")
        return failed("it tells no settings", f"cpoctl var get {bench.charger_id} {one}    one by name")
    found = troubles({name: str(value) for name, value in told.items() if value is not None}, bench.charger_id)
    said = "; ".join(trouble.found for trouble in found)
    tries = [trouble.next for trouble in found if trouble.next]
    if any(trouble.state is State.FAIL for trouble in found):
        return failed(f"{len(told)} settings: {said}", *tries)
    return passed(f"{len(told)} settings" + (f"; to consider: {said}" if said else ""), *tries)
