"""The charger as a part of the grid: SetDERControl, GetDERControl, ClearDERControl. OCPP 2.1 R"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored
from cpoctl.simulator.answers import V21, Answer, because, status, table
from cpoctl.simulator.device.factory import DER_CONTROLS

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

FIELDS = {
    "EnterService": "enterService",
    "FixedPFAbsorb": "fixedPFAbsorb",
    "FixedPFInject": "fixedPFInject",
    "FixedVar": "fixedVar",
    "FreqDroop": "freqDroop",
    "Gradients": "gradient",
    "LimitMaxDischarge": "limitMaxDischarge",
}
"""Where a request holds a control of a kind; all others are curves."""
INNER = {"fixedPFAbsorb": "fixedPF", "fixedPFInject": "fixedPF"}
"""What a report calls a control, where it is not called as in the request."""
ALWAYS_THERE = ("enterService", "gradient")


def set_control(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take a control; one of the same kind gives way unless it comes first. R04"""
    kind, number = request["controlType"], request["controlId"]
    if kind not in DER_CONTROLS.split(",") or not any(outlet.v2x for outlet in charger.outlets.values()):
        return status("NotSupported")
    field = FIELDS.get(kind, "curve")
    if field not in request:
        return because("Rejected", "MissingParam")
    alike = [each for each in _alike(charger, request) if each["controlId"] != number]
    first = [each for each in alike if each[field]["priority"] < request[field]["priority"]]
    behind = [] if first else alike
    for each in behind:
        each["superseded"] = True
    charger.kept.der_controls[number] = {**request, "superseded": bool(first)}
    answer: dict[str, Any] = {"status": "Accepted"}
    if behind:
        answer["supersededIds"] = [each["controlId"] for each in behind][:24]
    return Answer(answer, None if request["isDefault"] or first else partial(_start, charger, number, answer))


def get_control(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Report controls. R05"""
    found = [each for each in charger.kept.der_controls.values() if _is_wanted(each, request)]
    if not found:
        return status("NotFound")
    return status("Accepted", partial(_report, charger, request["requestId"], found))


def clear_control(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Forget controls. R06"""
    controls = charger.kept.der_controls
    gone = [number for number, each in controls.items() if _is_wanted(each, request)]
    for number in gone:
        del controls[number]
    return status("Accepted" if gone else "NotFound")


def _alike(charger: "Controller", request: dict[str, Any]) -> list[dict[str, Any]]:
    same = ("controlType", "isDefault")
    controls = charger.kept.der_controls.values()
    return [each for each in controls if all(each[name] == request[name] for name in same) and not each["superseded"]]


def _is_wanted(control: dict[str, Any], asked: dict[str, Any]) -> bool:
    return all(asked.get(name) in (None, control[name]) for name in ("isDefault", "controlType", "controlId"))


async def _start(charger: "Controller", number: str, answer: dict[str, Any]) -> None:
    told = {"controlId": number, "started": True, "timestamp": stored(charger.time.now())}
    if "supersededIds" in answer:
        told["supersededIds"] = answer["supersededIds"]
    await charger.tell("NotifyDERStartStop", told)


async def _report(charger: "Controller", request_id: int, found: list[dict[str, Any]]) -> None:
    """Send a frame for each control, with how it is called in its field."""
    for number, control in enumerate(found, start=1):
        field = FIELDS.get(control["controlType"], "curve")
        row: dict[str, Any] = {"id": control["controlId"], INNER.get(field, field): control[field]}
        if field not in ALWAYS_THERE:
            row |= {"isDefault": control["isDefault"], "isSuperseded": control["superseded"]}
        if field == "curve":
            row["curveType"] = control["controlType"]
        frame = {"requestId": request_id, field: [row], "tbc": number < len(found)}
        if not await charger.tell("ReportDERControl", frame):
            return


ANSWERS = table(V21, {"SetDERControl": set_control, "GetDERControl": get_control, "ClearDERControl": clear_control})
