"""Strict: Calls that keep the standard are judged and read in one step.

From an action's official schema comes a struct type that decodes nothing but valid payloads, with the
fields of the tolerant one. What it takes needs no further look, and that is nearly every frame of a
sound charger; whatever it refuses goes the long way, which finds out what is wrong and mends it.
"""

import re
from typing import Annotated, Any, Final, Literal

import msgspec

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.frames import ReadCall

_ID_LENGTH: Final = 36
_Head = tuple[Literal[2], Annotated[str, msgspec.Meta(min_length=1, max_length=_ID_LENGTH)], str, msgspec.Raw]
_head = msgspec.json.Decoder(_Head).decode
_SIXTY_FOUR_BITS: Final = 2**63
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


_KEYWORDS: Final = frozenset(
    {
        "$schema",
        "$id",
        "$ref",
        "id",
        "title",
        "description",
        "comment",
        "javaType",
        "definitions",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "additionalItems",
        "minItems",
        "maxItems",
        "enum",
        "maxLength",
        "minimum",
        "maximum",
        "format",
    }
)


class Inexpressible(Exception):
    """A schema that says what a struct type cannot."""


class StrictReader:
    """Reads the Calls of one version."""

    def __init__(self, version: Version, actions: frozenset[str]) -> None:
        self._version = version
        self._decoders: dict[str, msgspec.json.Decoder[Any] | None] = {}
        self._actions = actions

    def call(self, data: bytes) -> ReadCall | None:
        """The Call with its struct, or None for any frame that is not simply a valid one."""
        if b"\\" in data:  # an escape may hide a control character or half a surrogate (F-15, F-16)
            return None
        try:
            _, message_id, action, content = _head(data)
            decoder = self._decoders[action] if action in self._decoders else self._made(action)
            return ReadCall(message_id, action, content, decoder.decode(content)) if decoder else None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def _made(self, action: str) -> "msgspec.json.Decoder[Any] | None":
        """The decoder of an action, made when first needed; None for an unknown one, which is not remembered."""
        if action not in self._actions:
            return None
        try:
            schema = schemas.schema(self._version, action)
            self._decoders[action] = msgspec.json.Decoder(_object(schema, action, schema))
        except (Inexpressible, KeyError):
            self._decoders[action] = None
        return self._decoders[action]


def _type(schema: dict[str, Any], name: str, root: dict[str, Any]) -> Any:
    if not schema.keys() <= _KEYWORDS:
        raise Inexpressible(name)
    if "$ref" in schema:
        path = schema["$ref"].removeprefix("#/").split("/")
        target = root
        for step in path:
            target = target[step]
        return _type(target, path[-1], root)
    match schema.get("type"):
        case "object":
            return _object(schema, name, root)
        case "array":
            limits = msgspec.Meta(min_length=schema.get("minItems"), max_length=schema.get("maxItems"))
            return Annotated[list[_type(schema["items"], name, root)], limits]  # type: ignore[misc] # made at run time
        case "string" if "enum" in schema:
            return Literal[tuple(schema["enum"])]
        case "string":
            return Annotated[str, msgspec.Meta(max_length=schema.get("maxLength"))]
        case "integer" if "enum" not in schema:
            least, most = schema.get("minimum", -_SIXTY_FOUR_BITS), schema.get("maximum", _SIXTY_FOUR_BITS - 1)
            return Annotated[int, msgspec.Meta(ge=least, le=most)]  # F-14
        case "boolean":
            return bool
    raise Inexpressible(name)


def _object(schema: dict[str, Any], name: str, root: dict[str, Any]) -> Any:
    required = set(schema.get("required", ()))
    names = {_WORD.sub("_", key).lower(): key for key in schema.get("properties", {})}
    fields: list[Any] = []
    for field, key in sorted(names.items(), key=lambda pair: pair[1] not in required):
        member = schema["properties"][key]
        absent: Any = [] if member.get("type") == "array" else None
        fields.append((field, _type(member, key, root), *(() if key in required else (absent,))))
    return msgspec.defstruct(
        name, fields, rename=names, forbid_unknown_fields=not schema.get("additionalProperties", True), frozen=True
    )
