"""In words: the fields of a message, and what each of them means as far as it is known."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

from cpoctl import knowledge
from cpoctl.ocpp import Version, heard, schemas, settings
from cpoctl.table import Column, local, span

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_NAMED = re.compile(r"^.*?urn:\S+\s*", re.DOTALL)
_SENTENCE = re.compile(r"(.+?)(?:\.\s|\.?$)", re.DOTALL)
_LONGEST = 160
_OF_STATUS = ("status", "attributeStatus")
_KILO = 1000


@dataclass(frozen=True)
class FieldRow:
    """A field of a message."""

    field: Annotated[str, Column("FIELD")]
    value: Annotated[Any, Column("VALUE")]
    means: Annotated[str | None, Column("MEANS")]


class Message(NamedTuple):
    """What a payload is of. `to_charger`: the Call came from the server, so that its answer is the charger's."""

    action: str | None
    version: Version
    is_answer: bool
    to_charger: bool

    @property
    def schema(self) -> Mapping[str, Any]:
        """Its official schema; nothing for what the standard does not have."""
        try:
            return schemas.schema(self.version, self.action or "", self.is_answer)
        except KeyError:
            return {}


def fields_of(payload: Any, message: Message) -> list[FieldRow]:
    """Each field of a payload."""
    return list(_Walk(message, message.schema).rows(payload))


def of_error(code: str, description: str, details: Any, message: Message) -> list[FieldRow]:
    """The fields of a CallError."""
    meaning = knowledge.meaning("any", code) if message.to_charger or message.action is None else None
    told = FieldRow("errorCode", code, meaning.means if meaning else None)
    said = FieldRow("errorDescription", description, knowledge.word("field", "errorDescription"))
    return [told, said, *_Walk(message, {}).rows(details, "errorDetails")]


class _Walk:
    """Goes through a payload with the schema at its side."""

    def __init__(self, message: Message, schema: Mapping[str, Any]) -> None:
        self._message = message
        self._definitions: Mapping[str, Any] = schema.get("definitions", {})
        self._schema = schema

    def rows(self, payload: Any, path: str = "") -> Iterator[FieldRow]:
        """A row for each leaf; a sampled value is one."""
        yield from self._below(payload, path, self._schema, "")

    def _below(self, value: Any, path: str, schema: Mapping[str, Any], rate: str) -> Iterator[FieldRow]:
        schema = self._resolved(schema)
        if isinstance(value, Mapping) and re.search(r"sampledValue\[\d+\]$", path):
            yield _sample(value, path)
        elif isinstance(value, Mapping) and value:
            rate = str(value.get("chargingRateUnit", rate))
            known = schema.get("properties", {})
            for name, inner in value.items():
                yield from self._below(inner, f"{path}.{name}".removeprefix("."), known.get(name, {}), rate)
        elif isinstance(value, list) and value:
            for place, inner in enumerate(value):
                yield from self._below(inner, f"{path}[{place}]", schema.get("items", {}), rate)
        elif path or value not in ({}, None):
            shown = value if not isinstance(value, (Mapping, list)) else "{}" if isinstance(value, Mapping) else "[]"
            yield FieldRow(path, shown, self._means(path, value, schema, rate))

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in schema:
            return schema
        return {**self._definitions.get(schema["$ref"].rpartition("/")[2], {}), **schema}

    def _means(self, path: str, value: Any, schema: Mapping[str, Any], rate: str) -> str | None:
        steps = re.sub(r"\[\d+\]", "", path).split(".")
        name, near = steps[-1], ".".join(steps[-2:])
        action = f"{self._message.action}{'.answer' if self._message.is_answer else ''}"
        names = (f"{action}.{'.'.join(steps)}", near, name)
        if isinstance(value, str) and (said := knowledge.value(value, *names) or self._answered(name, value)):
            return said
        counted = _counted(name, value, rate)
        field = knowledge.word("field", *names) or _described(schema)
        return ": ".join(filter(None, (field, counted))) or None

    def _answered(self, name: str, value: str) -> str | None:
        """What the charger's status, the code of its reason, or of its fault means."""
        action, version = self._message.action or "", self._message.version
        if name == "reasonCode":
            found = knowledge.reason(value)
        elif name == "errorCode":
            found = knowledge.fault(value)
        elif name not in _OF_STATUS or not (self._message.is_answer and self._message.to_charger):
            return None
        elif version is Version.V16:
            found = knowledge.meaning(action, value)
        else:
            found = knowledge.meaning_in_2(action, value, settings.known_as(action))
        return found.means if found else None


def _sample(value: Mapping[str, Any], path: str) -> FieldRow:
    what, number = next(heard.readings({"meterValue": {"sampledValue": value}}))
    if what.startswith("Energy.") and " " not in number:
        number = f"{number} Wh"  # 1.6 §7.43, 2.0.1 UnitOfMeasureType: what is counted where no unit is named
    more = [str(value[name]) for name in ("context", "location", "format") if value.get(name)]
    return FieldRow(path, number, ", ".join([what, *more]))


def _counted(name: str, value: Any, rate: str) -> str | None:
    """A number with its unit, or a time on the clock of whoever reads it."""
    if isinstance(value, str) and _TIME.match(value):
        return _here(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    unit = rate if name in ("limit", "minChargingRate") else knowledge.word("unit", name)
    if unit == "Wh":
        return f"{value / _KILO:.10g} kWh"
    if unit == "s":
        return span(value) if value >= 0 else None
    return f"{value} {unit}" if unit else None


def _here(text: str) -> str | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return "no time"
    if at.tzinfo is None:
        return f"{local(at.replace(tzinfo=UTC).isoformat())} here if it is UTC, for it names no zone"
    return f"{local(text)} here"


def _described(schema: Mapping[str, Any]) -> str | None:
    """The first sentence of what the standard's schema says of a field, if it says anything."""
    told = _NAMED.sub("", str(schema.get("description", "")).replace("\r", "")).strip()
    sentence = _SENTENCE.match(told.replace("\n", " "))
    return sentence[1].strip()[:_LONGEST] if sentence else None
