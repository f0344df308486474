"""Charge: meter values come by themselves while the session runs, and name it. OCPP 1.6 §4.7"""

from cpoctl.commissioning import Bench, Verdict, failed, passed, skipped
from cpoctl.commissioning.steps.meter import readings

ORDER = 65
TITLE = "meter values while charging"
DISRUPTS = True
_WITHIN = 150.0


def check(bench: Bench) -> Verdict:
    """Wait for meter values that nobody asked for (evcc#28539: settings accepted, and none come)."""
    if bench.transaction_id is None:
        return skipped("no session was started")
    settings = f"cpoctl var get {bench.charger_id} MeterValueSampleInterval MeterValuesSampledData    what it is set to"
    frame = bench.wait("MeterValues", bench.mark(), _WITHIN, connectorId=bench.evse_id)
    if frame is None:
        return failed("none came while the session ran", settings)
    said = ", ".join(f"{name} {value}" for name, value in list(readings(frame.payload))[:4])
    if frame.payload.get("transactionId") != bench.transaction_id:
        return passed(f"{said}; they do not name the session, and are matched by EVSE")
    return passed(said)
