"""Lines: text in styled pieces that nothing interprets, for headings, figures, previews and charts."""

from collections.abc import Sequence
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
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
        *("row--alert", "row--good", "row--panel"),
        *(f"row--{style}" for style in STYLES),
    }
)
"""The component classes of whatever is shown; `themes.py` gives them their colours, and the app carries them for all."""


def flat(text: str, limit: int = 256) -> str:
    """Foreign text on one line of known width: nothing hostile in it, and no tab, which has no width of its own."""
    return clean(text, limit).replace("\t", " ")


def differing(before: Strip, after: Strip) -> int:
    """How many cells there are up to the last one in which two lines differ."""
    width = after.cell_length
    for old, new in zip(reversed([*before]), reversed([*after]), strict=False):
        if old != new:
            break
        width -= new.cell_length
    return width


class Styled(Widget):
    """A widget that knows the styles of states. They are the app's: worked out for each widget they were most of the start."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._looks: dict[str, Style] = {}
        self._ground: Style | None = None

    @property
    def ground(self) -> Style:
        """The theme's own colours, below whatever is painted: those of the terminal may be anything."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def look(self, name: str) -> Style:
        """The style of a class such as `faulted`; '' has none of its own."""
        found = self._looks.get(name)
        if found is None:
            try:
                found = self.app.get_component_styles(*([f"row--{name}"] if name else [])).partial_rich_style
            except KeyError:  # an app without our colours
                found = Style.null()
            self._looks[name] = found
        return found

    def notify_style_update(self) -> None:
        """The theme has changed."""
        self._looks.clear()
        self._ground = None
        super().notify_style_update()


class Lines(Styled):
    """So many lines of pieces; what does not fit is cut off, and that is marked."""

    def __init__(self, lines: Sequence[Line] = (), **more: Any) -> None:
        super().__init__(**more)
        self.lines: list[Line] = list(lines)

    def tell(self, lines: Sequence[Line]) -> None:
        """Show these lines. Nothing is painted where nothing has changed."""
        before, self.lines = self.lines, list(lines)
        if len(before) != len(self.lines):
            self.refresh(layout=self.styles.height is not None)
            return
        for y, (old, new) in enumerate(zip(before, self.lines, strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, *_: Any) -> int:
        """A line each."""
        return max(1, len(self.lines))

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        if y >= len(self.lines):
            return Strip.blank(width, self.ground)
        strip = Strip([Segment(flat(text, 1000), self.look(name)) for text, name in self.lines[y]])
        if strip.cell_length > width:
            strip = Strip([*strip.crop(0, max(0, width - 1)), Segment("…", self.look("dim"))])
        return strip.adjust_cell_length(width, Style.null()).apply_style(self.ground)

    @property
    def text(self) -> str:
        """What it says, for tests and for copying."""
        return "\n".join("".join(text for text, _ in line) for line in self.lines)
