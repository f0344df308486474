"""Variables: a charger's own settings, asked for, changed and reported; and how its answers are read.

OCPP 1.6 §5.3, §5.8 · OCPP 2.0.1 B05 to B08. A variable is named in text: a key in 1.6, in 2.x as `domain.variables` has it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from cpoctl.domain.secrets import MASK, is_secret
from cpoctl.domain.variables import (
    ACTUAL,
    ATTRIBUTES,
    MOST_NAMES,
    Component,
    Name,
    in_2,
    in_16,
    read,
    read_part,
)
from cpoctl.errors import UsageProblem
from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.asks import Ask, Request, given, lacking
from cpoctl.ocpp.reading import read as tolerantly

BASES: Final = {"full": "FullInventory", "configuration": "ConfigurationInventory", "summary": "SummaryInventory"}
CRITERIA: Final = {"active": "Active", "available": "Available", "enabled": "Enabled", "problem": "Problem"}
MOST_ITEMS: Final = "DeviceDataCtrlr.ItemsPerMessage[GetVariables]"
MOST_BYTES: Final = "DeviceDataCtrlr.BytesPerMessage[GetVariables]"
_VALUE_MOST, _ALLOWED_MOST, _NAME_MOST, _WORD_MOST = 2500, 1000, 300, 16
_ENVELOPE = 60  # bytes of a Call beside its payload
_ONLY_2: Final = (Version.V201, Version.V21)
_UNKNOWN: Final = ("UnknownComponent", "UnknownVariable", "NotSupportedAttributeType")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a charger told of a variable; a secret's value is masked. `why`: what it said instead of a value."""

    name: str
    value: str | None = None
    mutability: str | None = None
    component: str | None = None
    data_type: str | None = None
    unit: str | None = None
    min_limit: float | None = None
    max_limit: float | None = None
    allowed: str | None = None
    known: bool = True
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Get(Ask):
    """Ask for variables by name; `told` reads the answer."""

    names: Sequence[str]

    def v16(self) -> Request:
        """GetConfiguration"""
        return Request("GetConfiguration", {"key": [in_16(name) for name in self.names]})

    def v2(self) -> Request:
        """GetVariables"""
        return Request(
            "GetVariables", {"getVariableData": [_asked(read(in_2(name))) for name in self.names]}
        )  # B06.FR.01


@dataclass(frozen=True, kw_only=True)
class Report(Ask):
    """Ask for all variables, or for those of some parts or in some state. 1.6 answers, 2.x sends NotifyReport."""

    instead = ("cpoctl var get {charger}    all that it has",)

    request_id: int
    base: str | None = None
    components: Sequence[str] = ()
    criteria: Sequence[str] = ()

    def v16(self) -> Request:
        """GetConfiguration"""
        if self.base == "summary" or self.components or self.criteria:
            raise lacking("OCPP 1.6 tells its settings only as a whole", _ONLY_2, self.instead)
        return Request("GetConfiguration", {})

    def v2(self) -> Request:
        """GetReport if something is chosen, else GetBaseReport"""
        if not self.components and not self.criteria:
            return Request("GetBaseReport", {"requestId": self.request_id, "reportBase": BASES[self.base or "full"]})
        chosen = given(
            componentVariable=[part_asked(part) for part in self.components] or None,
            requestId=self.request_id,
            componentCriteria=[CRITERIA[criterion] for criterion in self.criteria] or None,
        )
        return Request("GetReport", chosen)  # B08.FR.01


@dataclass(frozen=True, kw_only=True)
class Set(Ask):
    """Change one variable."""

    name: str
    value: str

    def v16(self) -> Request:
        """ChangeConfiguration"""
        return Request("ChangeConfiguration", {"key": in_16(self.name), "value": self.value})

    def v2(self) -> Request:
        """SetVariables"""
        name = read(in_2(self.name))
        attribute = None if name.attribute == ACTUAL else name.attribute
        wanted = given(attributeType=attribute, attributeValue=self.value) | _place(name)
        return Request("SetVariables", {"setVariableData": [wanted]})  # B05.FR.01


def spelled(name: str, version: Version) -> str:
    """A variable's name as this version writes it, whichever it is given in. Raises UsageProblem where it has none."""
    return in_16(name) if version is Version.V16 else str(read(in_2(name)))


def counterpart(name: str, version: Version) -> str | None:
    """What a variable is called in this version, whichever it is given in; None where it has nothing that says the same."""
    try:
        return spelled(name, version)
    except UsageProblem:
        return None


def renamed(name: str, version: Version) -> str | None:
    """A sentence for somebody who gave a variable's name in another version; None where it is the charger's own."""
    here = spelled(name, version)
    if (in_2(name) == name) if version is not Version.V16 else here == name:
        return None
    return f"{name} is {here} in OCPP {'1.6' if version is Version.V16 else '2.x'}"


def holding(name: str, value: str, version: Version) -> Told:
    """What is known of a variable that has taken a value; a secret is masked."""
    name = spelled(name, version)
    component = None if version is Version.V16 else str(read(name).component)
    return Told(name=name, value=_shown(name, value), component=component)


def most_names(version: Version) -> str:
    """The variable that says how many may be asked for at once."""
    return MOST_NAMES if version is Version.V16 else MOST_ITEMS


def fitting(names: Sequence[str], items: int | None, size: int | None, version: Version) -> Sequence[str]:
    """As many of the names, from the first on, as one Call may ask for; never none."""
    some = names[:items]
    while size is not None and len(some) > 1 and _bytes(Get(names=some).request(version)) > size:
        some = some[: len(some) // 2]
    return some


def told(payload: Mapping[str, Any]) -> list[Told]:
    """What an answer to `Get`, or of 1.6 to `Report`, tells."""
    keys = [_of_key(entry) for entry in _records(payload, "configurationKey")]
    results = [found for entry in _records(payload, "getVariableResult") if (found := _of_result(entry))]
    unknown = [Told(name=str(name), known=False) for name in _listed(payload.get("unknownKey"))]
    return keys + results + unknown


def reported(report: v2.NotifyReport) -> Iterator[Told]:
    """What a message of a report tells; an attribute that no charger can have is left out. B07.FR.03"""
    for data in report.report_data:
        if not data.component or not data.variable or not data.variable.name:
            continue
        component, traits = component_of(data.component), data.variable_characteristics
        for attribute in data.variable_attribute:
            kind = attribute.type or ACTUAL
            if component is None or kind not in ATTRIBUTES:
                continue
            name = str(Name(component, data.variable.name, data.variable.instance or None, kind))
            if len(name) <= _NAME_MOST:
                yield _of_attribute(name, str(component), attribute, traits)


def component_of(component: v2.Component) -> Component | None:
    """A component of the wire; None for one that cannot be."""
    evse = component.evse or v2.Evse()
    numbers = (evse.id, evse.connector_id)
    if not component.name or any(number is not None and not 0 <= number < 10**9 for number in numbers):
        return None
    return Component(component.name, component.instance or None, *numbers)


def part_asked(text: str) -> dict[str, Any]:
    """A component, or a variable of it, as reports are asked for it."""
    component, variable = read_part(in_2(text))
    asked = {"component": component_asked(component)}
    return asked | ({"variable": given(name=variable[0], instance=variable[1])} if variable else {})


def component_asked(component: Component) -> dict[str, Any]:
    """A component as it is asked for."""
    evse = given(id=component.evse_id, connectorId=component.connector_id) or None
    return given(evse=evse, name=component.name, instance=component.instance)


def text_of(value: object) -> str:
    """A value as text: some send numbers or booleans where the standard wants it (ha#1499)."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _asked(name: Name) -> dict[str, Any]:
    return given(attributeType=None if name.attribute == ACTUAL else name.attribute) | _place(name)


def _place(name: Name) -> dict[str, Any]:
    return {
        "component": component_asked(name.component),
        "variable": given(name=name.variable, instance=name.instance),
    }


def _bytes(request: Request) -> int:
    return len(json.dumps(request.payload, separators=(",", ":")).encode()) + _ENVELOPE


def _of_key(entry: Mapping[str, Any]) -> Told:
    name, readonly = str(entry.get("key", "")), entry.get("readonly")
    mutability = {True: "ReadOnly", False: "ReadWrite"}[readonly] if isinstance(readonly, bool) else None
    return Told(name=name, value=_shown(name, entry.get("value")), mutability=mutability)


def _of_result(entry: Mapping[str, Any]) -> Told | None:
    named = _named(entry)
    if named is None:
        return None
    status = str(entry.get("attributeStatus"))
    component, name = str(named.component), str(named)
    if status == "Accepted":
        return Told(name=name, component=component, value=_shown(name, entry.get("attributeValue"), _VALUE_MOST))
    return Told(name=name, component=component, known=status not in _UNKNOWN, why=_why(entry, status))


def _why(entry: Mapping[str, Any], status: str) -> str:
    info = entry.get("attributeStatusInfo")
    reason = info.get("reasonCode") if isinstance(info, dict) else None
    return f"{status}: {reason}" if reason else status


def _named(entry: Mapping[str, Any]) -> Name | None:
    """The variable that a result is about."""
    data, _ = tolerantly(v2.ReportData, dict(entry))
    component = component_of(data.component) if data.component else None
    if component is None or data.variable is None or not data.variable.name:
        return None
    kind = entry.get("attributeType")
    return Name(component, data.variable.name, data.variable.instance or None, kind if kind in ATTRIBUTES else ACTUAL)


def _of_attribute(
    name: str, component: str, attribute: v2.VariableAttribute, traits: v2.VariableCharacteristics | None
) -> Told:
    traits = traits or v2.VariableCharacteristics()
    return Told(
        name=name,
        component=component,
        value=_shown(name, attribute.value, _VALUE_MOST),
        mutability=(attribute.mutability or "ReadWrite")[:_WORD_MOST],  # what the standard takes for none
        data_type=_cut(traits.data_type, _WORD_MOST),
        unit=_cut(traits.unit, _WORD_MOST),
        min_limit=_finite(traits.min_limit),
        max_limit=_finite(traits.max_limit),
        allowed=_cut(traits.values_list, _ALLOWED_MOST),
    )


def _shown(name: str, value: object, most: int | None = None) -> str | None:
    if value is None:
        return None
    return MASK if is_secret(name) else text_of(value)[:most]


def _cut(text: str | None, most: int) -> str | None:
    return text[:most] if text else None


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


def _records(payload: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    return [entry for entry in _listed(payload.get(name)) if isinstance(entry, dict)]


def _listed(value: Any) -> list[Any]:
    """A list of an answer; some send null or leave it out (ha#432)."""
    return value if isinstance(value, list) else []
