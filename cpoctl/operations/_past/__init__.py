"""The past: the fleet as it was at an instant, and what happened from there on, out of what is stored (TUI-28).

The answers have the shapes of the live snapshot and of the messages of the event stream (`domain/rebuilding.py`). Sessions,
meter values, statuses, connections and alerts are never pruned; where stored events still exist they tell it exactly.
What nobody has written down is not made up: a power is the last sample's, and old.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from cpoctl.clock import parsed, stored
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations import Query, Read
from cpoctl.operations._past.fleet import snapshot
from cpoctl.operations._past.windows import Window

_BEGIN = """
SELECT min(at) AS at FROM (
    SELECT min(started_at) AS at FROM run
    UNION ALL SELECT min(added_at) FROM charger
    UNION ALL SELECT * FROM (SELECT opened_at FROM connection ORDER BY connection_id LIMIT 1)
    UNION ALL SELECT * FROM (SELECT start_received_at FROM session ORDER BY session_id LIMIT 1)
)"""
_END = """
SELECT max(at) AS at FROM (
    SELECT * FROM (SELECT coalesce(stopped_at, alive_at) AS at FROM run ORDER BY run_id DESC LIMIT 1)
    UNION ALL SELECT * FROM (SELECT at FROM journal ORDER BY journal_id DESC LIMIT 1)
    UNION ALL SELECT * FROM (SELECT at FROM event ORDER BY seq DESC LIMIT 1)
)"""
_RUNS = """
SELECT * FROM (
    SELECT started_at, CASE  -- the last one is alive, or was killed, up to where anything is stored at all
        WHEN stopped_at IS NULL AND run_id = (SELECT max(run_id) FROM run) THEN max(alive_at, :ends_at)
        ELSE coalesce(stopped_at, alive_at) END AS ended_at
    FROM run WHERE started_at <= :until
) WHERE ended_at >= :since ORDER BY started_at
"""
_ALIVE_EVERY = timedelta(minutes=2)
"""How old the newest sign of a server may be that runs and has nothing to do."""


@dataclass(frozen=True)
class Encoded:
    """An answer that is JSON text already: it may be large, and is made where nobody waits for it."""

    body: bytes


class Span(msgspec.Struct, kw_only=True):
    """From when to when something is stored."""

    begins_at: str
    ends_at: str

    def holds(self, at: datetime) -> None:
        """Raise UsageProblem where nothing is known of an instant, and say of which there is."""
        told = stored(at)
        if self.begins_at <= told <= stored(parsed(self.ends_at) + _ALIVE_EVERY):
            return
        when = "before anything that is stored" if told < self.begins_at else "after all that is stored"
        raise UsageProblem(
            f"{told} is {when}: from {self.begins_at} to {self.ends_at}",
            hints=[f"cpoctl dashboard --at {max(self.begins_at, min(told, self.ends_at))}"],
            detail={"begins_at": self.begins_at, "ends_at": self.ends_at},
        )


def runs(read: Read, since: str, until: str, ends_at: str) -> list[tuple[str, str]]:
    """From when to when a server ran, as far as it did between two instants."""
    found = read(_RUNS, {"since": since, "until": until, "ends_at": ends_at})
    return [(row["started_at"], row["ended_at"]) for row in found]


def span(read: Read) -> Span:
    """From when to when something is stored. Raises NotFound where nothing is."""
    begin, end = read(_BEGIN)[0]["at"], read(_END)[0]["at"]
    if begin is None:
        raise NotFound("nothing is stored yet", hints=["cpoctl dashboard    what happens now"])
    return Span(begins_at=begin, ends_at=max(begin, end or begin))


@dataclass(frozen=True, kw_only=True)
class ShowSpan(Query):
    """From when to when something is stored: `begins_at`, `ends_at`."""

    path = "_history"
    route = "GET /history"
    row = Encoded
    many = False

    def select(self, read: Read) -> list[Encoded]:
        """Both ends."""
        return [Encoded(msgspec.json.encode(span(read)))]


@dataclass(frozen=True, kw_only=True)
class PastSnapshot(Query):
    """The fleet as it was at an instant, in the shape of the live snapshot, with the run of the server that it was in."""

    path = "_history snapshot"
    route = "GET /history/snapshot"
    row = Encoded
    many = False

    at: str
    since: str | None = None

    def select(self, read: Read) -> list[Encoded]:
        """Everything that had been told before the instant. Raises UsageProblem where nothing is stored of it."""
        at = _instant(self.at, "at")
        known = span(read)
        known.holds(parsed(at))
        ran = runs(read, at, at, known.ends_at)
        return [Encoded(snapshot(read, at, _instant(self.since, "since") if self.since else None, ran))]


@dataclass(frozen=True, kw_only=True)
class PastEvents(Query):
    """What happened from an instant up to another, as messages of the event stream, oldest first.

    `through` is up to when everything is told: less than was asked for where there was much, or where nothing more is stored.
    `runs` are the server's running periods of that time.
    """

    path = "_history events"
    route = "GET /history/events"
    row = Encoded
    many = False

    since: str
    until: str

    def select(self, read: Read) -> list[Encoded]:
        """A page."""
        since, ends_at = _instant(self.since, "since"), span(read).ends_at
        page = Window(since, min(_instant(self.until, "until"), ends_at)).page(read)
        page |= {"ends_at": ends_at, "runs": runs(read, since, page["through"], ends_at)}
        return [Encoded(msgspec.json.encode(page))]


def _instant(text: str, field: str) -> str:
    """An instant as the database writes it. Raises UsageProblem."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("it names no zone")
        return stored(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        raise UsageProblem(
            f"{field}: {text} is not an instant such as 2026-11-22T14:00:00Z",
            hints=["GET /v1/history    from when to when something is stored"],
            detail={"field": field},
        ) from None
