"""RowTable: a list of any length that repaints only the lines that changed and can be seen (UX §5.3, §5.4).

Its cursor and marks belong to keys, not to places: they stay on the same row through insertion, deletion, sorting and
filtering. What a row looks like is made when it is painted.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cpoctl.tui.widgets.lines import CLASSES, Styled, flat

Cell = tuple[str, str]
"""What a cell says, and the style class that it says it in; '' for the row's own."""
_GUTTER = 3
_GAP = 2


@dataclass(frozen=True)
class Col:
    """A column: how wide at least, how important (1 stays longest), and what it says and is sorted by for a row."""

    id: str
    header: str
    width: int
    cell: Callable[[Any], Cell]
    order: Callable[[Any], Any]
    priority: int = 1
    align: Literal["left", "right"] = "left"
    grows: bool = False


class RowTable(ScrollView, Styled, can_focus=True):
    """A list of rows. `get` makes the row of a key when it is wanted; `show` says which keys, in which order."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(CLASSES)
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
        self._get = get
        self._places: dict[str, int] = {}
        self._at = 0
        self._fixed: str | None = None
        self._from: str | None = None
        self._shown: list[tuple[Col, int]] = []
        self._laid_out_for = 0

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
        if list(keys) == self.keys:
            self.refresh()
            return
        on = self.cursor
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

    def go_to(self, key: str) -> None:
        """Put the cursor on a row, now or when it comes."""
        if key in self._places:
            self._go(self._places[key])
        else:
            self._fixed = key

    def touch(self, keys: Iterable[str]) -> None:
        """Paint these rows again, those of them that can be seen."""
        first, last = self._window()
        for key in keys:
            place = self._places.get(key, -1)
            if first <= place < last:
                self.refresh_row(place)

    def touch_all(self) -> None:
        """Paint every row that can be seen again."""
        self.refresh()

    def refresh_row(self, place: int) -> None:
        """Paint the row at a place again."""
        line = place + 1 - self.scroll_offset.y
        if 0 < line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def on_resize(self) -> None:
        """Choose the columns that there is room for."""
        self._lay_out()
        self._follow()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the window; the first one is the header, which stays."""
        width = self._room
        if width != self._laid_out_for:  # the scrollbar has come or gone
            self._lay_out()
        if y == 0:
            return self._header(width)
        place = y - 1 + self.scroll_offset.y
        if place >= len(self.keys):
            text = f"   {self.empty}" if not self.keys and y == 2 else ""
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
        begin = self._places.get(self._from or "", self._at)
        low, high = sorted((begin, self._at))
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
        place = event.y - 1 + self.scroll_offset.y
        if event.y == 0 or place >= len(self.keys):
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
        height = max(1, self.size.height - 1)
        top = round(self.scroll_offset.y)
        wanted = min(max(top, self._at - height + 1), self._at)
        if wanted == top:
            return False
        self.scroll_to(y=wanted, animate=False, force=True)
        return True

    def _window(self) -> tuple[int, int]:
        first = round(self.scroll_offset.y)
        return first, first + max(0, self.size.height - 1)

    @property
    def _room(self) -> int:
        """How wide a row may be, beside the scrollbar."""
        return self.scrollable_content_region.width

    def _lay_out(self) -> None:
        """Take the most important columns that fit, in their order; what is left goes to the one that grows."""
        self._laid_out_for = self._room
        room = self._room - _GUTTER
        chosen: list[Col] = []
        for col in sorted(self.cols, key=lambda col: col.priority):
            if room >= col.width or not chosen:
                chosen.append(col)
                room -= col.width + _GAP
        kept = [col for col in self.cols if col in chosen]
        spare = max(0, room + _GAP)
        self._shown = [(col, col.width + (spare if col.grows else 0)) for col in kept]
        self.virtual_size = Size(self.size.width, len(self.keys) + 1)

    def _header(self, width: int) -> Strip:
        text = " " * _GUTTER + (" " * _GAP).join(_fit(col.header, size, col.align) for col, size in self._shown)
        return Strip([Segment(set_cell_size(text, width), self.look("header"))], width)

    def _row(self, key: str, here: bool, width: int) -> Strip:
        try:
            row = self._get(key)
        except KeyError:  # it has gone a moment ago, and the list is about to hear of it
            return Strip.blank(width, Style.null())
        whole = self.look("cursor") if here else self.look("changed" if key in self.bright else "")
        if key in self.marks:
            whole += self.look("marked")
        pointer = "▌" if here else " "
        segments = [Segment(f"{pointer}{'*' if key in self.marks else ' '} ", whole)]
        for number, (col, size) in enumerate(self._shown):
            text, style = col.cell(row)
            look = self.look(style) + whole if style else whole
            gap = " " * _GAP if number else ""
            segments.append(Segment(gap, whole))
            segments.append(Segment(_fit(flat(text), size, col.align), look))
        return Strip(segments).adjust_cell_length(width, whole)


def _fit(text: str, width: int, align: str) -> str:
    """The text in exactly so many cells; what is cut off is marked."""
    if (length := cell_len(text)) > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else set_cell_size(text, width)
    return " " * (width - length) + text if align == "right" else text + " " * (width - length)
