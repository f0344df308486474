"""The device model on request: GetVariables, SetVariables, GetBaseReport, GetReport. OCPP 2.0.1 B05 to B08"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V2, Answer, status, table
from cpoctl.simulator.device import WRITE_ONLY, Variable
from cpoctl.simulator.reporting import report

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

ACTUAL = "Actual"


def get_variables(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell what each variable holds. B06"""
    return Answer({"getVariableResult": [_told(charger, asked) for asked in request["getVariableData"]]})


def set_variables(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take each value; some take effect at once. B05"""
    results, afterwards = [], None
    for asked in request["setVariableData"]:
        result, then = _taken(charger, asked)
        results.append(result)
        afterwards = then or afterwards
    return Answer({"setVariableResult": results}, afterwards)


def get_base_report(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Report the whole model, what can be set, or how it is. B07"""
    return _reported(charger, request["requestId"], charger.device.inventory(request["reportBase"]))


def get_report(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Report what was asked for. B08"""
    wanted, criteria = request.get("componentVariable", []), request.get("componentCriteria", [])
    return _reported(charger, request["requestId"], charger.device.chosen(wanted, criteria, charger))


def _reported(charger: "Controller", request_id: int, variables: list[Variable]) -> Answer:
    if not variables:
        return status("EmptyResultSet")
    rows = [variable.reported(charger) for variable in variables]
    return status("Accepted", partial(report, charger, "NotifyReport", request_id, "reportData", rows))


def _told(charger: "Controller", asked: dict[str, Any]) -> dict[str, Any]:
    result = _named(asked)
    found = charger.device.find(asked["component"], asked["variable"])
    if isinstance(found, str):
        return {"attributeStatus": found, **result}
    if asked.get("attributeType", ACTUAL) != ACTUAL:
        return {"attributeStatus": "NotSupportedAttributeType", **result}
    if found.mutability == WRITE_ONLY:
        why = {"reasonCode": "WriteOnly"}
        return {"attributeStatus": "Rejected", "attributeStatusInfo": why, **result}
    return {"attributeStatus": "Accepted", "attributeValue": found.readable(charger), **result}


def _taken(charger: "Controller", asked: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    result, value = _named(asked), str(asked["attributeValue"])
    found = charger.device.find(asked["component"], asked["variable"])
    if isinstance(found, str):
        return {"attributeStatus": found, **result}, None
    if asked.get("attributeType", ACTUAL) != ACTUAL:
        return {"attributeStatus": "NotSupportedAttributeType", **result}, None
    said = found.write(charger, value)
    if said == "Rejected":
        why = {"reasonCode": "ReadOnly" if found.mutability == "ReadOnly" else "InvalidValue"}
        return {"attributeStatus": said, "attributeStatusInfo": why, **result}, None
    return {"attributeStatus": said, **result}, _effect(charger, found.key, value)


def _effect(charger: "Controller", key: str, value: str) -> Any:
    """Let a setting take effect at once; give what follows after the answer."""
    match key:
        case "HeartbeatInterval":
            charger.set_heartbeat(int(value))
        case "ClockAlignedDataInterval":
            charger.sampling.align(int(value))
        case "AuthorizationKey":  # A01: the new password is used from the next connection on
            charger.password = value.encode()
            return charger.redial
        case _:
            pass
    return None


def _named(asked: dict[str, Any]) -> dict[str, Any]:
    return {"attributeType": asked.get("attributeType", ACTUAL)} | {
        name: asked[name] for name in ("component", "variable")
    }


ANSWERS = table(
    V2,
    {
        "GetVariables": get_variables,
        "SetVariables": set_variables,
        "GetBaseReport": get_base_report,
        "GetReport": get_report,
    },
)
