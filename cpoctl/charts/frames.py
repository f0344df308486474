"""The frame of a chart: numbers and an axis at its left, texts below."""

from collections.abc import Sequence
from dataclasses import dataclass

from cpoctl.cells import cut, width
from cpoctl.charts.scale import Scale
from cpoctl.table import clean

_NO_DATA = "no data"


@dataclass(frozen=True)
class Frame:
    """What stands left of a chart: a label for each of its lines, from the top, and which of them is zero."""

    width: int
    labels: Sequence[str]
    zero: int | None
    ascii: bool
    unit: str = ""

    @property
    def margin(self) -> int:
        """The cells that labels and axis take: none if they would leave less than half."""
        margin = max(map(width, (self.unit, *self.labels)), default=0) + 1
        return margin if margin * 2 <= self.width else 0

    @property
    def room(self) -> int:
        """The cells that are left for the chart itself."""
        return self.width - self.margin

    def around(self, lines: Sequence[str]) -> list[str]:
        """The lines of the chart with what stands left of them."""
        if not self.margin:
            return list(lines)
        plain, tick, zero = "|++" if self.ascii else "│┤┼"
        signs = [zero if at == self.zero else tick if label else plain for at, label in enumerate(self.labels)]
        sides = [label.rjust(self.margin - 1) + sign for label, sign in zip(self.labels, signs, strict=True)]
        return [side + line for side, line in zip(sides, lines, strict=True)]

    def foot(self, texts: Sequence[str]) -> str:
        """The line below: the unit under the labels, texts from the left end to the right one."""
        corner, line = "+-" if self.ascii else "└─"
        left = " " * (self.margin - 1 - width(self.unit)) + self.unit + corner if self.margin else ""
        return left + _spread([said(text, self.ascii) for text in texts], self.room, line, self.ascii)

    def empty(self) -> list[str]:
        """The frame of a chart that has nothing to show."""
        lines = [" " * self.room] * len(self.labels)
        if lines:
            lines[(len(lines) - 1) // 2] = fitting(_NO_DATA, self.room, self.ascii).center(self.room)
        return self.around(lines)


def framed(scale: Scale | None, lines: int, width: int, *, ascii: bool, unit: str = "") -> Frame:
    """The frame of so many lines on a scale; without one it has no numbers."""
    unit = fitting(said(unit, ascii), width // 4, ascii)
    if scale is None:
        return Frame(width, [""] * lines, None, ascii, unit)
    labels = [scale.label(line) for line in reversed(range(lines))]
    return Frame(width, labels, lines - 1 - scale.zero, ascii, unit)


def said(text: str, ascii: bool) -> str:
    """Foreign text as a chart shows it."""
    shown = clean(text)
    return shown.encode("ascii", "replace").decode() if ascii else shown


def fitting(text: str, room: int, ascii: bool) -> str:
    """A text that is not longer than there is room for."""
    return cut(text, room, "~" if ascii else "…") if room > 0 else ""


def _spread(texts: list[str], room: int, line: str, ascii: bool) -> str:
    """Texts on a line, the first at its begin, the last at its end; the middle ones go when there is no room."""
    while len(texts) > 1 and sum(map(width, texts)) + len(texts) > room:
        del texts[len(texts) // 2]
    if len(texts) < 2:
        text = fitting("".join(texts), room, ascii)
        return text + line * (room - width(text))
    free, spaces = room - sum(map(width, texts)), len(texts) - 1
    parts = [line * (free * (at + 1) // spaces - free * at // spaces) + text for at, text in enumerate(texts[1:])]
    return texts[0] + "".join(parts)
