"""RowTable: a list of any length that repaints only the lines that changed and can be seen (UX §5.3, §5.4).

Its cursor and marks belong to keys, not to places: they stay on the same row through insertion, deletion, sorting and
filtering. What a row looks like is made when it is painted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cpoctl.tui.widgets.columns import Col, Fitted, cells, fitted, header
from cpoctl.tui.widgets.headings import Headings
from cpoctl.tui.widgets.lines import Line, Styled, differing, flat


class RowTable(ScrollView, Styled, can_focus=True):
    """A list of rows. `get` makes the row of a key when it is wanted; `show` says which keys, in which order."""

    DEFAULT_CSS = "RowTable { overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False, id="table.down"),
        Binding("up,k", "move(-1)", "up", show=False, id="table.up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="table.page-down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="table.page-up"),
        Binding("g,home", "first", "first", show=False, id="table.first"),
        Binding("G,end", "last", "last", show=False, id="table.last"),
        Binding("enter", "open", "open", show=False, id="table.open"),
        Binding("space", "mark", "mark", show=False, id="table.mark"),
        Binding("v", "mark_range", "mark up to here", show=False, id="table.mark-range"),
        Binding("asterisk", "mark_all", "mark all shown", show=False, id="table.mark-all"),
        Binding("backslash", "unmark", "clear the marks", show=False, id="table.unmark"),
    ]

    @dataclass
    class Opened(Message):
        """Enter or a double click on a row."""

        table: "RowTable"
        key: str

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or the marks are others."""

        table: "RowTable"

    def __init__(self, cols: Sequence[Col], get: Callable[[str], Any], **more: Any) -> None:
        super().__init__(**more)
        self.cols = tuple(cols)
        self.keys: list[str] = []
        self.marks: set[str] = set()
        self.empty = "nothing here"
        self.bright: Collection[str] = ()
        """The keys of rows that have changed a moment ago."""
        self.heading: Callable[[str], Line] = lambda group: [(group, "header")]
        """What the heading of a group says when it is painted."""
        self._get = get
        self._places: dict[str, int] = {}
        self._headings = Headings()
        self._at = 0
        self._fixed: str | None = None
        self._from: str | None = None
        self._shown: list[Fitted] = []
        self._laid_out_for = 0
        self._painted: dict[int, Strip] = {}
        """What the lines of the window say on the screen."""

    @property
    def cursor(self) -> str | None:
        """The key that the cursor is on."""
        return self.keys[self._at] if self._at < len(self.keys) else None

    @property
    def chosen(self) -> list[str]:
        """The marked keys, in the order shown; without any the one under the cursor."""
        marked = [key for key in self.keys if key in self.marks]
        return marked or [key for key in (self.cursor,) if key is not None]

    def show(self, keys: Sequence[str]) -> None:
        """Show these rows. The cursor stays on its row, or where it was if that row is gone; marks of others go."""
        self.show_grouped(keys, {})

    def show_grouped(self, keys: Sequence[str], groups: Mapping[int, str]) -> None:
        """Show these rows; `groups` are headings by the place of the row below, in the order of places."""
        on, before = self.cursor, self._headings
        self._headings = Headings(groups)
        if list(keys) == self.keys and self._headings.stand_as(before):
            self.touch_all()
            return
        self.keys = list(keys)
        self._places = {key: place for place, key in enumerate(self.keys)}
        if self._fixed in self._places:
            on, self._fixed = self._fixed, None
        if self.keys:
            self.marks &= self._places.keys()
        else:  # a list that is empty for a moment loses neither its place nor its marks
            self._fixed = self._fixed or on
        self._at = self._places.get(on or "", min(self._at, max(0, len(self.keys) - 1)))
        self._lay_out()
        self._follow()
        self.refresh()
        self.post_message(self.Moved(self))

    def choose(self, cols: Sequence[Col]) -> None:
        """Show other columns."""
        self.cols = tuple(cols)
        self._lay_out()
        self.refresh()

    def go_to(self, key: str) -> None:
        """Put the cursor on a row, now or when it comes."""
        if key in self._places:
            self._go(self._places[key])
        else:
            self._fixed = key

    def shows(self, key: str) -> bool:
        """Whether a row is among those shown."""
        return key in self._places

    def touch(self, keys: Iterable[str]) -> None:
        """Paint what has changed of these rows, of those that can be seen."""
        first, last = self._window()
        for key in keys:
            place = self._places.get(key, -1)
            if place >= 0 and first <= self._headings.line(place) < last:
                self.refresh_row(place)

    def touch_all(self) -> None:
        """Paint what has changed of every row that can be seen."""
        for y in range(1, self.size.height):
            self._repaint(y)

    def refresh_row(self, place: int) -> None:
        """Paint what has changed of the row at a place."""
        y = self._headings.line(place) + 1 - round(self.scroll_offset.y)
        if 0 < y < self.size.height:
            self._repaint(y)

    def _repaint(self, y: int) -> None:
        """Paint a line, as far as it differs from what it says on the screen."""
        before = self._painted.get(y)
        if width := self.size.width if before is None else differing(before, self._strip(y)):
            self.refresh(Region(0, y, width, 1))  # in one piece: Textual begins each piece of a line at its left end

    def on_resize(self) -> None:
        """Choose the columns that there is room for."""
        self._lay_out()
        self._follow()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the window; the first one is the header, which stays."""
        strip = self._painted[y] = self._strip(y)
        return strip.apply_style(self.ground)

    def _strip(self, y: int) -> Strip:
        width = self.scrollable_content_region.width  # beside the scrollbar
        if width != self._laid_out_for:  # the scrollbar has come or gone
            self._lay_out()
        if y == 0:
            return self._header(width)
        group, place = self._headings.at_line(y - 1 + round(self.scroll_offset.y))
        if group is not None:
            return self._head(group, width)
        if place >= len(self.keys):
            said = ["", "", *self.empty.split("\n")] if not self.keys else []
            text = f"   {said[y]}" if y < len(said) else ""
            return Strip([Segment(set_cell_size(text, width), self.look("dim"))], width)
        return self._row(self.keys[place], place == self._at, width)

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._go(self._at + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self._go(self._at + by * max(1, self.size.height - 2))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(len(self.keys) - 1)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if (key := self.cursor) is not None:
            self.post_message(self.Opened(self, key))

    def action_mark(self) -> None:
        """Mark the row, or take its mark away, and go on to the next."""
        if (key := self.cursor) is None:
            return
        self.marks ^= {key}
        self._from = key
        self.refresh_row(self._at)
        self._go(self._at + 1)
        self.post_message(self.Moved(self))

    def action_mark_range(self) -> None:
        """Mark from the last mark up to here."""
        low, high = sorted((self._places.get(self._from or "", self._at), self._at))
        self._mark(self.keys[low : high + 1])

    def action_mark_all(self) -> None:
        """Mark every row that is shown."""
        self._mark(self.keys)

    def action_unmark(self) -> None:
        """Clear the marks."""
        self.marks.clear()
        self._mark([])

    def on_click(self, event: Click) -> None:
        """Select; a second click opens."""
        group, place = self._headings.at_line(event.y - 1 + round(self.scroll_offset.y))
        if event.y == 0 or group is not None or place >= len(self.keys):
            return
        self._go(place)
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """The wheel moves the window, the cursor goes along."""
        event.stop()
        self._go(self._at + 3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The wheel moves the window, the cursor goes along."""
        event.stop()
        self._go(self._at - 3)

    def _mark(self, keys: Iterable[str]) -> None:
        self.marks.update(keys)
        self.refresh()
        self.post_message(self.Moved(self))

    def _go(self, place: int) -> None:
        place = max(0, min(place, len(self.keys) - 1))
        if place == self._at or not self.keys:
            return
        before, self._at = self._at, place
        self._fixed = None
        if not self._follow():
            self.refresh_row(before)
            self.refresh_row(place)
        self.post_message(self.Moved(self))

    def _follow(self) -> bool:
        """Scroll so that the cursor can be seen; whether that was needed."""
        top, height = round(self.scroll_offset.y), max(1, self.size.height - 1)
        wanted = self._headings.first_line(self._at, top, height)
        if wanted == top:
            return False
        self.scroll_to(y=wanted, animate=False, force=True)
        return True

    def _window(self) -> tuple[int, int]:
        """The lines that can be seen."""
        first = round(self.scroll_offset.y)
        return first, first + max(0, self.size.height - 1)

    def _lay_out(self) -> None:
        """Take the columns that there is room for."""
        self._laid_out_for = room = self.scrollable_content_region.width
        self._shown = fitted(self.cols, room - self.show_vertical_scrollbar)  # a blank before it
        self.virtual_size = Size(self.size.width, len(self.keys) + len(self._headings) + 1)

    def _header(self, width: int) -> Strip:
        look = self.look("header") + self.look("panel")
        return Strip([Segment(set_cell_size(header(self._shown), width), look)], width)

    def _head(self, group: str, width: int) -> Strip:
        segments = [Segment(flat(text), self.look(style)) for text, style in self.heading(group)]
        return Strip(segments).adjust_cell_length(width, self.look("header"))

    def _row(self, key: str, here: bool, width: int) -> Strip:
        try:
            row = self._get(key)
        except KeyError:  # it has gone a moment ago, and the list is about to hear of it
            return Strip.blank(width, Style.null())
        whole = self.look("cursor") if here else self.look("changed" if key in self.bright else "")
        if key in self.marks:
            whole += self.look("marked")
        mark = Segment(f"{'▌' if here else ' '}{'*' if key in self.marks else ' '} ", whole)
        told = cells(self._shown, row, here=here, whole=whole, look=self.look)
        return Strip([mark, *told]).adjust_cell_length(width, whole).simplify()
