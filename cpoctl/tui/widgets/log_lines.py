"""LogLines: a list that stays at its end, or on its line while lines come and go around it (TUI-17)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.strip import Strip

from cpoctl.table import clean
from cpoctl.tui.widgets.columns import Col
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.wire_entries import Entry, Gap, odd

_STRIPS = 500


class LogLines(RowTable):
    """The lines of a log. Its marks are bookmarks: they stay when a filter hides their lines for a while."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "follow", "follow", id="log.follow"),
        Binding("n", "odd(1)", "next problem", id="log.next"),
        Binding("N", "odd(-1)", "previous problem", show=False, id="log.previous"),
        Binding("b", "bookmark", "bookmark", id="log.bookmark"),
        Binding("B", "next_bookmark", "next bookmark", show=False, id="log.next-bookmark"),
    ]

    @dataclass
    class Edge(Message):
        """Somebody wants to see what lies before the first line, or behind the last one."""

        lines: "LogLines"
        older: bool

    @dataclass
    class Followed(Message):
        """Somebody wants to see what happens."""

        lines: "LogLines"

    def __init__(self, cols: Sequence[Col], get: Callable[[str], Entry], **more: Any) -> None:
        self._made: dict[str, int] | None = None
        super().__init__(cols, get, **more)
        self.following = True
        self._strips: LRUCache[tuple[str, str, int, bool, bool], Strip] = LRUCache(_STRIPS)

    @property
    def _places(self) -> dict[str, int]:
        """Where each line stands: known when somebody asks, as they all move up several times a second."""
        if self._made is None:
            self._made = {key: place for place, key in enumerate(self.keys)}
        return self._made

    @_places.setter
    def _places(self, places: dict[str, int]) -> None:
        self._made = places

    def show(self, keys: Sequence[str]) -> None:
        """Show these lines: at the end when it follows, else with the cursor's line where it was on the screen."""
        on, before = self.cursor or self._fixed, self._on_screen()
        line = self._at - round(self.scroll_offset.y)
        self.keys, self._made = list(keys), None
        last = max(0, len(self.keys) - 1)
        self._fixed = None if self.keys else on  # a list that is empty for a moment does not lose its place
        if self.following:
            self._at = last
        elif on in self._places:
            self._at = self._places[on]
        else:
            self._at = self._nearest(on) if on else last
        self._lay_out()
        if not self.following and on in self._places:
            self.scroll_to(y=max(0, self._at - line), animate=False, force=True)
        self._follow()
        if self.cursor != on:
            self.post_message(self.Moved(self))
        if self._on_screen() != before:
            self.refresh()

    def action_follow(self) -> None:
        """Go to the end and stay there, or stay here."""
        if self.following:
            self.following = False
            self.post_message(self.Moved(self))
        else:
            self.action_last()

    def action_last(self) -> None:
        """Go to the end, and stay there."""
        self.following = True
        self._go(len(self.keys) - 1)
        self.post_message(self.Followed(self))

    def action_page(self, by: int) -> None:
        """Move by a page; from an end of the list, ask for what lies beyond."""
        if self._at == (0 if by < 0 else len(self.keys) - 1) or not self.keys:
            self.post_message(self.Edge(self, by < 0))
        super().action_page(by)

    def action_odd(self, by: int) -> None:
        """Go to the next line that something is wrong with."""
        self._seek(by, lambda key: odd(self._get(key)), "no problem")

    def action_bookmark(self) -> None:
        """Set a bookmark, or take it away."""
        if (key := self.cursor) is not None:
            self.marks ^= {key}
            self.refresh_row(self._at)

    def action_next_bookmark(self) -> None:
        """Go to the next bookmark, after the last one to the first."""
        places = sorted(self._places[key] for key in self.marks if key in self._places)
        if places:
            self._go(next((place for place in places if place > self._at), places[0]))
        else:
            self.notify("no bookmark here: b sets one", severity="warning")

    def notify_style_update(self) -> None:
        """The theme has changed."""
        self._strips.clear()
        super().notify_style_update()

    def _go(self, place: int) -> None:
        """Whoever goes up, or to a line, wants to read it."""
        before = self._at
        super()._go(place)
        if self._at != before and self._at < len(self.keys) - 1:
            self.following = False

    def _seek(self, by: int, wanted: Callable[[str], bool], none: str) -> None:
        ahead = range(self._at + by, len(self.keys) if by > 0 else -1, by)
        place = next((place for place in ahead if wanted(self.keys[place])), None)
        if place is None:
            self.notify(f"{none} {'below' if by > 0 else 'above'}", severity="warning")
        else:
            self.following = False
            self._go(place)

    def _nearest(self, key: str) -> int:
        """The place where a line that is gone would be."""
        return min(len(self.keys) - 1, sum(float(other) < float(key) for other in self.keys)) if self.keys else 0

    def _on_screen(self) -> tuple[int, list[str]]:
        first, last = self._window()
        return self._at - first, self.keys[first:last]

    def _lay_out(self) -> None:
        shown = self._shown
        super()._lay_out()
        if shown != self._shown:
            self._strips.clear()

    def _row(self, key: str, here: bool, width: int) -> Strip:
        entry: Entry = self._get(key)
        if isinstance(entry, Gap):  # not kept: it may still change
            return self._gap(entry, here, width)
        name = (key, entry.at, width, here, key in self.marks)
        if (strip := self._strips.get(name)) is None:
            strip = self._strips[name] = super()._row(key, here, width)
        return strip

    def _gap(self, gap: Gap, here: bool, width: int) -> Strip:
        text = f"{'▌' if here else ' '}  ── {clean(gap.text)} "
        look = self.look("offline") + (self.look("cursor") if here else self.look(""))
        return Strip([Segment(set_cell_size(text.ljust(width, "─"), width), look)], width)
