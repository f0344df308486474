"""Colourless: what the screen shows where no colour is wanted (https://no-color.org): bold, reverse and underline alone."""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter


class Colourless(LineFilter):
    """Takes every colour out and leaves the rest. (The toolkit's own turns colours into greys.)"""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments without colours."""
        return [Segment(text, style and without_colour(style), control) for text, style, control in segments]


@lru_cache(maxsize=1024)
def without_colour(style: Style) -> Style:
    """A style in the terminal's own colours."""
    bare = style.without_color
    return bare + Style.from_meta(style.meta) if style.meta else bare  # by its meta a click knows what it is on
