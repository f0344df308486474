"""Pictures of a screen that are the same each time, small, and look the same in any browser."""

import html
import re
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

_FONTS: Final = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
_TEXT: Final = re.compile(
    r'<text class="(?P<class>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="(?P<length>[\d.]+)"'
    r"[^>]*>(?P<text>[^<]*)</text>"
)
_CLIPS: Final = re.compile(r'\s*<clipPath id="[^"]*line-\d+">.*?</clipPath>', re.DOTALL)
_WORDS: Final = re.compile("[^\xa0]+(?:\xa0[^\xa0]+)*")
_COMMON: Final = 0x2190  # from here on fonts differ


def plain(svg: str, name: str) -> str:
    """The same picture with fonts of the reader's own machine, without blanks, and with names that never change."""
    svg = re.sub(r"\s*@font-face \{.*?\n    \}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", _FONTS).replace("font-family: arial", "font-family: sans-serif")
    svg = re.sub(r"terminal-\d+", name, _CLIPS.sub("", svg))
    svg = _TEXT.sub(lambda found: "".join(_words(found)), svg)
    return "\n".join(line.rstrip() for line in svg.split("\n") if line.strip()) + "\n"


def _words(found: re.Match[str]) -> Iterator[str]:
    """A text for each run of words. Each sign is where its cell is: those that a font lacks are of another width."""
    text = html.unescape(found["text"])
    if not text.strip("\xa0\n"):
        return
    step, start = float(found["length"]) / cell_len(text), float(found["x"])
    for words in _WORDS.finditer(text):
        told = words[0]
        places = [start + step * cell_len(text[:at]) for at in range(words.start(), words.end())]
        if all(ord(sign) < _COMMON for sign in told):
            where = f'x="{places[0]:.1f}" textLength="{step * cell_len(told):.1f}"'
        else:
            where = f'x="{" ".join(f"{place:.1f}" for place in places)}"'
        shown = html.escape(told, quote=False).replace("\xa0", "&#160;")
        yield f'<text class="{found["class"]}" {where} y="{found["y"]}">{shown}</text>'
