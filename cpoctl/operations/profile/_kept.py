"""Kept profiles: charging profiles under a name, to be set again and again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.errors import NotFound, nearest
from cpoctl.ocpp.profiles import limits, purpose_of
from cpoctl.operations import Argument, Operator, Record
from cpoctl.operations.profile import read_profile
from cpoctl.operations.profile._rules import broken
from cpoctl.table import Column, local

Name = Annotated[str, Argument("the profile's name", kind="profile")]
KEPT = "SELECT name, profile, note, added_at FROM profile"
NAMES = "SELECT name FROM profile"
FIRST_NUMBER = 1_000_000
"""Profiles that are kept are numbered from here on, beyond those of plain limits."""


@dataclass(frozen=True)
class ProfileRow:
    """A kept profile. `warnings` say which rules of the standard it breaks; it is sent all the same."""

    name: Annotated[str, Column("NAME")]
    limits: Annotated[str, Column("LIMITS")]
    purpose: Annotated[str, Column("PURPOSE")]
    kind: Annotated[str, Column("KIND", 2)]
    stack_level: Annotated[int, Column("LEVEL", 2, "right")]
    profile_id: Annotated[int, Column("NUMBER", 3, "right")]
    note: Annotated[str | None, Column("NOTE", 3)]
    added_at: Annotated[str, Column("ADDED", 4, show=local)]
    warnings: Annotated[list[str], Column("WARNINGS", 2)]
    profile: dict[str, Any]


def row(record: Record) -> ProfileRow:
    """A row of a record of `KEPT`."""
    profile = json.loads(record["profile"])
    return ProfileRow(
        name=record["name"],
        limits=limits(profile["chargingSchedule"]),
        purpose=purpose_of(profile),
        kind=profile["chargingProfileKind"],
        stack_level=profile["stackLevel"],
        profile_id=profile["id"],
        note=record["note"],
        added_at=record["added_at"],
        warnings=broken(profile),
        profile=profile,
    )


def text_of(profile: Mapping[str, Any]) -> str:
    """A profile as it is kept."""
    return json.dumps(profile, separators=(",", ":"), ensure_ascii=False)


async def kept(operator: Operator, name: str) -> Record:
    """The record of a kept profile. Raises NotFound with the nearest name."""
    for found in await operator.store.read(f"{KEPT} WHERE name = ?", [name]):
        return found
    known = [found["name"] for found in await operator.store.read(NAMES)]
    raise NotFound(
        f"no profile {name}{nearest(name, known)}",
        target=name,
        hints=["cpoctl profile list    all that are kept", f"cpoctl profile add {name} --limit 16A"],
    )


async def kept_or_written(operator: Operator, text: str) -> dict[str, Any]:
    """The profile that a text is, or the kept one that it names."""
    if text.lstrip()[:1] in ("{", "["):
        return read_profile(text)
    profile: dict[str, Any] = json.loads((await kept(operator, text.strip()))["profile"])
    return profile
