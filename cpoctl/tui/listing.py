"""Listing: a screen that is a list, with its filter, its sort and a preview below or beside it (UX §5.1)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize

from cpoctl.config import ViewSettings
from cpoctl.filters import matching
from cpoctl.table import natural
from cpoctl.tui.actions import Subject
from cpoctl.tui.flashes import Flashes
from cpoctl.tui.folding import refolded
from cpoctl.tui.grouping import Groups
from cpoctl.tui.ordering import Order, Place
from cpoctl.tui.top_line import title
from cpoctl.tui.views import View
from cpoctl.tui.widgets.checklist import Checklist
from cpoctl.tui.widgets.columns import Col
from cpoctl.tui.widgets.lines import Line, Lines
from cpoctl.tui.widgets.table import RowTable

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
        Binding("K", "columns", "choose columns", show=False, id="list.columns"),
        Binding("z", "zoom", "list / preview only", show=False, id="list.zoom"),
    ]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._text = ""
        self._fits: Callable[[str], bool] | None = None
        self.order = Order(self.sort)
        self._columns: list[str] | None = None
        self.groups = Groups(self.group_title)
        self._flashes = Flashes()

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

    def state_of(self, key: str) -> object:
        """What makes a row flash when it changes; None for what never does."""
        return None

    def group_of(self, key: str, by: str) -> str:
        """The group of a row, where rows are grouped."""
        return ""

    def group_title(self, name: str, keys: Sequence[str]) -> Line:
        """The heading of a group of rows."""
        return [(f" {name or '-'} · {len(keys)}", "header")]

    def word(self, key: str) -> str:
        """What an operation calls the row."""
        return key

    def summary(self) -> list[Line]:
        """The lines above the list."""
        return []

    def nothing(self) -> str:
        """What stands in the list where it has no rows."""
        return "nothing here"

    def preview(self, key: str) -> list[Line]:
        """What is told of the row under the cursor."""
        return []

    def subject(self) -> Subject:
        """The marked rows, or the one under the cursor."""
        return Subject(self.kind, tuple(self.word(key) for key in self.table.chosen))

    def filter(self, text: str) -> None:
        """Show only the rows that fit. Raises UsageProblem."""
        fits = matching(self.row, text, self.desk.picture.now) if text.strip() else None
        self._fits = (lambda key: fits(self.record(key))) if fits else None
        self._text = text.strip()
        if self.display:
            self._pick()
        else:  # what has changed meanwhile was not told to it
            self.rebuild()

    def as_view(self) -> ViewSettings:
        """Its filter, order, columns and groups."""
        return replace(super().as_view(), sort=self.order.told, columns=self._columns, group=self.groups.by or None)

    def take(self, view: ViewSettings) -> None:
        """Show what was saved; what it does not say is as it was at the beginning. Raises UsageProblem."""
        super().take(view)
        self.order.sort(view.sort or self.sort)
        self._choose(view.columns)
        self.group_by(view.group or "")

    def opened(self) -> None:
        """Paint what has changed while it was hidden."""
        self.rebuild()
        self.table.focus()

    def attend(self) -> None:
        """The list takes the keys; it is as it was."""
        self.table.focus()

    def resynced(self) -> None:
        """The rows are others."""
        if self.display:
            self.rebuild()

    def freshen(self, changed: frozenset[str]) -> None:
        """Take the changed rows in; the order is made anew now and then, and never while keys are pressed."""
        self.order.take_in(changed, self.all_keys(), self._placing(), self._fits)
        if any(key not in self.order.fitting and self.table.shows(key) for key in changed):
            # What has gone goes at once, and nothing else moves.
            self._line_up([key for key in self.table.keys if key in self.order.fitting])
        if self.desk.wishes.settings.flash:
            known = self.all_keys()
            self._flashes.see({key: self.state_of(key) for key in changed if key in known})
            self.table.bright = self._flashes.bright
        self.table.touch(changed)
        if self.order.is_due(self.desk.key_at):
            self._line_up(self.order.arranged())
        self._tell()

    def tick(self) -> None:
        """Ages have changed."""
        if self.order.is_due(self.desk.key_at):
            self._line_up(self.order.arranged())
        self._flashes.fade()
        self.groups.count()
        self.table.touch_all()
        self._sum_up()
        self._tell()

    def rebuild(self) -> None:
        """Everything anew: which rows, in which order."""
        self.order.forget()
        if self.desk.wishes.settings.flash:
            self._flashes.begin({key: self.state_of(key) for key in self.all_keys()})
        self._pick()
        self._sum_up()

    def _pick(self) -> None:
        """The rows that fit, each in its place."""
        self._line_up(self.order.pick(self.all_keys(), self._placing(), self._fits))
        self._tell()

    def on_row_table_moved(self, _: RowTable.Moved) -> None:
        """The cursor is elsewhere."""
        self._tell()

    def on_resize(self, event: Resize) -> None:
        """Where there is room for a preview, and on which side."""
        self.set_class(event.size.height >= _PREVIEW_FROM, "-with-preview")
        self.set_class(event.size.width >= _WIDE_FROM, "-wide")
        self.call_after_refresh(self._retell)  # by then the preview knows its own size

    def _retell(self) -> None:
        if self.query(RowTable):  # it may have gone meanwhile
            self._tell()

    def action_sort(self) -> None:
        """Sort by the next column."""
        ids = [col.id for col in self.cols]
        self.order.sort(ids[(ids.index(self.order.by) + 1) % len(ids)] if self.order.by in ids else ids[0])
        self.rebuild()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.order.down = not self.order.down
        self.rebuild()

    def action_columns(self) -> None:
        """Choose the columns that may be shown."""
        self.run_worker(self._ask_columns())

    def action_zoom(self) -> None:
        """The list with its preview, the list alone, the preview with one row."""
        states = ("", "-list-only", "-preview-only")
        now = next((state for state in states[1:] if self.has_class(state)), "")
        self.remove_class(*states[1:])
        if wanted := states[(states.index(now) + 1) % len(states)]:
            self.add_class(wanted)
        self._tell()

    def group_by(self, by: str) -> None:
        """Put rows of a group together; '' for no groups."""
        self.groups.by = by
        self.rebuild()

    async def _ask_columns(self) -> None:
        words = {col.id: col.header or col.id for col in self.cols}
        dialog = Checklist(f"Columns of {self.title}, as far as there is room", words, self._columns or words.keys())
        chosen = await self.desk.push_screen_wait(dialog)
        if chosen is not None:
            self._choose(chosen if len(chosen) < len(words) else None)
            self._tell()

    def _choose(self, columns: list[str] | None) -> None:
        self._columns = columns
        self.table.choose([col for col in self.cols if columns is None or col.id in columns])

    def _emptiness(self, total: int) -> str:
        if not self.desk.picture.synced:
            return "no picture yet"
        return f"none of {total} fits the filter; esc: all" if total and self._text else self.nothing()

    def _placing(self) -> Callable[[str], Place]:
        """What tells the place of a row, by the column and the groups of now."""
        order = next((col.order for col in self.cols if col.id == self.order.by), None)
        by = self.groups.by

        def place(key: str) -> Place:
            value = order(self.row_of(key)) if order else None
            value = natural(value) if isinstance(value, str) else value
            return Place(value is None, value, natural(key), self.group_of(key, by) if by else "")

        return place

    def _line_up(self, keys: list[str]) -> None:
        """Show rows in this order, those of a group together."""
        if self.groups.by:
            self.groups.show(self.table, keys, lambda key: self.order.fitting[key].group)
        else:
            self.table.show(keys)

    def _sum_up(self) -> None:
        summary = self.query_one(".summary", Lines)
        summary.tell(self.summary() if self.desk.picture.synced else [[(" no picture yet", "strong")]])
        summary.display = bool(summary.lines)

    def _tell(self) -> None:
        """The title and the preview."""
        table, total = self.table, len(self.all_keys())
        table.empty = self._emptiness(total)
        count = f"{len(table.keys):,} of {total:,}".replace(",", " ") if self.desk.picture.synced else "- of -"
        parts = [
            (self.noun, 5),
            (f"filter: {self._text}" if self._text else "", 0),
            (count, 0),
            (f"{len(table.marks)} marked" if table.marks else "", 2),
            (self.order.title({col.id: col.header for col in self.cols}), 4),
            (f"by {self.groups.by}" if self.groups.by else "", 3),
        ]
        self.query_one(".list-title", Lines).tell([[(f" {title(parts, self.size.width - 1)}", "header")]])
        if self.has_class("-with-preview") or self.has_class("-preview-only"):
            self._tell_preview(table.cursor)

    def _tell_preview(self, key: str | None) -> None:
        lines = self.preview(key) if key is not None and key in self.order.fitting else []
        below = self.query_one(".preview", Lines)
        beside = self.has_class("-wide") and below.size.width
        below.tell([part for line in lines for part in refolded(line, below.size.width)] if beside else lines)
