"""Lines: text in styled pieces that nothing interprets, for headings, figures, previews and charts."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from cpoctl.table import clean
from cpoctl.tui.statuses import STYLES

Piece = tuple[str, str]
"""A text, and the style class that it is shown in; '' for none."""
Line = Sequence[Piece]
CLASSES = frozenset(
    {
        *("row--header", "row--cursor", "row--marked", "row--dim", "row--strong", "row--stale", "row--changed"),
        *("row--alert", "row--good"),
        *(f"row--{style}" for style in STYLES),
    }
)
"""The component classes of every widget that shows states; `themes.py` gives them their colours."""


def flat(text: str, limit: int = 256) -> str:
    """Foreign text on one line of known width: nothing hostile in it, and no tab, which has no width of its own."""
    return clean(text, limit).replace("\t", " ")


class Styled(Widget):
    """A widget that knows the styles of states."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(CLASSES)

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._looks: dict[str, Style] = {}

    def look(self, name: str) -> Style:
        """The style of a class such as `faulted`; '' has none of its own."""
        if name not in self._looks:
            self._looks[name] = self.get_component_rich_style(f"row--{name}", partial=True) if name else Style.null()
        return self._looks[name]

    def notify_style_update(self) -> None:
        """The theme has changed."""
        self._looks.clear()
        super().notify_style_update()


class Lines(Styled):
    """So many lines of pieces; what does not fit is cut off."""

    def __init__(self, lines: Sequence[Line] = (), **more: Any) -> None:
        super().__init__(**more)
        self.lines: list[Line] = list(lines)

    def tell(self, lines: Sequence[Line]) -> None:
        """Show these lines. Nothing is painted where nothing has changed."""
        if list(lines) != self.lines:
            height = len(self.lines)
            self.lines = list(lines)
            self.refresh(layout=height != len(self.lines) and self.styles.height is not None)

    def get_content_height(self, *_: Any) -> int:
        """A line each."""
        return max(1, len(self.lines))

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        if y >= len(self.lines):
            return Strip.blank(width, Style.null())
        segments = [Segment(flat(text, 1000), self.look(name)) for text, name in self.lines[y]]
        return Strip(segments).adjust_cell_length(width, Style.null())

    @property
    def text(self) -> str:
        """What it says, for tests and for copying."""
        return "\n".join("".join(text for text, _ in line) for line in self.lines)
