"""Listing: a screen that is a list, with its filter, its sort and a preview below or beside it (UX §5.1)."""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize

from cpoctl.filters import matching
from cpoctl.tui.actions import Subject
from cpoctl.tui.views import View
from cpoctl.tui.widgets.lines import Line, Lines
from cpoctl.tui.widgets.table import Col, RowTable

_SORT_EVERY_S = 2.0
_PREVIEW_FROM = 22
_WIDE_FROM = 150


class Listing(View):
    """A list of rows by key. A subclass says which keys there are, what the row of one is, and its columns."""

    cols: ClassVar[tuple[Col, ...]] = ()
    row: ClassVar[type]
    """The row type that the filter is read by, the same as the list's on the command line."""
    noun: ClassVar[str] = "rows"
    sort: ClassVar[str] = ""
    """The column to begin with; `-` before it for the greatest first."""
    preview_lines: ClassVar[int] = 7
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "sort", "sort by the next column", show=False, id="list.sort"),
        Binding("O", "reverse", "turn the order round", show=False, id="list.reverse"),
    ]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._text = ""
        self._fits: Callable[[Mapping[str, Any]], bool] | None = None
        self._order: dict[str, Any] = {}
        self._by = self.sort.removeprefix("-")
        self._down = self.sort.startswith("-")
        self._sorted_at = 0.0
        self._unsorted = False

    def compose(self) -> ComposeResult:
        """The summary, the list and its preview."""
        yield Lines(classes="summary")
        yield Lines(classes="list-title")
        with Container(classes="list-and-preview"):
            yield RowTable(self.cols, self.row_of, classes="list")
            yield Lines(classes="preview")

    @property
    def table(self) -> RowTable:
        """The list itself."""
        return self.query_one(RowTable)

    @property
    def filtered_by(self) -> str:
        """The filter in force."""
        return self._text

    def all_keys(self) -> Collection[str]:
        """Every key there is."""
        return ()

    def row_of(self, key: str) -> Any:
        """What the columns are asked about."""
        raise KeyError(key)

    def record(self, key: str) -> Mapping[str, Any]:
        """What the filter is asked about: a record of the row type."""
        record: Mapping[str, Any] = vars(self.row_of(key))
        return record

    def word(self, key: str) -> str:
        """What an operation calls the row."""
        return key

    def summary(self) -> list[Line]:
        """The lines above the list."""
        return []

    def preview(self, key: str) -> list[Line]:
        """What is told of the row under the cursor."""
        return []

    def subject(self) -> Subject:
        """The marked rows, or the one under the cursor."""
        return Subject(self.kind, tuple(self.word(key) for key in self.table.chosen))

    def filter(self, text: str) -> None:
        """Show only the rows that fit. Raises UsageProblem."""
        self._fits = matching(self.row, text, self._now) if text.strip() else None
        self._text = text.strip()
        self.rebuild()

    def opened(self) -> None:
        """Paint what has changed while it was hidden."""
        self.rebuild()
        self.table.focus()

    def resynced(self) -> None:
        """The rows are others."""
        if self.display:
            self.rebuild()

    def freshen(self, changed: frozenset[str]) -> None:
        """Take the changed rows in; the order is made anew now and then, and never while keys are pressed."""
        if self._taken_in(changed):
            self._unsorted = True
        if any(key not in self._order for key in changed):  # what has gone goes at once, and nothing else moves
            self.table.show([key for key in self.table.keys if key in self._order])
        self.table.touch(changed)
        now = time.monotonic()
        if self._unsorted and now - max(self._sorted_at, self.desk.key_at) >= _SORT_EVERY_S:
            self._arrange()
        self._tell()

    def tick(self) -> None:
        """Ages have changed."""
        if self._unsorted and time.monotonic() - max(self._sorted_at, self.desk.key_at) >= _SORT_EVERY_S:
            self._arrange()
        self.table.touch_all()
        self._sum_up()
        self._tell()

    def rebuild(self) -> None:
        """Everything anew: which rows, in which order."""
        self._order = {key: self._place(key) for key in self.all_keys() if self._shows(key)}
        self._arrange()
        self._sum_up()
        self._tell()

    def on_row_table_moved(self, _: RowTable.Moved) -> None:
        """The cursor is elsewhere."""
        self._tell()
        self.desk.refresh_bindings()

    def on_resize(self, event: Resize) -> None:
        """Where there is room for a preview, and on which side."""
        self.set_class(event.size.height >= _PREVIEW_FROM, "-with-preview")
        self.set_class(event.size.width >= _WIDE_FROM, "-wide")

    def action_sort(self) -> None:
        """Sort by the next column."""
        ids = [col.id for col in self.cols]
        self._by, self._down = ids[(ids.index(self._by) + 1) % len(ids)] if self._by in ids else ids[0], False
        self.rebuild()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._down = not self._down
        self.rebuild()

    def _now(self) -> datetime:
        return self.desk.picture.now()

    def _shows(self, key: str) -> bool:
        return self._fits is None or self._fits(self.record(key))

    def _place(self, key: str) -> Any:
        col = next((col for col in self.cols if col.id == self._by), None)
        return _Key((col.order(self.row_of(key)) if col else None, key.casefold()))

    def _taken_in(self, changed: frozenset[str]) -> bool:
        """Whether rows have come, gone or moved."""
        moved = False
        known = self.all_keys()
        for key in changed:
            place = self._place(key) if key in known and self._shows(key) else None
            if place != self._order.get(key):
                moved = True
                if place is None:
                    self._order.pop(key, None)
                else:
                    self._order[key] = place
        return moved

    def _arrange(self) -> None:
        self._sorted_at, self._unsorted = time.monotonic(), False
        self.table.show(sorted(self._order, key=self._order.__getitem__, reverse=self._down))

    def _sum_up(self) -> None:
        summary = self.query_one(".summary", Lines)
        summary.tell(self.summary())
        summary.display = bool(summary.lines)

    def _tell(self) -> None:
        """The title and the preview."""
        table, total = self.table, len(self.all_keys())
        count = f"{len(table.keys):,} of {total:,}".replace(",", " ")
        title = f"{self.noun} · filter: {self._text} · {count}" if self._text else f"{self.noun} · {count}"
        if table.marks:
            title += f" · {len(table.marks)} marked"
        if self._by:
            header = next((col.header for col in self.cols if col.id == self._by), self._by)
            title += f" · sort: {header} {'↓' if self._down else '↑'}{' +' if self._unsorted else ''}"
        self.query_one(".list-title", Lines).tell([[(f" {title}", "header")]])
        if self.has_class("-with-preview"):
            key = table.cursor
            known = key is not None and key in self._order
            self.query_one(".preview", Lines).tell(self.preview(key) if key is not None and known else [])


class _Key(tuple[Any, ...]):
    """A place in the order. What is unknown comes last; things of different kinds do not fail to compare."""

    __slots__ = ()

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        mine, theirs = self[0], other[0]
        if mine is None or theirs is None:
            return (mine is None, self[1]) < (theirs is None, other[1])
        return (mine, self[1]) < (theirs, other[1])
