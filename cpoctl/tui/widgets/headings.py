"""Headings: the lines between the rows of a list. A place counts rows, a line also counts the headings above it."""

from bisect import bisect_right
from collections.abc import Mapping


class Headings:
    """The groups whose headings stand above rows, by the place of the row below, in the order of places."""

    def __init__(self, groups: Mapping[int, str] | None = None) -> None:
        self._above = [*(groups or {})]
        """The places of the rows above which a heading stands, and the lines of those headings."""
        self._lines = [place + number for number, place in enumerate(self._above)]
        self._groups = [*(groups or {}).values()]

    def __len__(self) -> int:
        return len(self._above)

    def stand_as(self, other: "Headings") -> bool:
        """Whether they stand above the same places."""
        return self._above == other._above

    def line(self, place: int) -> int:
        """The line of a row."""
        return place + bisect_right(self._above, place)

    def at_line(self, line: int) -> tuple[str | None, int]:
        """The group whose heading is on a line, or None; and the place of the row there, or next below."""
        heads = bisect_right(self._lines, line)
        on_head = heads > 0 and self._lines[heads - 1] == line
        return (self._groups[heads - 1], self._above[heads - 1]) if on_head else (None, line - heads)

    def first_line(self, place: int, top: int, height: int) -> int:
        """From which line on so many are shown, so that a row is among them; `top` if it is already."""
        line = self.line(place)
        headed = height > 1 and self.at_line(line - 1)[0] is not None
        return min(max(top, line - height + 1), line - headed)  # a heading is seen with its first row
