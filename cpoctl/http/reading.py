"""Reading a request into an operation: path, query string and JSON body, each field by its declared type."""

from collections.abc import Iterable
from math import isfinite
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request

from cpoctl.errors import nearest
from cpoctl.http.problems import wrong
from cpoctl.operations import JsonText, Operation
from cpoctl.parameters import Parameter, parameters
from cpoctl.routes import elsewhere, route

_OF_ROWS = ("limit", "last")
_TOO_MUCH = 1 << 63  # more than the database can hold


class Reader:
    """Reads the requests of one operation's endpoint."""

    def __init__(self, kind: type[Operation]) -> None:
        self._kind = kind
        self._in_path = {p.name: p for p in parameters(kind) if p.name in route(kind).fields}
        self._elsewhere = {p.name: p for p in elsewhere(kind)}
        self._has_body = route(kind).has_body
        self.body = body_of(kind.__name__, elsewhere(kind))

    async def read(self, request: Request) -> Operation:
        """The operation that a request asks for. Raises UsageProblem that names the field."""
        values = {name: _path_value(p, request.path_params[name]) for name, p in self._in_path.items()}
        values |= self._from_body(await request.body()) if self._has_body else self._from_query(request)
        must_fit((*self._in_path.values(), *self._elsewhere.values()), values)
        return self._kind(**values)

    def _from_query(self, request: Request) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in request.query_params:
            if name not in self._elsewhere:
                raise wrong(f"unknown parameter {name}{nearest(name, self._elsewhere)}", name)
            parameter = self._elsewhere[name]
            texts = request.query_params.getlist(name)
            if len(texts) > 1 and not parameter.many:
                raise wrong(f"{name} is given twice", name)
            values[name] = _converted(parameter, texts if parameter.many else texts[0])
        for name, parameter in self._elsewhere.items():
            if parameter.required and name not in values:
                raise wrong(f"{name} is missing", name)
        return values

    def _from_body(self, body: bytes) -> dict[str, Any]:
        return members(body, self.body)


def members(body: bytes, form: type[msgspec.Struct]) -> dict[str, Any]:
    """The members of a JSON object that were given. Raises UsageProblem that names the field."""
    known = form.__struct_fields__
    try:
        read = msgspec.json.decode(body or b"{}", type=form)
    except msgspec.ValidationError as error:
        raise _told(str(error), list(known)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise wrong(f"the body is not JSON: {error}") from error
    found = ((name, getattr(read, name)) for name in known)
    return {name: _text(name, value) for name, value in found if value is not msgspec.UNSET}


def must_fit(known: Iterable[Parameter], values: dict[str, Any]) -> None:
    """Raise UsageProblem for a value that cannot be meant whatever else is given."""
    for parameter in known:
        if problem := parameter.problem(values.get(parameter.name)):
            raise wrong(f"{parameter.name} {problem}", parameter.name)


def body_of(name: str, known: Iterable[Parameter]) -> type[msgspec.Struct]:
    """The struct of an object with these parameters as members."""
    return msgspec.defstruct(f"{name}Input", [_member(p) for p in known], kw_only=True, forbid_unknown_fields=True)


def _member(parameter: Parameter) -> tuple[str, Any] | tuple[str, Any, Any]:
    hint: Any = msgspec.Raw if isinstance(parameter.mark, JsonText) else parameter.type
    described = Annotated[hint, msgspec.Meta(description=parameter.mark.help)]
    if parameter.required:
        return (parameter.name, described)
    return (parameter.name, described | msgspec.UnsetType, msgspec.UNSET)


def _text(name: str, value: Any) -> Any:
    """A value as the operation takes it; JSON as it was written. Raises UsageProblem for what is no UTF-8 in it."""
    try:
        return bytes(value).decode() if isinstance(value, msgspec.Raw) else value
    except UnicodeDecodeError as error:
        raise wrong(f"{name} is not UTF-8: {error.reason} at position {error.start}", name) from error


def _path_value(parameter: Parameter, text: str) -> Any:
    try:
        return _converted(parameter, unquote(text, errors="strict"))
    except UnicodeDecodeError as error:
        raise wrong(f"{parameter.name} is not UTF-8", parameter.name) from error


def _converted(parameter: Parameter, given: "str | list[str]") -> Any:
    """A text as the parameter's type; only a parameter that is no text reads `null`, `true` or `12` as such."""
    is_text = parameter.scalar is str
    wanted = (tuple[str, ...] if parameter.many else str) if is_text else parameter.type
    try:
        value = msgspec.convert(given, wanted, strict=is_text)
    except msgspec.ValidationError as error:
        raise wrong(f"{parameter.name}: {_lowered(str(error))}", parameter.name) from error
    if isinstance(value, float) and not isfinite(value):
        raise wrong(f"{parameter.name}: {given} is no number", parameter.name)
    if parameter.name in _OF_ROWS and isinstance(value, int) and not 0 <= value < _TOO_MUCH:
        raise wrong(f"{parameter.name}: {value} is {'less than 0' if value < 0 else 'too much'}", parameter.name)
    return value


def _told(message: str, known: list[str]) -> Exception:
    """The judge's words with the field named first."""
    what, _, where = message.partition(" - at `$")
    field = where.strip("`.") or None
    if what.startswith(("Object contains unknown field", "Object missing required field")):
        field = what.split("`")[1]
        if "unknown" in what:
            return wrong(f"unknown field {field}{nearest(field, known)}", field)
        return wrong(f"{field} is missing", field)
    return wrong(f"{field or 'the body'}: {_lowered(what)}", field)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
