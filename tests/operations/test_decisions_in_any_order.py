"""Whatever a charger tells and an operator decides in whatever order: figures that a person gave stand, and nothing late is lost.

A model of one session beside the handlers and the operations themselves. RELIABILITY §2.2
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl.clock import parsed, wire
from cpoctl.errors import Conflict, NotFound
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.session.accept import AcceptItem
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.correct import CorrectSession
from cpoctl.operations.session.drop import DropItem
from cpoctl.operations.session.review import ReviewSessions
from tests.csms.worlds import World
from tests.support.csms import metered, start, stop

BEGAN_WH = 1000
FIGURES = ("started_at", "stopped_at", "energy_wh", "tag_id")
NAME = {Version.V16: 100, Version.V201: "A1"}
# What a charger says: the kind, and the register that it tells with it.
WORDS = [("begin", BEGAN_WH), *((kind, wh) for kind in ("reading", "end") for wh in (4000, 9000))]
ACTS: list[dict[str, Any]] = [
    {"kind": CloseSession},
    {"kind": CloseSession, "energy_wh": 2500.0},
    {"kind": CorrectSession, "energy_wh": 6400.0},
    {"kind": CorrectSession, "tag": "BERTA"},
    {"kind": CorrectSession, "as_told": True},
    {"kind": DropItem},
    {"kind": DropItem, "undo": True},
    {"kind": AcceptItem},
]


class Desk:
    """The operator in the world of the handlers; what is done happens at once."""

    actor = "test"

    def __init__(self, version: Version) -> None:
        self.world = World(version)
        self.live = self.world.live
        self.version = version
        self.steps = 0

    @property
    def store(self) -> "Desk":
        return self

    @property
    def clock(self) -> "Desk":
        return self

    def now(self) -> Any:
        return self.world.now

    async def read(self, sql: str, params: Any = ()) -> list[dict[str, Any]]:
        return self.world.select(sql, params)

    async def reading(self, work: Any) -> Any:
        return work(lambda sql, params=(): self.world.select(sql, params))

    async def commit(self, unit: Sequence[Any], happened: Sequence[Any] = ()) -> None:
        self.world.commit(unit, happened)

    def do(self, kind: type[Act], **given: Any) -> bool:
        """Whether an act could be done."""
        about = {"session": "1"} if kind in (CloseSession, CorrectSession) else {"item": "session-1"}
        try:
            asyncio.run(kind(**about, reason="why", **given).run(self))  # type: ignore[arg-type, call-arg] # as much of one as acts need
        except (Conflict, NotFound):
            return False
        return True

    def tell(self, kind: str, wh: int) -> None:
        """A message at another minute."""
        self.steps += 1
        self.world.now += timedelta(minutes=1)
        at = wire(self.world.now)
        if self.version is Version.V16:
            self.world.tell(*{
                "begin": ("StartTransaction", start(meter=wh, at="2026-11-22T14:00:00Z")),
                "reading": ("MeterValues", metered(NAME[self.version], wh, at)),
                "end": ("StopTransaction", stop(NAME[self.version], wh, at)),
            }[kind])  # fmt: skip
            return
        value = {"value": wh, "measurand": "Energy.Active.Import.Register"}
        told = {
            "eventType": {"begin": "Started", "reading": "Updated", "end": "Ended"}[kind],
            "timestamp": "2026-11-22T14:00:00Z" if kind == "begin" else at,
            "triggerReason": "Trigger",
            "seqNo": 0 if kind == "begin" else self.steps,
            "transactionInfo": {"transactionId": NAME[self.version]},
            "evse": {"id": 1},
            "meterValue": [{"timestamp": at, "sampledValue": [value]}],
        }
        if kind == "begin":
            told["idToken"] = {"idToken": "ANNA", "type": "ISO14443"}
        self.world.tell("TransactionEvent", told)

    def sessions(self) -> list[dict[str, Any]]:
        return self.world.select("SELECT * FROM session ORDER BY session_id")

    def waits(self) -> list[str]:
        """What the review lists."""
        rows = ReviewSessions().select(lambda sql, params=(): self.world.select(sql, params))
        return [row.item for row in rows]


def figures(session: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(session[name] for name in FIGURES)


class Model:
    """What must be so."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.decided: tuple[Any, ...] | None = None  # as the person who decided last left it
        self.ends: set[int] = set()  # registers of ends that nobody has looked at since

    def told(self, kind: str, wh: int) -> None:
        self.desk.tell(kind, wh)
        if kind == "end" and self.decided is not None:
            self.ends.add(wh)

    def did(self, kind: type[Act], **given: Any) -> None:
        if not self.desk.do(kind, **given):
            return
        if kind is CorrectSession or (kind is CloseSession and given):
            (session,) = self.desk.sessions()
            self.decided = figures(session)
            self.ends = set()
            assert given.get("energy_wh", session["energy_wh"]) == session["energy_wh"]
            assert given.get("tag", session["tag_id"]) == session["tag_id"]
        if kind is AcceptItem:
            self.ends = set()

    def check(self) -> None:
        found = self.desk.sessions()
        assert len(found) <= 1, "nothing is billed twice"
        for session in found:
            assert session["energy_wh"] is None or session["energy_wh"] >= 0
            assert session["stopped_at"] is None or parsed(session["stopped_at"]) >= parsed(session["started_at"])
            if self.decided is not None:
                assert figures(session) == self.decided, "what a person gave stands"
            others = {wh for wh in self.ends if wh - BEGAN_WH != session["energy_wh"]}
            if others and session["dropped_at"] is None and session["meter_start_wh"] is not None:
                assert "session-1" in self.desk.waits(), json.dumps(session)


ORDERS = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(ACTS)), max_size=9)


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@settings(max_examples=60)
@given(order=ORDERS)
def test_what_a_person_gave_stands_and_what_came_late_is_in_the_review(version: Version, order: list[Any]) -> None:
    model = Model(Desk(version))
    for each in [WORDS[0], *order]:
        if isinstance(each, tuple):
            model.told(*each)
        else:
            model.did(each["kind"], **{name: value for name, value in each.items() if name != "kind"})
        model.check()
