"""Start: a session starts from afar with a car on the cable. OCPP 1.6 §5.11, §4.8"""

from cpoctl.commissioning import Bench, Verdict, failed, passed, skipped

ORDER = 60
TITLE = "remote start"
DISRUPTS = True
_START_WITHIN = 90.0
_CHARGE_WITHIN = 20.0


def check(bench: Bench) -> Verdict:
    """Have a car plugged in, start, and wait for the StartTransaction."""
    where = f"{bench.charger_id}:{bench.evse_id}"
    if bench.tag is None:
        return skipped("no tag to start with", f"cpoctl commission {bench.charger_id} --tag TAG    one that may charge")
    if why := bench.ask(f"plug a car in at {where}"):
        return skipped(why, f"cpoctl commission {bench.charger_id} --yes    a car is or will be plugged in")
    since = bench.mark()
    reply = bench.call("RemoteStartTransaction", {"connectorId": bench.evse_id, "idTag": bench.tag})
    if not reply.ok:
        return reply.refused("RemoteStartTransaction")
    frame = bench.wait("StartTransaction", since, _START_WITHIN)
    if frame is None:
        wait = f"cpoctl var get {bench.charger_id} ConnectionTimeOut    how long it waits for a car"
        return failed("it accepted the start, and no session began", wait)
    number, info = frame.answer.get("transactionId"), frame.answer.get("idTagInfo")
    bench.transaction_id = number if isinstance(number, int) else None
    status = info.get("status") if isinstance(info, dict) else None
    if status != "Accepted":
        return failed(
            f"session {number} began and its tag was {status}", f"cpoctl tag list    {bench.tag} must be in it"
        )
    charging = bench.wait("StatusNotification", since, _CHARGE_WITHIN, connectorId=bench.evse_id, status="Charging")
    return passed(f"session {number} began" + ("; it charges" if charging else "; the car draws no power yet"))
