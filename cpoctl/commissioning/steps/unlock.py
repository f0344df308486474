"""Unlock: the connector lets go of the plug. OCPP 1.6 §5.18"""

from cpoctl.commissioning import Bench, Verdict, passed, skipped

ORDER = 80
TITLE = "unlock"
DISRUPTS = True


def check(bench: Bench) -> Verdict:
    """Ask it to unlock. A connector with a fixed cable has nothing to unlock."""
    reply = bench.call("UnlockConnector", {"connectorId": bench.evse_id})
    if reply.cannot:
        return skipped(f"answered {reply.status}: right for a fixed cable, wrong for a socket", *reply.tries)
    if not reply.ok:
        return reply.refused("UnlockConnector")
    return passed(f"connector {bench.evse_id} is unlocked")
