"""Targets of one act: the charger, EVSE or connector that its word means, and how much of that it is about."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpoctl.errors import NotFound, UsageProblem, nearest

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class Target:
    """A charger, or an EVSE or connector of it: `HQ-07`, `HQ-07:2`, `HQ-07:2.1` (UX §4.2)."""

    charger_id: str
    evse_id: int | None = None
    connector_id: int | None = None


_TARGET = re.compile(r"(?P<charger>.+?):(?P<evse>\d{1,9})(?:\.(?P<connector>\d{1,9}))?")


def target(text: str, live: "LiveFleet") -> Target:
    """Read a target. A word that is a known charger's id is that charger; only then is it parsed."""
    if known := live.charger(text):
        return Target(known.charger_id)
    if match := _TARGET.fullmatch(text):
        connector = match["connector"]
        charger_id = known_charger(match["charger"], live)
        return Target(charger_id, int(match["evse"]), int(connector) if connector else None)
    return Target(known_charger(text, live))


def whole_charger(text: str, live: "LiveFleet") -> str:
    """The charger of an act that is about all of it. Raises UsageProblem for a part of one."""
    at = target(text, live)
    if at.evse_id is not None:
        raise _too_much(text, "whole chargers", at.charger_id)
    return at.charger_id


def at_evse(text: str, live: "LiveFleet") -> Target:
    """The charger or EVSE of an act that tells no connectors apart. Raises UsageProblem for one of those."""
    at = target(text, live)
    if at.connector_id is not None:
        raise _too_much(text, "chargers and EVSEs", f"{at.charger_id}:{at.evse_id}")
    return at


def must_be_word(name: str, noun: str) -> None:
    """Raise UsageProblem for an id that every command would read as something else: stdin, all, a file, nothing."""
    if name in ("-", "*") or name[:1] == "@" or name != name.strip() or not name.isprintable():
        raise UsageProblem(
            f"{name!r} cannot be a {noun}'s id: commands read it as something else",
            target=name,
            hints=["cpoctl help targets    what - * and @ mean"],
        )


def _too_much(text: str, about: str, instead: str) -> UsageProblem:
    """`instead` in the detail lets a face tell the whole command again."""
    return UsageProblem(
        f"{text} is a part of a charger, and this is about {about}",
        target=text,
        hints=[f"say {instead} instead of {text}"],
        detail={"instead": instead},
    )


def known_charger(name: str, live: "LiveFleet") -> str:
    """The id of a charger as first seen. Raises NotFound with the nearest one, UsageProblem for no id at all."""
    if charger := live.charger(name):
        return charger.charger_id
    if not name.strip():
        raise UsageProblem("CHARGER is empty", hints=["cpoctl charger list    all that are known"])
    ids = [charger.charger_id for charger in live.chargers.values()]
    raise NotFound(
        f"no charger {name}{nearest(name, ids)}",
        target=name,
        hints=["cpoctl charger list       all that are known", "cpoctl charger unknown    who knocked and waits"],
    )
