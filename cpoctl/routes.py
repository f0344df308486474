"""Routes: how an operation and an HTTP request turn into each other.

`POST /chargers/{charger}/reset`: the fields that the path names are in the path, percent-encoded; the
others are the query string of a GET or DELETE, else members of the JSON body. A JsonText stands in the
body as the caller wrote it.
"""

import json
import re
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from cpoctl.operations import JsonText, Operation
from cpoctl.parameters import Parameter, parameters
from cpoctl.table import record

PREFIX = "/v1"
CONTENTS = f"{PREFIX}/contents"
"""Where the bytes of a file are handed over, by PUT: no operation has them as a parameter."""
_FIELD = re.compile(r"\{(\w+)\}")


class Route(NamedTuple):
    """A method and a path with `{field}` in it."""

    method: str
    path: str

    @property
    def fields(self) -> list[str]:
        """The fields that stand in the path."""
        return _FIELD.findall(self.path)

    @property
    def has_body(self) -> bool:
        """Whether the other fields are members of a JSON body."""
        return self.method not in ("GET", "DELETE")


def route(operation: type[Operation]) -> Route:
    """The route that an operation declares."""
    method, _, path = operation.route.partition(" ")
    return Route(method, PREFIX + path)


def elsewhere(operation: type[Operation]) -> list[Parameter]:
    """The parameters that stand in the query string or the body."""
    in_path = route(operation).fields
    return [parameter for parameter in parameters(operation) if parameter.name not in in_path]


class Filled(NamedTuple):
    """A request that says one invocation of an operation."""

    method: str
    target: str
    body: bytes | None


def filled(operation: Operation) -> Filled:
    """The request of this invocation."""
    kind = type(operation)
    at = route(kind)
    path = _FIELD.sub(lambda field: quote(_word(getattr(operation, field[1])), safe=""), at.path)
    given = [(p, getattr(operation, p.name)) for p in elsewhere(kind)]
    given = [(parameter, value) for parameter, value in given if value is not None]
    if at.has_body:
        return Filled(at.method, path, _body(given))
    pairs = [(p.name, [_word(item) for item in value] if p.many else _word(value)) for p, value in given]
    return Filled(at.method, f"{path}?{urlencode(pairs, doseq=True)}" if pairs else path, None)


def members(kind: type[Operation], values: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """A task's body with what the operation was given; JSON text stands in it as a value."""
    marks = {parameter.name: parameter.mark for parameter in parameters(kind)}
    given = {
        name: json.loads(value) if isinstance(marks[name], JsonText) else record(value)
        for name, value in values.items()
    }
    return {**body, "given": given}


def asked(kind: type[Operation], values: dict[str, Any], body: dict[str, Any]) -> Filled:
    """The request of a task: what the operation was given, beside what is said of its targets."""
    given = _body([(parameter, values[parameter.name]) for parameter in parameters(kind) if parameter.name in values])
    return Filled("POST", f"{PREFIX}/tasks", json.dumps(body).encode()[:-1] + b',"given":' + given + b"}")


def _body(given: list[tuple[Parameter, Any]]) -> bytes:
    members = (
        f'"{p.name}":{value if isinstance(p.mark, JsonText) else json.dumps(record(value))}' for p, value in given
    )
    return ("{" + ",".join(members) + "}").encode("utf-8", "surrogatepass")


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
