"""Folding: a text under its label, in as many lines as it takes at a width, so that nothing is cut off."""

import re
from textwrap import wrap

from cpoctl.cells import width as cell_len
from cpoctl.tui.widgets.lines import Line, Piece

_NARROWEST = 10
_DEEPER = 5


def folded(label: str, text: str, width: int, style: str = "") -> list[Line]:
    """The label, dim, and the text beside it; what does not fit stands below, as deep."""
    room = max(_NARROWEST, width - len(label))
    parts = wrap(text, room, break_on_hyphens=False, drop_whitespace=True) or [""]
    return [[(label if not place else " " * len(label), "dim"), (part, style)] for place, part in enumerate(parts)]


def refolded(line: Line, width: int) -> list[Line]:
    """A line of pieces in as many lines as it takes; what follows the first stands deeper."""
    if sum(cell_len(text) for text, _ in line) <= width:
        return [line]
    lines: list[list[Piece]] = [[]]
    used = 0
    for text, style in line:
        for word in re.findall(r"\s*\S+|\s+$", text):
            if used and used + cell_len(word) > width:
                lines.append([(" " * _DEEPER, "")])
                used, word = _DEEPER, word.lstrip()
            lines[-1].append((word, style))
            used += cell_len(word)
    return [*lines]
