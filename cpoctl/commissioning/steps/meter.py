"""Meter: the charger sends meter values with its energy register. OCPP 1.6 §4.7, §5.17"""

from collections.abc import Iterator, Mapping
from typing import Any

from cpoctl.commissioning import Bench, Verdict, failed, passed, skipped

ORDER = 30
TITLE = "meter values"
DISRUPTS = False
ENERGY = "Energy.Active.Import.Register"
_WITHIN = 20.0


def check(bench: Bench) -> Verdict:
    """Ask for meter values and look for the energy register."""
    since = bench.mark()
    reply = bench.call("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": bench.evse_id})
    if reply.cannot or reply.status == "Rejected":
        return skipped(f"they cannot be asked for ({reply.status}); a session shows whether they come", *reply.tries)
    if not reply.ok:
        return reply.refused("TriggerMessage of MeterValues")
    frame = bench.wait("MeterValues", since, _WITHIN)
    settings = f"cpoctl var get {bench.charger_id} MeterValuesSampledData MeterValueSampleInterval    what it is set to"
    if frame is None:
        return failed("it promised meter values, and none came", settings)
    told = list(readings(frame.payload))
    if not any(name.startswith(ENERGY) for name, _ in told):
        return failed(f"no {ENERGY} in them, without which no energy is known: {_said(told)}", settings)
    return passed(_said(told))


def readings(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each sampled value as its measurand, with the phase it is of, and its value with the unit."""
    for value in each(payload.get("meterValue")):
        for sample in each(value.get("sampledValue")):
            phase = f" {sample['phase']}" if sample.get("phase") else ""
            name = f"{sample.get('measurand', ENERGY)}{phase}"
            yield name, f"{sample.get('value')} {sample.get('unit', '')}".strip()


def each(value: Any) -> list[Mapping[str, Any]]:
    """A list of objects; some send the object alone (ha#1144)."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def _said(told: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {value}" for name, value in told[:4]) or "nothing in them"
