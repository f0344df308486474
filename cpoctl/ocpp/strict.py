"""Strict: Calls that keep the standard are judged and read in one step.

From an action's official schema comes a struct type that decodes nothing but valid payloads, with the
fields of the tolerant one. What it takes needs no further look, and that is nearly every frame of a
sound charger; whatever it refuses goes the long way, which finds out what is wrong and mends it.
"""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, get_args, get_origin

import msgspec

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.frames import ID_LENGTH
from cpoctl.ocpp.messages import SEND, ReadCall
from cpoctl.ocpp.reading import alternatives, shape

_MessageId = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LENGTH)]
_head = msgspec.json.Decoder(tuple[Literal[2], _MessageId, str, msgspec.Raw]).decode
_head_of_21 = msgspec.json.Decoder(tuple[Literal[2, 6], _MessageId, str, msgspec.Raw]).decode
_SIXTY_FOUR_BITS: Final = 2**63
_LARGEST_NUMBER: Final = 2.0**62  # beyond it a number may be an integer of more than 64 bits
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_REMARKS: Final = frozenset({"$schema", "$id", "id", "title", "description", "comment", "javaType", "default"})
_KEYWORDS: Final = _REMARKS | {
    "$ref",
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


class Inexpressible(Exception):
    """A schema that says what a struct type cannot."""


class StrictReader:
    """Reads the Calls of one version; `structs` are the tolerant ones of its actions."""

    def __init__(self, version: Version, structs: Mapping[str, type[msgspec.Struct]]) -> None:
        self._version = version
        self._head = _head_of_21 if version is Version.V21 else _head
        self._decoders: dict[str, msgspec.json.Decoder[Any] | None] = {}
        self._structs = structs

    def call(self, data: bytes) -> ReadCall | None:
        """The Call with its struct, or None for any frame that is not simply a valid one."""
        if b"\\" in data:  # an escape may hide a control character or half a surrogate (F-15, F-16)
            return None
        try:
            kind, message_id, action, content = self._head(data)
            decoder = self._decoders[action] if action in self._decoders else self._made(action)
            if decoder is None:
                return None
            return ReadCall(message_id, action, content, decoder.decode(content), kind == SEND)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def _made(self, action: str) -> "msgspec.json.Decoder[Any] | None":
        """The decoder of an action, made when first needed; None for an unknown one, which is not remembered."""
        if action not in self._structs:
            return None
        try:
            schema = schemas.schema(self._version, action)
            declared = _Types(schema).of(schema, action, self._structs[action])
            self._decoders[action] = msgspec.json.Decoder(declared, dec_hook=_judged)
        except (Inexpressible, KeyError):
            self._decoders[action] = None
        return self._decoders[action]


class _Types:
    """The types of one action's schema; `hint` is how the tolerant struct has a part, None where it leaves it out."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._known: dict[tuple[str, Any], Any] = {}

    def of(self, schema: dict[str, Any], name: str, hint: Any) -> Any:
        """The type that takes what the schema allows. Raises Inexpressible."""
        if not schema.keys() <= _KEYWORDS:
            raise Inexpressible(name)
        if "$ref" in schema:
            return self._referred(schema["$ref"], hint)
        match schema.get("type"):
            case "object":
                return self._object(schema, name, hint)
            case "array":
                limits = msgspec.Meta(min_length=schema.get("minItems"), max_length=schema.get("maxItems"))
                item = self.of(schema["items"], name, _item(hint))
                return Annotated[list[item], limits]  # type: ignore[valid-type] # made at run time
            case "string" if "enum" in schema:
                return Literal[tuple(schema["enum"])]
            case "string":
                return Annotated[str, msgspec.Meta(max_length=schema.get("maxLength"))]
            case "integer" if "enum" not in schema:
                least, most = schema.get("minimum", -_SIXTY_FOUR_BITS), schema.get("maximum", _SIXTY_FOUR_BITS - 1)
                return Annotated[int, msgspec.Meta(ge=math.ceil(least), le=math.floor(most))]  # F-14
            case "number" if "enum" not in schema:
                least, most = schema.get("minimum", -_LARGEST_NUMBER), schema.get("maximum", _LARGEST_NUMBER)
                return Annotated[float, msgspec.Meta(ge=least, le=most)]  # F-07, F-14
            case "boolean":
                return bool
            case None if schema.keys() <= _REMARKS:
                return _PLAIN
        raise Inexpressible(name)

    def _referred(self, path: str, hint: Any) -> Any:
        known = (path, hint)
        if known not in self._known:
            target, steps = self._root, path.removeprefix("#/").split("/")
            for step in steps:
                target = target[step]
            self._known[known] = self.of(target, steps[-1], hint)
        return self._known[known]

    def _object(self, schema: dict[str, Any], name: str, hint: Any) -> Any:
        wanted = alternatives(hint)[0]
        read = {field.key: field for field in shape(wanted).fields} if hasattr(wanted, "__struct_fields__") else {}
        required, members = set(schema.get("required", ())), schema.get("properties", {})
        # What only a later version has is absent from every message of this one.
        absentees = {field.name: _absent(field.hint) for key, field in read.items() if key not in members}
        names: dict[str, str] = {}
        fields: list[Any] = []
        for key, member in sorted(members.items(), key=lambda pair: pair[0] not in required):
            field = read[key].name if key in read else _WORD.sub("_", key).lower()
            absent: Any = [] if member.get("type") == "array" else None
            type_ = self.of(member, key, read[key].hint if key in read else None)
            names[field] = key
            fields.append((field, type_, *(() if key in required else (absent,))))
        whole = not schema.get("additionalProperties", True)
        struct = msgspec.defstruct(
            name, fields, rename=names, namespace=absentees, forbid_unknown_fields=whole, frozen=True, gc=False
        )
        return struct if whole and wanted is not Any else _Anything(name, (_Part,), {"judges": struct, "whole": whole})


def _item(hint: Any) -> Any:
    """How the tolerant struct has the items of a list."""
    wanted = alternatives(hint)[0]
    return get_args(wanted)[0] if get_origin(wanted) is list else wanted


def _absent(hint: Any) -> list[Any] | None:
    return [] if get_origin(alternatives(hint)[0]) is list else None


class _Anything(type):
    """Makes every value an instance: what was checked is taken as it is."""

    def __instancecheck__(cls, value: object) -> bool:
        return True


class _Part(metaclass=_Anything):
    """A part that is judged and then left as it was sent: nobody looks into it, or it may have further fields (customData)."""

    judges: ClassVar[type[msgspec.Struct]]
    whole: ClassVar[bool]


def _judged(part: type[_Part], value: Any) -> Any:
    msgspec.convert(value, part.judges, dec_hook=_judged)
    if not part.whole:
        msgspec.convert({"part": value}, _Plain)
    return value


def _plain(levels: int) -> Any:
    """The type of anything that can be kept as it is: not deeper, and no integer larger, than any reader takes."""  # F-05, F-14
    scalar = None | bool | Annotated[int, msgspec.Meta(ge=-_SIXTY_FOUR_BITS, le=_SIXTY_FOUR_BITS - 1)] | float | str
    if levels == 0:
        return scalar
    inner = _plain(levels - 1)
    return scalar | list[inner] | dict[str, inner]  # type: ignore[valid-type] # made at run time


_PLAIN: Final = _plain(6)
_Plain = msgspec.defstruct("_Plain", [("part", _PLAIN)])  # msgspec prepares a struct type once, any other each time
