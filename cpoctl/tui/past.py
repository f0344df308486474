"""The past of what screens ask for: the same operations, answered as they would have been at the replayed time.

What is listed knows nothing that came later. What is asked of one thing, such as a session's page, is told as it is known today.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from cpoctl.client import Client, Told
from cpoctl.clock import parsed, stored
from cpoctl.operations import Operation, Query
from cpoctl.operations.charger.history import ShowHistory
from cpoctl.operations.log.list import ListFrames
from cpoctl.operations.log.tail import TailFrames
from cpoctl.operations.session.list import ListSessions
from cpoctl.routes import Filled
from cpoctl.tui.pace import Pace
from cpoctl.tui.picture import Picture, used_wh

_BEGAN: Final = ("at", "opened_at", "started_at", "taken_at")
_ENDED: Final = ("stopped_at", "resolved_at", "ended_at")
_OF_THE_END: Final = frozenset({"energy_wh", "cost", "currency", "stop_reason", "meter_stop_wh", "power_w"})
_OPEN: Final = "open"
_PAGE: Final = 500
_NOTHING_MORE_S: Final = 5.0


class PastClient(Client):
    """Asks another client, and leaves out what had not happened yet."""

    def __init__(self, client: Client, pace: Pace, picture: Picture) -> None:
        super().__init__()
        self._asked, self._pace, self._picture = client, pace, picture
        self._hung_up = 0

    def run(self, operation: Operation) -> Any:
        """The rows as they were."""
        now = self._pace.now()
        if isinstance(operation, ListFrames):
            return self._frames(operation, now)
        told = self._asked.run(_until(operation, stored(now)))
        return self._as_they_were(told, now) if isinstance(told, list) else told

    def remarked(self, operation: Query) -> tuple[list[Any], list[Any]]:
        """The rows as they were, and what is to be said of their data today."""
        now = self._pace.now()
        rows, remarks = self._asked.remarked(operation)
        return self._as_they_were(rows, now), remarks

    def whole(self, operation: Operation) -> bytes:
        """What the replay itself reads."""
        return self._asked.whole(operation)

    def ask(self, request: Filled) -> Any:
        """What is no operation is as it is today."""
        return self._asked.ask(request)

    def events(self, operation: Operation) -> Generator[Told, None, None]:
        """The wire log: what had gone by, then each exchange when its time comes."""
        if not isinstance(operation, TailFrames):
            raise AssertionError(f"{type(operation).__name__} is not replayed")
        hung_up = self._hung_up
        now = stored(self._pace.now())
        rows = self._asked.run(ListFrames(charger=operation.charger, around=now, last=2 * operation.last))
        newest = 0
        while True:
            for row in rows:
                if not self._pace.reaches(parsed(row["at"]), lambda: self._hung_up != hung_up):
                    return
                newest = int(row["journal_id"])
                yield Told(row["journal_id"], "message", row)
            if not rows:
                self._pace.rest(_NOTHING_MORE_S, lambda: self._hung_up != hung_up)
            if self._hung_up != hung_up:
                return
            rows = self._asked.run(ListFrames(charger=operation.charger, after=newest, last=_PAGE))

    def hang_up(self) -> None:
        """End the logs. What else is asked is short, and goes on."""
        self._hung_up += 1
        self._pace.wake()

    def _as_they_were(self, rows: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
        return [self._so_far(as_it_was(row, now)) for row in rows if _had_begun(row, now)]

    def _so_far(self, row: dict[str, Any]) -> dict[str, Any]:
        """A session that had not ended with what it had used by then, as far as the picture knows."""
        charger = self._picture.live.charger(row["charger_id"]) if row.get("state") == _OPEN else None
        session = charger.sessions.get(row["transaction_id"]) if charger and "transaction_id" in row else None
        if session is None or str(session.session_id) != row["session_id"]:
            return row
        used = used_wh(session)
        drawn = session.power_w if charger and charger.link else None
        return row | {"energy_wh": None if used is None else round(used), "power_w": drawn}

    def _frames(self, asked: ListFrames, now: datetime) -> list[dict[str, Any]]:
        at = stored(now)
        if asked.before is None and asked.after is None and asked.around is None:
            asked = replace(asked, around=at, last=2 * asked.last)
        return [row for row in self._asked.run(asked) if row["at"] <= at]


def _until(operation: Operation, now: str) -> Operation:
    """The operation, where it can be told up to when."""
    if isinstance(operation, ListSessions | ShowHistory) and operation.until is None:
        return replace(operation, until=now)
    return operation


def _had_begun(row: dict[str, Any], now: datetime) -> bool:
    return all(row.get(name) is None or row[name] <= stored(now) for name in _BEGAN)


def as_it_was(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A row without its end, where that came later; of what had not ended nobody knew yet how it would."""
    later = [name for name in _ENDED if (row.get(name) or "") > stored(now)]
    of_session = "duration_s" in row and "stopped_at" in row
    if not later and not (of_session and row["stopped_at"] is None):
        return row
    open_still = dict.fromkeys([*later, *(row.keys() & _OF_THE_END)])
    if of_session:
        open_still |= {"duration_s": int((now - parsed(row["started_at"])).total_seconds()), "state": _OPEN}
    return row | open_still
