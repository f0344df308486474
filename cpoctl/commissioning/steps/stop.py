"""Stop: the session ends from afar and its energy is told. OCPP 1.6 §5.12, §4.10"""

from cpoctl.commissioning import Bench, Verdict, failed, passed, skipped

ORDER = 70
TITLE = "remote stop"
DISRUPTS = True
_WITHIN = 60.0


def check(bench: Bench) -> Verdict:
    """Stop the session that was started and wait for its StopTransaction."""
    if bench.transaction_id is None:
        return skipped("no session was started")
    since = bench.mark()
    number = bench.transaction_id
    sessions = f"cpoctl session list --charger {bench.charger_id} --open    what is still open"
    reply = bench.call("RemoteStopTransaction", {"transactionId": number})
    if not reply.ok:
        return reply.refused("RemoteStopTransaction")
    frame = bench.wait("StopTransaction", since, _WITHIN)
    if frame is None:
        return failed("it accepted the stop, and the session goes on", sessions)
    if frame.payload.get("transactionId") != number:
        told = frame.payload.get("transactionId")
        return failed(f"it stopped transaction {told} instead of {number}", "cpoctl session orphans    what fits none")
    started = [f for f in bench.heard("StartTransaction") if f.answer.get("transactionId") == number]
    return passed(f"session {number} ended{_energy(started[-1].payload if started else {}, frame.payload)}")


def _energy(start: object, stop: object) -> str:
    begin = start.get("meterStart") if isinstance(start, dict) else None
    end = stop.get("meterStop") if isinstance(stop, dict) else None
    return f", {end - begin} Wh" if isinstance(begin, int) and isinstance(end, int) else ""
