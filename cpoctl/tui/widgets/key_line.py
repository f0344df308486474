"""KeyLine: the keys at the bottom, each whole; where not all have room, `…` and the key that tells of the others."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Footer, Label
from textual.widgets._footer import FooterKey

from cpoctl.cells import width

_MORE: Final = "…"


def fitting(words: Sequence[str], last: str, room: int) -> int:
    """How many of the words have room: all, or so many that `…` and the last word have some behind them."""
    if width(" ".join(words)) <= room:
        return len(words)
    rest = room - width(f"{_MORE} {last}")
    for place, word in enumerate(words):
        rest -= width(word) + 1
        if rest < 0:
            return place
    return len(words)


class KeyLine(Footer):
    """The toolkit's line of keys, never cut within a word."""

    def compose(self) -> ComposeResult:
        """As many keys as there is room for."""
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        helps = [key for key in keys if key.action.endswith("help")]
        count = fitting([_told(key) for key in keys], _told(helps[0]) if helps else "", self.app.size.width)
        yield from keys[:count]
        if count < len(keys):
            yield Label(f"{_MORE} ")
            yield from (key for key in helps if key in keys[count:])

    def on_resize(self, event: Resize) -> None:
        """There is more room, or less."""
        if self._bindings_ready:
            self.call_after_refresh(self.recompose)


def _told(key: FooterKey) -> str:
    return f"{key.key_display} {key.description}"
