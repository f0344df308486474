"""Start: a session starts from afar with a car on the cable. OCPP 1.6 §5.11, §4.8 · OCPP 2.0.1 F01, F02, E01 to E03"""

from cpoctl.commissioning import Bench, Frame, Verdict, failed, passed, skipped
from cpoctl.ocpp.asks.sessions import Start
from cpoctl.ocpp.heard import BEGUN, Step, charges
from cpoctl.operations import new_request_id

ORDER = 60
TITLE = "remote start"
DISRUPTS = True
_START_WITHIN = 90.0
_CHARGE_WITHIN = 20.0


def check(bench: Bench) -> Verdict:
    """Have a car plugged in, start, and wait for the session."""
    where = f"{bench.charger_id}:{bench.evse_id}"
    if bench.tag is None:
        return skipped("no tag to start with", f"cpoctl commission {bench.charger_id} --tag TAG    one that may charge")
    if why := bench.ask(f"plug a car in at {where}"):
        return skipped(why, f"cpoctl commission {bench.charger_id} --yes    a car is or will be plugged in")
    since, number = bench.mark(), new_request_id()
    ask = Start(tag=bench.tag, remote_start_id=number, evse_id=bench.evse_id)
    reply = bench.call(ask)
    if not reply.ok:
        return reply.refused()
    begun = bench.wait(lambda frame: _begins(frame.step, number), since, _START_WITHIN)
    if begun is None or begun.step is None:
        wait = (
            f"cpoctl var get {bench.charger_id} {bench.variables('ConnectionTimeOut')}    how long it waits for a car"
        )
        return failed("it accepted the start, and no session began", wait)
    bench.transaction_id = begun.step.transaction_id
    status = _verdict(bench, begun, since)
    if status != "Accepted":
        return failed(
            f"transaction {bench.transaction_id} began and its tag was {status}",
            f"cpoctl tag list    {bench.tag} must be in it",
        )
    return _charging(bench, since)


def _begins(step: Step | None, number: int) -> bool:
    """Whether this is the session. One that began as the car was plugged in only takes the number later. E03, F02"""
    return step is not None and (step.kind == BEGUN or step.remote_start_id == number)


def _verdict(bench: Bench, begun: Frame, since: int) -> str | None:
    """What the tag was told to be: in 2.x perhaps with a later step of the session. E03"""
    transaction = begun.step.transaction_id if begun.step else None
    tells = begun if begun.step and begun.step.verdict else None
    tells = tells or bench.wait(
        lambda frame: bool(frame.step and frame.step.transaction_id == transaction and frame.step.verdict),
        since,
        _CHARGE_WITHIN,
    )
    return tells.step.verdict if tells and tells.step else None


def _charging(bench: Bench, since: int) -> Verdict:
    transaction, evse_id = bench.transaction_id or "", bench.evse_id
    charging = bench.wait(
        lambda frame: charges(frame.action, frame.payload, evse_id, transaction), since, _CHARGE_WITHIN
    )
    return passed(f"transaction {transaction} began" + ("; it charges" if charging else "; the car draws no power yet"))
