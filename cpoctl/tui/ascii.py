"""Ascii: what the screen shows on a terminal that knows no other signs, such as under LC_ALL=C or with `--ascii`."""

import unicodedata
from functools import lru_cache
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from cpoctl.tui.statuses import LOOKS

_LEVELS: Final = " .:-=+*##"
"""From empty to full, in eighths."""
_PAIRS: Final = (
    ("─━┄┅┈┉╌╍═╴╶╸╺▔", "-" * 14),
    ("│┃┆┇┊┋║╵╷╹╻╎╏▌▐▕", "|" * 16),
    ("╱╲╳", "/\\X"),
    ("▲▴△▼▾▽▶►▹◀◄◂", "^^^vvv>>><<<"),
    ("■□▪◆◦◐◑★✓✔✗✘⚠", "#o**o***vvxx!"),
    ("…·•→←↑↓↕›‹×—‘’“”≥≤≈", "~.*><^v|><x-''\"\"><~"),
    ("▁▂▃▄▅▆▇█", _LEVELS[1:]),
    ("▏▎▍▋▊▉", ".:-*##"),
    ("▀░▒▓", "=.=#"),
    ("".join(look.sign for look in LOOKS.values()), "".join(look.ascii for look in LOOKS.values())),
)
_ALIKE: Final = {sign: alike for signs, likes in _PAIRS for sign, alike in zip(signs, likes, strict=True)}
_BOXES: Final = range(0x2500, 0x2580)
_QUADRANTS: Final = range(0x2596, 0x25A0)
_BRAILLE: Final = range(0x2800, 0x2900)


class Ascii(LineFilter):
    """Lets ASCII through and nothing else. Every text keeps its width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [
            segment if segment.text.isascii() else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=4096)
def in_ascii(text: str) -> str:
    """A text in ASCII, as wide as it was; `?` for what has nothing like it."""
    width = cell_len(text)
    return "".join(map(_sign, text))[:width].ljust(width)


def _sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if alike := _ALIKE.get(sign):
        return alike
    place = ord(sign)
    if place in _BOXES:
        return "+"
    if place in _BRAILLE:
        return _LEVELS[(place - _BRAILLE.start).bit_count()]
    if place in _QUADRANTS:
        return "+"
    bare = unicodedata.normalize("NFKD", sign)[0]  # a letter without its accent
    return (bare if bare.isascii() else "?") * cell_len(sign)
