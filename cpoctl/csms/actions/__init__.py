"""Inbound OCPP actions: one file an action, all versions of it in the same file.

A handler is a function from values to a value: it gets the call's struct and a `Context`, reads the
live state and returns an `Outcome`. It mutates nothing and does no I/O; dispatch alone commits,
applies, publishes and answers. `lookup(call, charger, sure)` names a SELECT that must be run first,
for the rare call that the live state cannot answer; with `sure` it always does, because the store
has just said that the row exists.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from cpoctl.clock import wire
from cpoctl.domain import tags
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.events import Event
from cpoctl.ocpp import Version, schemas
from cpoctl.store.rows import Row

Sql = tuple[str, tuple[Any, ...]]


@dataclass(slots=True)
class Ids:
    """Numbers that must be unique across chargers; unused ones are simply skipped."""

    session: Callable[[], int]
    transaction: Callable[[], int]


class Context(msgspec.Struct, gc=False):
    """What a handler may look at; `received_at` is `now` as stored. `found` holds the lookup's records, None when none was made."""

    charger: LiveCharger
    live: LiveFleet
    now: datetime
    received_at: str
    heartbeat: int
    ids: Ids
    payload: dict[str, Any] | msgspec.Raw
    found: list[dict[str, Any]] | None = None

    @property
    def wire_time(self) -> str:
        """The time of receipt as chargers read it."""
        return wire(self.now)

    def verdict(self, tag_id: str, evse_id: int | None = None) -> str:
        """Whether a tag may charge on this charger now; where no EVSE is told, on one of its EVSEs at least."""
        return tags.verdict(
            tags.Presented(
                tag_id,
                self.live.tag(tag_id),
                self.now,
                self.charger.charger_id,
                self.charger.registration,
                self.charger.site_id,
                self.live.accepts_unknown_tags,
                evse_id=evse_id,
            )
        )


class Outcome(msgspec.Struct, gc=False):
    """What a handler decided: the answer, the rows to commit with it, the events that follow."""

    answer: dict[str, Any]
    rows: list[Row] = []  # a new one for each
    events: list[Event] = []


Handle = Callable[[Any, Context], Outcome]
Lookup = Callable[[Any, LiveCharger, bool], Sql | None]


class Action:
    """How one action of one version is handled.

    `unregistered`: served before the charger is accepted. `durable`: answered only after the commit.
    """

    __slots__ = (
        "_judge",
        "durable",
        "handle",
        "lookup",
        "name",
        "struct",
        "unregistered",
        "version",
    )

    def __init__(
        self, version: Version, struct: type[msgspec.Struct], handle: Handle, lookup: Lookup | None, *,
        unregistered: bool, durable: bool,
    ) -> None:  # fmt: skip
        self.version = version
        self.name = struct.__name__
        self.struct = struct
        self.handle = handle
        self.lookup = lookup
        self.unregistered = unregistered
        self.durable = durable
        self._judge: schemas.Judge | None = None

    @property
    def judge(self) -> schemas.Judge | None:
        """The official schema, compiled when the first message needs it."""
        if self._judge is None:
            self._judge = schemas.judge(self.version, self.name)
        return self._judge


ACTIONS: dict[Version, dict[str, Action]] = {version: {} for version in Version}


def on(
    versions: Version | Iterable[Version],
    struct: type[msgspec.Struct],
    *,
    lookup: Lookup | None = None,
    unregistered: bool = False,
    durable: bool = True,
) -> Callable[[Handle], Handle]:
    """Declare the handler of the action that the struct is named after, in one or more versions."""

    def declare(handle: Handle) -> Handle:
        for version in (versions,) if isinstance(versions, Version) else versions:
            action = Action(version, struct, handle, lookup, unregistered=unregistered, durable=durable)
            ACTIONS[version][action.name] = action
        return handle

    return declare
