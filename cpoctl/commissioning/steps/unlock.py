"""Unlock: the connector lets go of the plug. OCPP 1.6 §5.18 · OCPP 2.0.1 F05"""

from cpoctl.commissioning import Bench, Verdict, passed, skipped
from cpoctl.ocpp.asks.chargers import Unlock

ORDER = 80
TITLE = "unlock"
DISRUPTS = True


def check(bench: Bench) -> Verdict:
    """Ask it to unlock. A connector with a fixed cable has nothing to unlock."""
    reply = bench.call(Unlock(evse_id=bench.evse_id))
    if reply.cannot:
        return skipped(f"answered {reply.status}: right for a fixed cable, wrong for a socket", *reply.tries)
    if not reply.ok:
        return reply.refused()
    return passed(f"connector {bench.evse_id} is unlocked")
