"""Variables: how one is named, what the standard says of it, and when two of its values say the same.

Chargers of OCPP 1.6 have keys, which stay as they are. The device model of OCPP 2.x is written as

    Component[instance]:evse.connector.Variable[instance]/Attribute

of which only component and variable are needed: `OCPPCommCtrlr.HeartbeatInterval`, `EVSE:1.Power`,
`Connector:1.2.AvailabilityState`, `OCPPCommCtrlr.MessageAttempts[TransactionEvent]`. Without an attribute it is Actual.
A sign of the grammar within a name stands as %XX, and nothing else does: each name is written in one way.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cpoctl.domain.standard_variables import MOST_NAMES as MOST_NAMES
from cpoctl.domain.standard_variables import OF_2, OF_16, Known
from cpoctl.errors import UsageProblem, nearest

ACTUAL: Final = "Actual"
ATTRIBUTES: Final = (ACTUAL, "Target", "MinSet", "MaxSet")
EXAMPLE: Final = "OCPPCommCtrlr.HeartbeatInterval"

KNOWN: Final = {known.name.casefold(): known for known in (*OF_16, *OF_2)}
NAMES: Final = tuple(known.name for known in OF_16)
"""What the standard calls keys of 1.6; the keys of a charger that does not tell what it has."""
_IN_16: Final = {known.name.casefold(): known.key for known in OF_2 if known.key}
_IN_2: Final = {known.key.casefold(): known.name for known in OF_2 if known.key}
_ALIKE: Final = frozenset(known.key.casefold() for known in OF_2 if known.key and known.alike)
_KEYS: Final = frozenset(known.name.casefold() for known in OF_16)
_WORDS: Final = ("true", "false")
# The standard has no variable for the server's address; each maker calls it as it likes.
_REPOINTING: Final = re.compile(
    r"(?i)(?:central[ _-]?system|csms|cpms|ocpp|back[ _-]?(?:end|office)|server|web[ _-]?socket)"
    r"[\w .-]{0,40}(?:ur[li]|addr|host|endpoint|domain)"
)
_REPOINTING_PART: Final = "networkconfiguration"  # 2.1: a network profile as variables

_WORD = r"(?:[^%.:/\[\]]|%[0-9A-F]{2})+"
_INSTANCE = r"(?:\[(?P<{}>(?:[^%\[\]]|%[0-9A-F]{{2}})+)\])?"
_PLACE = r"(?::(?P<evse>[0-9]{1,9})(?:\.(?P<connector>[0-9]{1,9})(?=\.|\Z))?)?"
_COMPONENT = rf"(?P<component>{_WORD}){_INSTANCE.format('of')}{_PLACE}"
_VARIABLE = rf"\.(?P<variable>{_WORD}){_INSTANCE.format('instance')}"
_PART: Final = re.compile(rf"{_COMPONENT}(?:{_VARIABLE})?")
_NAME: Final = re.compile(rf"{_COMPONENT}{_VARIABLE}(?:/(?P<attribute>{_WORD}))?")
_ESCAPE: Final = re.compile(rb"%([0-9A-F]{2})")
_SIGNS, _BRACKETS = frozenset("%.:/[]"), frozenset("%[]")


@dataclass(frozen=True)
class Component:
    """A part of a charger: of the whole, of an EVSE or of a connector."""

    name: str
    instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None

    def __str__(self) -> str:
        """As it is written; the same for every spelling that means it."""
        place = "" if self.evse_id is None else f":{self.evse_id}"
        plug = "" if self.evse_id is None or self.connector_id is None else f".{self.connector_id}"
        return f"{_escaped(self.name, _SIGNS)}{_bracketed(self.instance)}{place}{plug}"

    def has(self, other: "Component") -> bool:
        """Whether another part is meant by this one; what is left out means any."""
        if self.name.casefold() != other.name.casefold():
            return False
        if self.instance is not None and self.instance.casefold() != (other.instance or "").casefold():
            return False
        return self.evse_id in (None, other.evse_id) and self.connector_id in (None, other.connector_id)


@dataclass(frozen=True)
class Name:
    """Which attribute of which variable of which component."""

    component: Component
    variable: str
    instance: str | None = None
    attribute: str = ACTUAL

    def __str__(self) -> str:
        """As it is written; the same for every spelling that means it."""
        attribute = "" if self.attribute == ACTUAL else f"/{self.attribute}"
        return f"{self.component}.{_escaped(self.variable, _SIGNS)}{_bracketed(self.instance)}{attribute}"


def read(text: str) -> Name:
    """Read a variable's name in the device model. Raises UsageProblem."""
    match = _NAME.fullmatch(text)
    if match is None:
        raise _wrong(text)
    return Name(_component(match), _bare(match["variable"]), _bare_or_none(match["instance"]), _attribute(match, text))


def read_part(text: str) -> tuple[Component, tuple[str, str | None] | None]:
    """Read a component, or a variable of it with its instance. Raises UsageProblem."""
    match = _PART.fullmatch(text)
    if match is None:
        raise _wrong(text)
    variable = match["variable"]
    return _component(match), (_bare(variable), _bare_or_none(match["instance"])) if variable else None


def in_16(name: str) -> str:
    """What a charger of OCPP 1.6 calls what a name means. Raises UsageProblem where it has nothing that says the same."""
    if name.casefold() in _KEYS:
        return name
    match = _NAME.fullmatch(name)
    if match and match["evse"] is None and match["attribute"] in (None, ACTUAL):
        key = _IN_16.get(_plain(name).casefold(), "")
        if key.casefold() in _ALIKE:
            return key
    known = about(name)
    if known is None:
        return name  # a maker's own
    raise _lacking(name, "1.6", known.key)


def in_2(name: str) -> str:
    """What a charger of OCPP 2.x calls what a key of 1.6 means; any other name as it is."""
    key = name.strip().casefold()
    return _IN_2[key] if key in _ALIKE else name


def key_of(name: str) -> str:
    """What OCPP 1.6 calls what a variable holds; the variable's own name where it has none."""
    match = _NAME.fullmatch(name)
    return name if match is None or match["attribute"] else _IN_16.get(_plain(name).casefold(), name)


def about(name: str) -> Known | None:
    """What the standard says of a variable; names match whatever their case."""
    if exact := KNOWN.get(name.casefold()):
        return exact
    return KNOWN.get(_plain(name).casefold()) or KNOWN.get(_plain(name, instances=False).casefold())


def guarded(name: str) -> bool:
    """Whether a variable repoints its charger to another server, or decides how safe the way to it is."""
    if _plain(name, instances=False).casefold().startswith(f"{_REPOINTING_PART}."):
        return True
    known = about(name)
    return known.guarded if known else _REPOINTING.search(name) is not None


def meant(name: str, more: Iterable[str] = ()) -> str:
    """` (did you mean HeartbeatInterval?)` for a name that nobody knows; `more` are the charger's own."""
    own = list(more)
    if about(name) or name.casefold() in (each.casefold() for each in own):
        return ""
    return nearest(name, [*own, *(known.name for known in (OF_2 if "." in name else OF_16))])


def same(name: str, one: str | None, other: str | None) -> bool:
    """Whether two values of a variable say the same.

    The order of a list (CSL) and blanks in it, the case of a boolean and leading zeros say nothing. 1.6 §9
    """
    if one is None or other is None:
        return one == other
    return _sense(name, one) == _sense(name, other)


def _sense(name: str, value: str) -> object:
    known, bare = about(name), value.strip()
    kind = known.kind if known else None
    if kind == "CSL":
        return frozenset(item.strip() for item in bare.split(",") if item.strip())
    if kind == "integer" and bare.lstrip("+-").isdecimal() and len(bare) < 20:
        return int(bare)
    # A charger's own that is a boolean by its look is one.
    return bare.casefold() if bare.casefold() in _WORDS else value


def _plain(name: str, *, instances: bool = True) -> str:
    """A name without the place and the attribute, and perhaps without instances, as the standard's tables have it."""
    match = _NAME.fullmatch(name)
    if match is None:
        return name
    of, instance = (f"[{match[part]}]" if instances and match[part] else "" for part in ("of", "instance"))
    return f"{match['component']}{of}.{match['variable']}{instance}"


def _component(match: re.Match[str]) -> Component:
    evse, connector = match["evse"], match["connector"]
    return Component(
        _bare(match["component"]),
        _bare_or_none(match["of"]),
        None if evse is None else int(evse),
        None if connector is None else int(connector),
    )


def _attribute(match: re.Match[str], text: str) -> str:
    told = match["attribute"]
    if told is None:
        return ACTUAL
    for attribute in ATTRIBUTES:
        if attribute.casefold() == told.casefold():
            return attribute
    raise UsageProblem(
        f"{text}: {told} is no attribute{nearest(told, ATTRIBUTES)}",
        hints=[f"{text.rpartition('/')[0]}/{attribute}" for attribute in ATTRIBUTES],
    )


def _wrong(text: str) -> UsageProblem:
    if (key := text.strip().casefold()) in _KEYS:
        return _lacking(text.strip(), "2.x", _IN_2.get(key, ""))
    near = nearest(text, (known.name for known in OF_2))
    return UsageProblem(
        f"{text!r} names no variable of a component{near}",
        hints=[f"{EXAMPLE}    Component.Variable; EVSE:1.Power that of an EVSE", "cpoctl help variables"],
    )


def _lacking(name: str, version: str, near: str) -> UsageProblem:
    """The refusal of a name that means nothing in a version; `near` comes closest to it there."""
    known = about(near) if near else None
    hints = [f"{near}    comes closest: {known.meaning}"] if known else []
    return UsageProblem(
        f"OCPP {version}, which this charger speaks, has nothing that says the same as {name}",
        hints=[*hints, "cpoctl help variables"],
    )


def _bracketed(instance: str | None) -> str:
    return f"[{_escaped(instance, _BRACKETS)}]" if instance else ""


def _escaped(text: str, signs: frozenset[str]) -> str:
    """The text with these signs, and whatever cannot be seen, as the %XX of its bytes."""
    return "".join(sign if sign.isprintable() and sign not in signs else _percent(sign) for sign in text)


def _percent(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def _bare(text: str) -> str:
    """The text without escapes. Raises UsageProblem for one that needs none, so that nobody hides a name in it."""
    if "%" not in text:
        return text
    try:
        told = text.encode("utf-8", "surrogatepass")
        bare = _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), told).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise _wrong(text) from None
    if text not in (_escaped(bare, _SIGNS), _escaped(bare, _BRACKETS)):
        raise _wrong(text)
    return bare


def _bare_or_none(text: str | None) -> str | None:
    return None if text is None else _bare(text)
