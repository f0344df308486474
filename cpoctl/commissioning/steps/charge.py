"""Charge: meter values come by themselves while the session runs, and name it. OCPP 1.6 §4.7 · OCPP 2.0.1 J02"""

from cpoctl.commissioning import Bench, Frame, Verdict, failed, passed, skipped
from cpoctl.commissioning.steps.meter import what_is_set
from cpoctl.ocpp.heard import place, readings

ORDER = 65
TITLE = "meter values while charging"
DISRUPTS = True
_WITHIN = 150.0


def check(bench: Bench) -> Verdict:
    """Wait for meter values that nobody asked for (evcc#28539: settings accepted, and none come)."""
    if bench.transaction_id is None:
        return skipped("no session was started")
    frame = bench.wait(lambda frame: _is_of(bench, frame), bench.mark(), _WITHIN)
    if frame is None:
        return failed("none came while the session ran", what_is_set(bench))
    said = ", ".join(f"{name} {value}" for name, value in list(readings(frame.payload))[:4])
    if not _names(bench, frame):
        return passed(f"{said}; they do not name the session, and are matched by EVSE")
    return passed(said)


def _is_of(bench: Bench, frame: Frame) -> bool:
    if frame.action == "MeterValues":
        return place(frame.payload) == bench.evse_id
    return _names(bench, frame) and any(readings(frame.payload))


def _names(bench: Bench, frame: Frame) -> bool:
    return frame.step is not None and frame.step.transaction_id == bench.transaction_id
