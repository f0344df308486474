"""Columns: which of a list's columns there is room for, and what a row says in them (UX §5.1)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from cpoctl.tui.widgets.lines import flat

Cell = tuple[str, str]
"""What a cell says, and the style class that it says it in; '' for the row's own."""
GUTTER = 3
_GAP = 2


@dataclass(frozen=True)
class Col:
    """A column: how wide at least, how important (1 stays longest), and what it says and is sorted by for a row.

    What it is sorted by is a number, or a text in its natural order; None for what is not known, which comes last.
    """

    id: str
    header: str
    width: int
    cell: Callable[[Any], Cell]
    order: Callable[[Any], Any]
    priority: int = 1
    align: Literal["left", "right"] = "left"
    grows: bool = False


@dataclass(frozen=True)
class Fitted:
    """A column, as wide as it is shown."""

    col: Col
    width: int

    def fit(self, text: str) -> str:
        """A text in exactly its cells; what is cut off is marked."""
        return fit(text, self.width, self.col.align)


def fitted(cols: Sequence[Col], room: int) -> list[Fitted]:
    """The most important columns that fit, in their order; what room is left goes to the one that grows."""
    room -= GUTTER
    chosen: list[Col] = []
    for col in sorted(cols, key=lambda col: col.priority):
        if room >= col.width or not chosen:
            chosen.append(col)
            room -= col.width + _GAP
    spare = max(0, room + _GAP)
    return [Fitted(col, col.width + (spare if col.grows else 0)) for col in cols if col in chosen]


def header(shown: Sequence[Fitted]) -> str:
    """The line above the rows."""
    return " " * GUTTER + (" " * _GAP).join(each.fit(each.col.header) for each in shown)


def cells(
    shown: Sequence[Fitted], row: Any, *, here: bool, whole: Style, look: Callable[[str], Style]
) -> Iterator[Segment]:
    """What a row says; `here` is the cursor, `whole` the style of the whole row."""
    for number, each in enumerate(shown):
        text, style = each.col.cell(row)
        own = look(style) + whole if style and not (here and style == "dim") else whole
        yield Segment(" " * _GAP if number else "", whole)
        yield from inked(each.fit(flat(text)), own, whole)


def inked(text: str, look: Style, whole: Style) -> list[Segment]:
    """The text in its look; the blanks around it not, where that would show as a bar."""
    told = text.strip() if look.reverse or look.underline else ""
    if not told:
        return [Segment(text, look if text.strip() else whole)]
    before, _, after = text.partition(told)
    parts = ((before, whole), (told, look), (after, whole))
    return [Segment(part, style) for part, style in parts if part]


def fit(text: str, width: int, align: str) -> str:
    """The text in exactly so many cells; what is cut off is marked."""
    if (length := cell_len(text)) > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else set_cell_size(text, width)
    return " " * (width - length) + text if align == "right" else text + " " * (width - length)
