"""The device model of a charger that speaks 2.x: components, their variables, and the attributes of those.

What 1.6 calls a configuration key is kept once, in the charger's settings; a variable that means the same shows it.
OCPP 2.0.1 part 1 §4, B05 to B08
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

Check = Callable[[str], bool]
Live = Callable[["Controller"], str]

READ_ONLY: Final = "ReadOnly"
WRITE_ONLY: Final = "WriteOnly"
READ_WRITE: Final = "ReadWrite"


@dataclass(frozen=True)
class Component:
    """A part of the charger, by its name and where it is."""

    name: str
    instance: str = ""
    evse: int | None = None
    connector: int | None = None

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Component":
        """Read ComponentType."""
        place = told.get("evse") or {}
        return cls(str(told["name"]), str(told.get("instance", "")), place.get("id"), place.get("connectorId"))

    def written(self) -> dict[str, Any]:
        """Write ComponentType."""
        written: dict[str, Any] = {"name": self.name}
        if self.instance:
            written["instance"] = self.instance
        if self.evse is not None:
            written["evse"] = {"id": self.evse} | ({} if self.connector is None else {"connectorId": self.connector})
        return written

    def spelled(self) -> "Component":
        """Give it as names are matched: whatever their case. 2.0.1 part 2 appendix 3"""
        return replace(self, name=self.name.lower(), instance=self.instance.lower())

    def within(self, wanted: "Component") -> bool:
        """Tell whether this is asked for; who names no instance or place means every one. B08"""
        if self.name.lower() != wanted.name.lower():
            return False
        if wanted.instance and self.instance.lower() != wanted.instance.lower():
            return False
        if wanted.evse is not None and self.evse != wanted.evse:
            return False
        return wanted.connector is None or self.connector == wanted.connector


@dataclass
class Variable:
    """One variable of a component."""

    component: Component
    name: str
    instance: str = ""
    value: str = ""
    """What it holds, if neither a setting nor the hardware does."""
    key: str = ""
    """The setting that holds its value."""
    live: Live | None = None
    """Asks the hardware for its value."""
    kind: str = "string"
    mutability: str = READ_ONLY
    unit: str = ""
    most: float | None = None
    values: str = ""
    check: Check = field(default=lambda _: True)
    needs_reboot: bool = False
    monitored: bool = False

    def readable(self, charger: "Controller") -> str:
        """Tell what it holds now."""
        if self.live is not None:
            return self.live(charger)
        return charger.settings[self.key] if self.key else self.value

    def write(self, charger: "Controller", value: str) -> str:
        """Take a value and tell the status of SetVariables. B05"""
        if self.mutability == READ_ONLY or not self._may_be(value):
            return "Rejected"
        if self.key:
            if charger.settings.change(self.key, value) == "Rejected":
                return "Rejected"
        else:
            self.value = value
        return "RebootRequired" if self.needs_reboot else "Accepted"

    def written(self) -> dict[str, Any]:
        """Write VariableType."""
        return {"name": self.name} | ({"instance": self.instance} if self.instance else {})

    def reported(self, charger: "Controller") -> dict[str, Any]:
        """Write ReportDataType: what it holds, and what it is."""
        attribute: dict[str, Any] = {"mutability": self.mutability, "persistent": self.live is None, "constant": False}
        if self.mutability != WRITE_ONLY:  # B07: what may not be read is not reported
            attribute["value"] = self.readable(charger)
        traits: dict[str, Any] = {"dataType": self.kind, "supportsMonitoring": self.monitored}
        traits |= {"unit": self.unit} if self.unit else {}
        traits |= {} if self.most is None else {"maxLimit": self.most}
        traits |= {"valuesList": self.values} if self.values else {}
        return {
            "component": self.component.written(),
            "variable": self.written(),
            "variableAttribute": [attribute],
            "variableCharacteristics": traits,
        }

    def _may_be(self, value: str) -> bool:
        """Hold a value against what the variable is."""
        match self.kind:
            case "boolean" if value not in ("true", "false"):
                return False
            case "integer" if not (value.isascii() and value.removeprefix("-").isdigit()):
                return False
            case "OptionList" if self.values and value not in self.values.split(","):
                return False
            case "MemberList" | "SequenceList" if self.values and value:
                if not {word.strip() for word in value.split(",")} <= set(self.values.split(",")):
                    return False
        if self.most is not None and self.kind == "integer" and int(value) > self.most:
            return False
        return self.check(value)


class DeviceModel:
    """Every variable of one charger."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self._variables = list(variables)
        self._by_part: dict[Component, dict[tuple[str, str], Variable]] = {}
        for each in self._variables:
            self._by_part.setdefault(each.component.spelled(), {})[_spelled(each.written())] = each

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._variables)

    def find(self, component: dict[str, Any], variable: dict[str, Any]) -> Variable | str:
        """Find a variable; without it the status that says which part is unknown. B05, B06"""
        of_it = self._by_part.get(Component.read(component).spelled())
        return "UnknownComponent" if of_it is None else of_it.get(_spelled(variable), "UnknownVariable")

    def value(self, component: str, name: str, charger: "Controller") -> str:
        """Tell what a variable of the whole charger holds; KeyError if there is none."""
        found = self.find({"name": component}, {"name": name})
        if isinstance(found, str):
            raise KeyError(f"{component}.{name}")
        return found.readable(charger)

    def inventory(self, base: str) -> list[Variable]:
        """List what a base report holds. B07"""
        match base:
            case "FullInventory":
                return self._variables
            case "ConfigurationInventory":
                return [each for each in self._variables if each.mutability != READ_ONLY]
            case _:
                return [each for each in self._variables if each.name in ("AvailabilityState", "Available", "Problem")]

    def chosen(self, wanted: list[dict[str, Any]], criteria: list[str], charger: "Controller") -> list[Variable]:
        """List what a report on demand holds. B08"""
        found = [each for each in self._variables if not wanted or any(_asked(each, one) for one in wanted)]
        if not criteria:
            return found
        fitting = [part for part in {each.component for each in found} if self._fits(part, criteria, charger)]
        return [each for each in found if each.component in fitting]

    def _fits(self, part: Component, criteria: list[str], charger: "Controller") -> bool:
        """Tell whether one of the criteria holds. Who has no such variable counts as active, not as a problem. B08"""
        held = {each.name: each.readable(charger) for each in self._variables if each.component == part}
        return any(held.get(name, "false" if name == "Problem" else "true") == "true" for name in criteria)


def _spelled(variable: dict[str, Any]) -> tuple[str, str]:
    return str(variable["name"]).lower(), str(variable.get("instance", "")).lower()


def _asked(variable: Variable, wanted: dict[str, Any]) -> bool:
    if not variable.component.within(Component.read(wanted["component"])):
        return False
    named = wanted.get("variable")
    if named is None:
        return True
    instance = str(named.get("instance", "")).lower()
    return variable.name.lower() == str(named["name"]).lower() and instance in ("", variable.instance.lower())
