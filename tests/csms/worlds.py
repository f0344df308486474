"""A world: the live state and a database in memory, in which what a charger tells happens at once."""

import copy
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

from cpoctl.clock import stored
from cpoctl.csms.actions import ACTIONS, Context, Ids, Outcome
from cpoctl.csms.dispatch import INBOUND
from cpoctl.domain import tags
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.events import Event
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.reading import read
from cpoctl.store import rows
from cpoctl.store.sqlite import batch
from cpoctl.store.sqlite.migrate import migrations
from tests.support.fake_clock import START

Tell = Callable[..., Outcome]
assert INBOUND  # loading them declares the handlers


@cache
def _empty() -> bytes:
    """A database of the newest schema, made once."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in migrations():
            connection.executescript(step.sql)
        return connection.serialize()


class World:
    """What is told to it is handled, committed and applied as dispatch does, without server and socket."""

    def __init__(self, version: Version = Version.V16) -> None:
        self.version = version
        self.live = LiveFleet()
        self.charger = self.live.add(LiveCharger("CP-1"))
        self.live.tags["anna"] = tags.Tag("ANNA", tags.ACCEPTED)
        self.ids = Ids(count(1).__next__, count(100).__next__)
        self.now: datetime = START
        self.rows: list[rows.Row] = []
        self._database: sqlite3.Connection | None = None

    @property
    def database(self) -> sqlite3.Connection:
        """Everything that was committed."""
        if self._database is None:
            self._database = sqlite3.connect(":memory:", isolation_level=None)
            self._database.row_factory = sqlite3.Row
            self._database.deserialize(_empty())
        return self._database

    def tell(self, action: str, payload: dict[str, Any]) -> Outcome:
        """Handle a message as dispatch would, its look-up and its commit included."""
        handler = ACTIONS[self.version][action]
        struct, _ = read(handler.struct, payload)
        before = copy.deepcopy(self.live)
        for sure in (False, True):
            sql = handler.lookup(struct, self.charger, sure) if handler.lookup else None
            found = self.select(*sql) if sql else None
            outcome = handler.handle(struct, self.context(payload, found))
            assert self.live.chargers == before.chargers, f"{action} changed the live state by itself"
            try:
                self.commit(outcome.rows, outcome.events)
            except sqlite3.IntegrityError:
                self.database.execute("ROLLBACK")
                assert not sure and found is None
            else:
                break
        judge = schemas.judge(self.version, action, answer=True)
        assert judge is None or judge.violations(outcome.answer) == []
        return outcome

    def context(self, payload: dict[str, Any], found: list[dict[str, Any]] | None = None) -> Context:
        """What a handler may look at now."""
        return Context(self.charger, self.live, self.now, stored(self.now), 300, self.ids, payload, found)

    def select(self, sql: str, params: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Rows of the database."""
        return [dict(record) for record in self.database.execute(sql, params)]

    def of(self, kind: type) -> list[Any]:
        """The rows of a kind that were committed."""
        return [row for row in self.rows if isinstance(row, kind)]

    def commit(self, unit: Sequence[rows.Row], happened: Sequence[Event]) -> None:
        """Write, then apply."""
        self.database.execute("BEGIN")
        batch.write(self.database, [unit])
        self.database.execute("COMMIT")
        for event in happened:
            self.live.apply(event)
        self.rows.extend(unit)
