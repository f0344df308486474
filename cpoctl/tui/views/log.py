"""Log: every exchange as it happens, and what has gone before it (UX mock-up d)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from shlex import quote
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from cpoctl.clock import stored
from cpoctl.command_lines import command_line
from cpoctl.errors import CpoctlError
from cpoctl.filters import matching
from cpoctl.operations.log import FrameRow
from cpoctl.operations.log.list import ListFrames
from cpoctl.operations.log.tail import TailFrames
from cpoctl.tui.exchanges import COLS, preview
from cpoctl.tui.link import Follower, Lost
from cpoctl.tui.log_looks import instant_of, title, waiting
from cpoctl.tui.views import View
from cpoctl.tui.widgets.frame_page import copy_frame, open_page
from cpoctl.tui.widgets.lines import Line, Lines
from cpoctl.tui.widgets.log_lines import LogLines
from cpoctl.tui.wire_entries import Entry, kept
from cpoctl.tui.wire_intake import Intake
from cpoctl.tui.wire_log import Ring
from cpoctl.tui.working import begin

_NOISE = "-action:Heartbeat,MeterValues"
_PAGE = 500
_PAINT_EVERY_S = 0.25
_RUSH_EVERY_S = 0.75
_LEGIBLE = 60  # lines a second
_RATE_S = 5
_PREVIEW_FROM = 22
_WIDE_FROM = 150


class Log(View):
    """The wire log. It listens from the first time that it is opened, and goes on while another screen is shown,
    so that nothing is missing when one comes back; who never looks at the wire does not pay for it."""

    title: ClassVar[str] = "Log"
    place: ClassVar[int | None] = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "noise", "hide noise", id="log.noise"),
        Binding("y", "copy_frame", "copy frame", show=False, id="log.copy"),
    ]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._intake = Intake()
        self._follower: Follower | None = None
        self._text, self._quiet = "", False
        self._to_paint = False

    def compose(self) -> ComposeResult:
        """The title, the lines, the one under the cursor, and what waits below."""
        yield Lines(classes="list-title")
        with Container(classes="list-and-preview"):
            yield LogLines(COLS, lambda key: self._ring.entries[key], classes="list")
            yield Lines(classes="preview")
        yield Lines(classes="log-newer list-title")

    def on_mount(self) -> None:
        """Nothing waits yet."""
        self.query_one(".log-newer").display = False

    @property
    def lines(self) -> LogLines:
        """The list."""
        return self.query_one(LogLines)

    @property
    def filtered_by(self) -> str:
        """The filter in force."""
        return self._text

    def opened(self) -> None:
        """Listen, from the first time on."""
        if self._follower is None:
            self._follower = Follower(self.desk.client, TailFrames(follow=True, last=_PAGE), self._hear)
            self._follower.start()
        self._paint()
        self.lines.focus()

    def open_at(self, charger_id: str | None, at: str | None = None) -> None:
        """Open the log of a charger, or of all: as it goes on, or around a time (TUI-18)."""
        self.desk.screens.go(self.id or "log")
        self.lines.following = at is None
        self._show(Ring(charger_id, live=at is None, at=at) if charger_id or at else self._live)
        if self._ring is not self._live:
            self._load(ListFrames(charger=charger_id, around=at, last=_PAGE))

    def on_unmount(self) -> None:
        """Listen no more."""
        if self._follower:
            self._follower.close()

    def resynced(self) -> None:
        """The server is there again: do not wait any longer. A replay goes on from elsewhere."""
        if self._follower and self.desk.replay:
            self._follower.close()
            self._follower, self._intake = None, Intake()
            self._refilter()
            if self.display:
                self.opened()
        elif self._follower:
            self._follower.try_again()
            self._intake.found(self.desk.picture.now())

    def tick(self) -> None:
        """A second has passed."""
        if self._intake.let_go(self.desk.picture.now()) or self._to_paint:
            self._paint()
        self._tell()

    def back(self) -> bool:
        """Back from one charger, or from history, to all that happens."""
        if self._ring is self._live:
            return False
        self._show(self._live)
        self.lines.action_last()
        return True

    def filter(self, text: str) -> None:
        """Show only the exchanges that fit, in the words of `--where`. Raises UsageProblem."""
        if text.strip():
            matching(FrameRow, text, self.desk.picture.now)
        self._text = text.strip()
        self._refilter()

    def command(self) -> str:
        """`log list` with the same filter."""
        ring = self._ring
        before = None if ring.live or ring.at or ring.newest is None else ring.newest + 1
        listed = ListFrames(charger=ring.scope, around=ring.at, before=before, last=max(1, len(ring.entries)))
        return f"{command_line(listed)} --where {quote(self._where)}" if self._where else command_line(listed)

    def exported(self) -> tuple[type, Sequence[FrameRow]]:
        """The exchanges as shown."""
        entries = (self._ring.entries[key] for key in self._ring.shown)
        return FrameRow, [entry for entry in entries if isinstance(entry, FrameRow)]

    def on_resize(self) -> None:
        """Where there is room for a preview, and on which side."""
        self._tell()

    def _hear(self, news: list[Any]) -> None:
        heard = (item if isinstance(item, Lost) else kept(item) for item in news)
        self._intake.hear(heard, self.desk.picture.now(), frozen=self.desk.following.frozen)
        self._soon()

    def _soon(self) -> None:
        """Paint, but not more often than an eye can read."""
        if not self._to_paint:
            self._to_paint = True
            self.set_timer(max(self.desk.period, _PAINT_EVERY_S if self._legible else _RUSH_EVERY_S), self._paint)

    @property
    def _legible(self) -> bool:
        """Whether what passes could be read; else fewer paints do, and leave the machine its time."""
        now = self.desk.picture.now()
        return self._live.count_since(stored(now - timedelta(seconds=1))) <= _LEGIBLE

    def _paint(self) -> None:
        if not self.display or len(self.app.screen_stack) > 1:
            return  # until it is opened, or the dialog before it is closed
        if self.desk.following.frozen:
            self._to_paint = False
            self._tell()
        else:
            self._show(self._ring)

    def _show(self, ring: Ring) -> None:
        """Show the lines of a ring."""
        if ring is not self._ring:
            self._intake.look_at(ring)
            ring.filter(self._fits)
        self._to_paint = False
        if self.lines.following and ring.live:
            self._intake.newer = 0
        self.lines.empty = "no line fits the filter" if ring.entries else "nothing on the wire that is kept"
        self.lines.show(ring.shown)
        self._tell()

    def action_noise(self) -> None:
        """Hide what comes all the time, or show it again."""
        self._quiet = not self._quiet
        self._refilter()

    def action_copy_frame(self) -> None:
        """Copy the exchange under the cursor as it went over the wire."""
        entry = self._entry
        if isinstance(entry, FrameRow):
            begin(self, "frame", copy_frame, self.desk, entry.journal_id)

    def on_row_table_opened(self, event: LogLines.Opened) -> None:
        """Show the exchange in full."""
        event.stop()
        if isinstance(self._entry, FrameRow):
            begin(self, "frame", open_page, self.desk, event.key)

    def on_row_table_moved(self, _: LogLines.Moved) -> None:
        """The cursor is elsewhere; where it follows the end, that is told as it is painted."""
        if not (self.lines.following and self._to_paint):
            self._tell()

    def on_log_lines_followed(self, _: LogLines.Followed) -> None:
        """From a piece of history back to what happens."""
        self._intake.newer = 0
        if self._ring.live:
            self._tell()
        elif self._ring.scope is None:
            self._show(self._live)
        else:
            self._show(Ring(self._ring.scope))
            self._load(ListFrames(charger=self._ring.scope, last=_PAGE))

    def on_log_lines_edge(self, event: LogLines.Edge) -> None:
        """Ask for what lies beyond."""
        ring = self._ring
        if event.older and ring.oldest is not None:
            self._load(ListFrames(charger=ring.scope, before=ring.oldest, last=_PAGE), older=True)
        elif not event.older and not ring.live:
            self._load(ListFrames(charger=ring.scope, after=ring.newest or 0, last=_PAGE), newer=True)

    def _load(self, asked: ListFrames, *, older: bool = False, newer: bool = False) -> None:
        begin(self, "page", self._loaded, self._ring, asked, older=older, newer=newer)

    async def _loaded(self, ring: Ring, asked: ListFrames, *, older: bool, newer: bool) -> None:
        try:
            rows = [kept(row) for row in await self.desk.ask(asked)]
        except CpoctlError as error:
            self.desk.tell_error(error)
            return
        if ring is not self._ring:
            return  # somebody looks at something else by now
        if older:
            ring = ring.room_for(len(rows))
            if not rows:
                self.notify("the log begins here: nothing older is kept", severity="warning")
        ring.take(rows, older=older)
        if newer and len(rows) < _PAGE:  # that was the newest: what has been heard since follows it
            self._intake.catch_up(ring)
        self._show(ring)
        if ring.at and asked.around and (key := ring.first_since(instant_of(ring.at))):
            self.lines.go_to(key)
        elif rows and (older or newer):
            self.lines.action_page(-1 if older else 1)

    @property
    def _live(self) -> Ring:
        return self._intake.live

    @property
    def _ring(self) -> Ring:
        return self._intake.ring

    @property
    def _where(self) -> str:
        return " ".join(part for part in (self._text, _NOISE if self._quiet else "") if part)

    @property
    def _fits(self) -> Callable[[Mapping[str, Any]], bool] | None:
        return matching(FrameRow, self._where, self.desk.picture.now) if self._where else None

    def _refilter(self) -> None:
        self._intake.newer = 0
        self._ring.filter(self._fits)
        self._live.filter(self._fits)
        self._show(self._ring)

    @property
    def _entry(self) -> Entry | None:
        return self._ring.entries.get(self.lines.cursor or "")

    def _tell(self) -> None:
        """The title, the preview and what waits."""
        following, ring = self.lines.following and self._ring.live, self._ring
        self.query_one(".list-title", Lines).tell([self._title(following=following)])
        self.set_class(not following and self.size.height >= _PREVIEW_FROM, "-with-preview")
        self.set_class(not following and self.size.width >= _WIDE_FROM, "-wide")
        if not following:
            below = self.query_one(".preview", Lines)
            below.tell(preview(self._entry, max(20, below.size.width or self.size.width), below.size.height))
        newer = self.query_one(".log-newer", Lines)
        newer.tell([[(f" {waiting(self._intake)}", "offline")]])
        newer.display = bool(self._intake.waiting or (not following and (self._intake.newer or not ring.live)))

    def _title(self, *, following: bool) -> Line:
        since = stored(self.desk.picture.now() - timedelta(seconds=_RATE_S))
        rate = self._live.count_since(since, self._ring.scope) / _RATE_S
        return title(self._ring, following=following, text=self._text, quiet=self._quiet, rate=rate)
