"""Meter: the charger sends meter values with its energy register. OCPP 1.6 §4.7, §5.17 · OCPP 2.0.1 J01, F06"""

from cpoctl.commissioning import Bench, Frame, Verdict, failed, passed, skipped
from cpoctl.ocpp.asks.chargers import Trigger
from cpoctl.ocpp.heard import ENERGY, readings

ORDER = 30
TITLE = "meter values"
DISRUPTS = False
_WITHIN = 20.0


def check(bench: Bench) -> Verdict:
    """Ask for meter values and look for the energy register."""
    since = bench.mark()
    reply = bench.call(Trigger(message="MeterValues", evse_id=bench.evse_id))
    if reply.cannot or reply.status == "Rejected":
        return skipped(f"they cannot be asked for ({reply.status}); a session shows whether they come", *reply.tries)
    if not reply.ok:
        return reply.refused("TriggerMessage of MeterValues")
    frame = bench.wait(_measures, since, _WITHIN)
    if frame is None:
        return failed("it promised meter values, and none came", what_is_set(bench))
    told = list(readings(frame.payload))
    if not any(name.startswith(ENERGY) for name, _ in told):
        return failed(f"no {ENERGY} in them, without which no energy is known: {_said(told)}", what_is_set(bench))
    return passed(_said(told))


def what_is_set(bench: Bench) -> str:
    """The command that shows what is measured, and how often."""
    names = bench.variables("MeterValuesSampledData", "MeterValueSampleInterval")
    return f"cpoctl var get {bench.charger_id} {names}    what it is set to"


def _measures(frame: Frame) -> bool:
    """Whether these are meter values. While a car charges some tell them of its transaction. F06"""
    return frame.action == "MeterValues" or (frame.action == "TransactionEvent" and any(readings(frame.payload)))


def _said(told: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {value}" for name, value in told[:4]) or "nothing in them"
