"""Tasks over HTTP: one operation on many targets, begun here and followed by its number."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from cpoctl.http import ServerFace
from cpoctl.http.callers import Caller, caller, permit
from cpoctl.http.problems import wrong
from cpoctl.http.reading import body_of, members, must_fit
from cpoctl.operations import Act
from cpoctl.operations.charger.pick import PickChargers
from cpoctl.operations.task import Order, Plan
from cpoctl.parameters import Parameter, aimed, named, parameters, targeted
from cpoctl.routes import PREFIX
from cpoctl.table import record
from cpoctl.targets import Selection

TARGETS_MOST = 10_000
_SELECTORS = tuple(parameter.name for parameter in parameters(Selection))


class _Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body. `targets` are words of the targets grammar, `select` narrows them down or chooses among all."""

    operation: str
    given: msgspec.Raw = msgspec.Raw(b"{}")
    targets: tuple[str, ...] = ()
    select: msgspec.Raw = msgspec.Raw(b"{}")
    plan: msgspec.Raw = msgspec.Raw(b"{}")
    dry_run: bool = False


_PLAN = body_of("Plan", parameters(Plan))
_SELECT = body_of("Select", [p for p in parameters(PickChargers) if p.name in (*_SELECTORS, "all")])


def add_tasks(app: FastAPI, server: ServerFace) -> None:
    """`POST /v1/tasks`: its answer tells the task's number and its targets, or for a dry run the frames."""

    @app.post(
        f"{PREFIX}/tasks",
        tags=["task"],
        summary="Do one operation on many targets.",
        response_model=None,
        openapi_extra=_described(),
    )
    async def start(request: Request) -> Response:
        done = await _done(members(await request.body(), _Asked), caller(request.scope), server)
        return Response(json.dumps(done), media_type="application/json")


def _described() -> dict[str, Any]:
    """The body as OpenAPI has it; what an operation is given its own endpoint describes."""
    texts = {
        "operation": {"type": "string", "description": "the command: charger reset"},
        "given": {"type": "object", "description": "its parameters without the target"},
        "targets": {"type": "array", "items": {"type": "string"}, "description": "ids, CHARGER:EVSE, globs"},
        "select": _object(p for p in parameters(PickChargers) if p.name in (*_SELECTORS, "all")),
        "plan": _object(parameters(Plan)),
        "dry_run": {"type": "boolean", "description": "tell the frames and send nothing"},
    }
    schema = {"type": "object", "required": ["operation"], "properties": texts, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _object(known: Iterable[Parameter]) -> dict[str, Any]:
    members = {p.name: msgspec.json.schema(p.type) | {"description": p.mark.help} for p in known}
    return {"type": "object", "properties": members, "additionalProperties": False}


async def _done(asked: dict[str, Any], who: Caller, server: ServerFace) -> dict[str, Any]:
    kind = named(asked["operation"])
    if kind is None or not issubclass(kind, Act):
        raise wrong(f"there is no act {asked['operation']}", "operation")
    permit(who, kind.role)
    parameter = targeted(kind)
    if parameter is None and not asked["dry_run"]:
        raise wrong(f"{kind.path} is no operation that takes many targets", "operation")
    known = [p for p in parameters(kind) if parameter is None or p.name != parameter.name]
    given = members(asked["given"].encode(), body_of(kind.__name__, known))
    must_fit(known, given)
    plan = Plan(**members(asked["plan"].encode(), _PLAN))
    permit(who, aimed(kind, given, "").role_now())  # no target changes what it wants
    words = await _targets(asked, kind, parameter, server) if parameter else [""]
    if asked["dry_run"] and parameter is None and (preview := kind(**given).preview(server.clock.now())) is not None:
        return {"frames": [], "preview": record(await server.query(preview))}
    if asked["dry_run"]:
        acts = [aimed(kind, given, word) for word in words]
        return {"frames": [record(row) for act in acts for row in await server.rehearse(act, who.actor, who.role)]}
    return {"task_id": await server.start(Order(kind, given, words, plan, who.actor)), "targets": words}


async def _targets(asked: dict[str, Any], kind: type[Act], parameter: Parameter, server: ServerFace) -> list[str]:
    if len(asked["targets"]) > TARGETS_MOST:
        raise wrong(f"a task has {TARGETS_MOST} targets at the most", "targets")
    if parameter.kind != "charger":
        return list(asked["targets"]) or [""]
    chosen = PickChargers(
        targets=asked["targets"], waiting=kind.of_waiting, **members(asked["select"].encode(), _SELECT)
    )
    return [row.target for row in await server.query(chosen)]
