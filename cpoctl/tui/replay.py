"""The replay: what happened, again, at some times the real speed; it takes the place of the link (TUI-28, UX §5.3).

A thread reads the snapshot of an instant and page after page of what followed, and tells each event when its time has come.
A jump begins with another snapshot. Two pages at the most are held, however long the history.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec

from cpoctl.client import Client, Told
from cpoctl.clock import parsed, stored
from cpoctl.domain.rebuilding import read_snapshot
from cpoctl.operations._past import PastEvents, PastSnapshot, ShowSpan, Span
from cpoctl.tui.link import News, Reading, whole
from cpoctl.tui.pace import Pace
from cpoctl.tui.past import PastClient
from cpoctl.tui.picture import Picture
from cpoctl.tui.widgets.lines import Line

LEAP: Final = timedelta(minutes=10)
_PAGE_S: Final = (60.0, 6 * 3600.0)
_A_PAGE_LASTS_S: Final = 30.0
_ASKS_BEFORE_S: Final = 2.0
_NOTHING_MORE_S: Final = 5.0


class _Page(msgspec.Struct, kw_only=True):
    through: str
    ends_at: str
    runs: list[tuple[str, str]]
    events: list[dict[str, Any]]


class _Runs(msgspec.Struct):
    runs: list[tuple[str, str]]


class PastPicture(Picture):
    """A picture whose time is the replay's, and not of the machine."""

    def now(self) -> datetime:
        """The replayed time."""
        return self._now()


class Replaying:
    """What the dashboard has of a replay: its clock, where it is, and the keys that steer it."""

    def __init__(self, client: Client, at: datetime, speed: float = 1.0) -> None:
        self.span = msgspec.json.decode(client.whole(ShowSpan()), type=Span)
        self.span.holds(at)
        self.pace = Pace(min(at.astimezone(UTC), parsed(self.span.ends_at)), speed)
        self.picture = PastPicture(self.pace.now)
        self.client = PastClient(client, self.pace, self.picture)
        self.runs: dict[str, str] | None = None
        """The server's running periods that were read since the last jump: their ends by their begins."""
        self.jumps = 0
        self.target = self.pace.now()

    def link(self, hear: Callable[[list[News]], None], since: Callable[[], str]) -> "Replay":
        """What reads it."""
        return Replay(self, hear, since)

    def jump(self, by: timedelta) -> None:
        """Go on from elsewhere."""
        ends = parsed(self.span.begins_at), parsed(self.span.ends_at)
        self.target = min(max(self.pace.now() + by, ends[0]), ends[1])
        self.jumps += 1
        self.pace.begin(self.target)

    def pause(self) -> None:
        """Stand still, or go on."""
        self.pace.pause(not self.pace.paused)

    @property
    def down(self) -> bool:
        """Whether no server ran."""
        now, runs = stored(self.pace.now()), self.runs
        return runs is not None and not any(begun <= now <= ended for begun, ended in runs.items())

    def told(self) -> list[Line]:
        """The banner."""
        now = self.pace.now()
        state = [f"REPLAY {_clock(now)} ×{self.pace.speed:g}", "read-only"]
        if now >= parsed(self.span.ends_at):
            state.append("nothing newer is stored")
        elif self.pace.paused:
            state.append("paused, p goes on")
        if self.down:
            state.append("NO SERVER RAN")
        return [[(f" {' · '.join(state)} · p + - < >", "offline")]]


def _clock(now: datetime) -> str:
    """The time where one watches, with its zone in the hour that comes twice when the clocks go back."""
    here = now.astimezone().replace(tzinfo=None)
    twice = here.astimezone().utcoffset() != here.replace(fold=1).astimezone().utcoffset()
    return f"{now.astimezone():%Y-%m-%d %H:%M:%S %Z}" if twice else f"{here:%Y-%m-%d %H:%M:%S}"


class Replay(Reading):
    """Reads the past."""

    def __init__(self, replaying: Replaying, hear: Callable[[list[News]], None], since: Callable[[], str]) -> None:
        super().__init__(replaying.client, hear, "replay")
        self._replaying, self._pace, self._since = replaying, replaying.pace, since
        self._jumps = -1

    def read(self) -> None:
        """A snapshot, and what followed; after a jump again."""
        while not self._ended.is_set():
            jumps = self._replaying.jumps
            given_up = partial(self._left, jumps)
            # Where a server was away meanwhile it goes on from where it has stood since.
            at = self._replaying.target if jumps != self._jumps else self._pace.now()
            self._jumps = jumps
            self._pace.begin(at)
            answer = self._client.whole(PastSnapshot(at=stored(at), since=self._since()))
            if given_up():
                continue
            self._replaying.runs = dict(msgspec.json.decode(answer, type=_Runs).runs)
            self.tell(whole(read_snapshot(answer)))
            self.tries = 0
            self._follow(at, given_up)

    def _left(self, jumps: int) -> bool:
        return self._ended.is_set() or self._replaying.jumps != jumps

    def _follow(self, since: datetime, given_up: Callable[[], bool]) -> None:
        while not given_up():
            page = self._page(since)
            through = parsed(page.through)
            self._replaying.span.ends_at = page.ends_at
            self._replaying.runs = {**(self._replaying.runs or {}), **dict(page.runs)}  # another thread goes through it
            self._pace.allow(through)
            for message in page.events:
                if not self._pace.reaches(parsed(message["at"]), given_up):
                    return
                self.tell(Told("", message["type"], message))
            if through <= since:
                self._pace.rest(_NOTHING_MORE_S, given_up)
            since = through
            self._pace.reaches(through - timedelta(seconds=_ASKS_BEFORE_S * self._pace.speed), given_up)

    def _page(self, since: datetime) -> _Page:
        least, most = _PAGE_S
        span = timedelta(seconds=min(max(self._pace.speed * _A_PAGE_LASTS_S, least), most))
        answer = self._client.whole(PastEvents(since=stored(since), until=stored(since + span)))
        return msgspec.json.decode(answer, type=_Page)
