"""Events: what has happened to chargers, sessions and the server's records."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.errors import UsageProblem, nearest
from cpoctl.events import kinds
from cpoctl.operations import Option, Record
from cpoctl.table import Column, local, plain

Types = Annotated[tuple[str, ...], Option("only of this type, such as ChargerBooted; may be repeated", long="type")]


def told(data: dict[str, Any]) -> str:
    """An event's own fields as `name=value` words; what is unset says nothing."""
    return " ".join(f"{name}={plain(value)}" for name, value in data.items() if value not in (None, (), [], {}))


@dataclass(frozen=True)
class EventRow:
    """Something that has happened; `seq` is its place in the event stream."""

    seq: Annotated[int | None, Column("EVENT", 3, "right")]
    at: Annotated[str, Column("TIME", show=local)]
    type: Annotated[str, Column("TYPE")]
    charger_id: Annotated[str | None, Column("CHARGER")]
    data: Annotated[dict[str, Any], Column("WHAT", show=told)]


def row(record: Record) -> EventRow:
    """A row of a stored event."""
    return EventRow(**record | {"data": json.loads(record["data"])})


def spelled(types: Iterable[str]) -> frozenset[str]:
    """The types as they are written, whatever case they were asked for in. Raises UsageProblem."""
    stored = {name.casefold(): name for name, kind in kinds().items() if kind.stored}
    for asked in types:
        if asked.casefold() not in stored:
            raise UsageProblem(
                f"no event is of the type {asked}{nearest(asked, stored.values())}",
                target=asked,
                hints=[f"cpoctl event list    of: {' '.join(sorted(stored.values()))}"],
            )
    return frozenset(stored[asked.casefold()] for asked in types)
