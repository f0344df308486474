"""The energy of the sessions that ended since an instant, by charger: exactly up to the newest published event."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.http import ServerFace
from cpoctl.http.problems import wrong
from cpoctl.operations import Query, Read

_NEWEST = "SELECT coalesce(max(seq), 0) AS seq FROM event"
# The plus leads SQLite to the index by time; to group by charger it would read every session.
ENDED = "SELECT charger_id, sum(energy_wh) AS wh FROM session WHERE stopped_at >= ? GROUP BY +charger_id"


@dataclass(frozen=True)
class _Found:
    """What the database held when the event of this number was its newest."""

    seq: int
    wh: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class _Ended(Query):
    """The sums of the sessions that ended since an instant."""

    path = "_energy"
    row = _Found
    since: str

    def select(self, read: Read) -> list[_Found]:
        """Both SELECTs see the same commits."""
        sums = {record["charger_id"]: record["wh"] or 0.0 for record in read(ENDED, (self.since,))}
        return [_Found(read(_NEWEST)[0]["seq"], sums)]


async def ended_wh(server: ServerFace, since: str) -> dict[str, float]:
    """Wh by charger. Between what the answer holds last and the answer nothing is awaited."""
    start, ends = _instant(since), _Ends()
    stop = server.bus.listen(ends.hear, events.SessionStopped)
    try:
        found: _Found = (await server.query(_Ended(since=start)))[0]
        while server.latest_seq < found.seq:  # noqa: ASYNC110 # committed, and published as soon as the loop has its turn
            await asyncio.sleep(0)
    finally:
        stop()
    total = dict(found.wh)
    for seq, event in ends.heard:
        if seq > found.seq and event.stopped_at >= start:
            charger_id = event.charger_id or ""
            total[charger_id] = total.get(charger_id, 0.0) + (event.energy_wh or 0.0)
    return total


class _Ends:
    """The sessions that ended while the database was read."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, events.SessionStopped]] = []

    def hear(self, seq: int | None, event: events.Event) -> None:
        """Note one."""
        if seq is not None and isinstance(event, events.SessionStopped):
            self.heard.append((seq, event))


def _instant(text: str) -> str:
    """An instant as the database writes it. Raises UsageProblem."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("it names no zone")
        return stored(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        raise wrong(f"since: {text} is not an instant such as 2026-11-22T00:00:00Z", "since") from None
