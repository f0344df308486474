"""Describing: the OpenAPI of a derived endpoint, from the same declaration that it runs by."""

from typing import Any

import msgspec

from cpoctl.http.problems import MEDIA_TYPE
from cpoctl.http.reading import body_of
from cpoctl.operations import Operation, Query
from cpoctl.parameters import parameters
from cpoctl.routes import elsewhere, route

_REFERENCE = "#/components/schemas/{name}"
PROBLEM = {
    "type": "object",
    "required": ["title", "status", "code", "message", "hints"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "exit": {"type": "integer", "description": "the exit code of the command line"},
        "message": {"type": "string"},
        "target": {"type": ["string", "null"]},
        "hints": {"type": "array", "items": {"type": "string"}},
        "detail": {"type": "object", "description": "what explains it: a field, an outcome, the frames"},
    },
}


SNAPSHOT = """Chargers, their open sessions and the open alerts, all of one moment, without anything secret. Numbers are
Wh, W and percent; an EVSE's `energy_wh` is its meter's reading, at `metered_at`. `seq` and `order` are the places of the
newest event that it holds, `actor` and `role` are whoever asks, `written` are the chargers' names and notes."""
EVENTS = """Each message holds `seq`, `order`, `at`, `type`, `charger_id` and `data`. Stored events have a `seq`, value
changes (MeterChanged, TransactionTold, ChargersSeen) have none and are not told again. To follow the fleet without a gap
open the stream first, take a snapshot when the message `listening` comes, and leave out what has an `order` up to the
snapshot's, or without an `order` a `seq` up to its own. `order` counts from the server's start: after the stream has
ended take a new snapshot."""


def query(**parameters: str) -> dict[str, Any]:
    """What OpenAPI says of optional parameters in the query string, by their meaning."""
    text = {"in": "query", "required": False, "schema": {"type": "string"}}
    return {"parameters": [{"name": name, "description": meaning} | text for name, meaning in parameters.items()]}


def schemas(kinds: list[type[Operation]]) -> dict[str, Any]:
    """The component schemas of all rows and bodies."""
    remarks = {kind.remarks for kind in kinds if issubclass(kind, Query) and kind.remarks}
    rows = list({kind.row for kind in kinds} | remarks)
    bodies = [body_of(kind.__name__, elsewhere(kind)) for kind in kinds if route(kind).has_body]
    _, components = msgspec.json.schema_components([*rows, *bodies], ref_template=_REFERENCE)
    return components | {"Problem": PROBLEM}


def description(kind: type[Operation]) -> dict[str, Any]:
    """What OpenAPI says of an endpoint beside its path."""
    row = {"$ref": _REFERENCE.format(name=kind.row.__name__)}
    answer = _answer(kind, row)
    told: dict[str, Any] = {
        "parameters": _parameters(kind),
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": answer}}},
            "default": {
                "description": "A problem",
                "content": {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(name="Problem")}}},
            },
        },
        "x-cpoctl-command": f"cpoctl {kind.path}",
        "x-cpoctl-role": str(kind.role),
    }
    if route(kind).has_body:
        name = f"{kind.__name__}Input"
        needed = any(parameter.required for parameter in elsewhere(kind))
        schema = {"$ref": _REFERENCE.format(name=name)}
        told["requestBody"] = {"required": needed, "content": {"application/json": {"schema": schema}}}
    return told


def _answer(kind: type[Operation], row: dict[str, Any]) -> dict[str, Any]:
    rows = {"type": "array", "items": row}
    if not issubclass(kind, Query) or not kind.remarks:
        return rows if issubclass(kind, Query) and kind.many else row
    remarks = {"type": "array", "items": {"$ref": _REFERENCE.format(name=kind.remarks.__name__)}}
    complete = {
        "type": "boolean",
        "description": "whether all data of the period is there; the remarks tell what is missing",
    }
    told = {"complete": complete, "remarks": remarks, "rows": rows}
    return {"type": "object", "required": list(told), "properties": told}


def _parameters(kind: type[Operation]) -> list[dict[str, Any]]:
    at = route(kind)
    return [
        {
            "name": parameter.name,
            "in": "path" if parameter.name in at.fields else "query",
            "required": parameter.required or parameter.name in at.fields,
            "description": parameter.mark.help,
            "schema": msgspec.json.schema(parameter.type),
        }
        for parameter in parameters(kind)
        if parameter.name in at.fields or not at.has_body
    ]
