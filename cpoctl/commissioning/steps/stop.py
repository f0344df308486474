"""Stop: the session ends from afar and its energy is told. OCPP 1.6 §5.12, §4.10 · OCPP 2.0.1 F03, E06"""

from cpoctl.commissioning import Bench, Frame, Verdict, failed, passed, skipped
from cpoctl.ocpp.asks.sessions import Stop
from cpoctl.ocpp.heard import BEGUN, ENDED

ORDER = 70
TITLE = "remote stop"
DISRUPTS = True
_WITHIN = 60.0


def check(bench: Bench) -> Verdict:
    """Stop the session that was started and wait for its end."""
    if bench.transaction_id is None:
        return skipped("no session was started")
    since = bench.mark()
    number = bench.transaction_id
    sessions = f"cpoctl session list --charger {bench.charger_id} --open    what is still open"
    reply = bench.call(Stop(transaction_id=number))
    if not reply.ok:
        return reply.refused()
    ended = bench.wait(lambda frame: frame.step is not None and frame.step.kind == ENDED, since, _WITHIN)
    if ended is None or ended.step is None:
        return failed("it accepted the stop, and the session goes on", sessions)
    told = ended.step.transaction_id
    if told != number:
        return failed(f"it stopped transaction {told} instead of {number}", "cpoctl session orphans    what fits none")
    return passed(f"transaction {number} ended{_energy(bench, ended)}")


def _energy(bench: Bench, ended: Frame) -> str:
    steps = [frame.step for frame in bench.heard() if frame.step and frame.step.transaction_id == bench.transaction_id]
    begin = next((step.register_wh for step in steps if step.kind == BEGUN), None)
    end = ended.step.register_wh if ended.step else None
    return f", {end - begin:.10g} Wh" if begin is not None and end is not None else ""
