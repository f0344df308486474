"""The top line and the titles of lists: what is dropped first where there is too little room (UX §5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from cpoctl.tui.widgets.lines import Line, Piece

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_SEPARATOR = " · "


@dataclass(frozen=True)
class Name:
    """A screen in the top line. One without a place is opened from another."""

    place: int | None
    heading: str
    here: bool

    @property
    def told(self) -> str:
        """With its key."""
        return f"› {self.heading}" if self.place is None else f"{self.place} {self.heading}"

    @property
    def brief(self) -> str:
        """Its key alone, and what is counted there."""
        return f"{self.place}{self.heading[self.heading.find('(') :] if '(' in self.heading else ''}"


def told(desk: "Dashboard") -> Line:
    """The top line of a dashboard."""
    names = [Name(view.place, view.heading, view is desk.front) for view in desk.screens.listed]
    words = [desk.server, desk.times.told, "read-only" if desk.only_looks else ""]
    return top_line(names, [word for word in words if word], _state(desk), desk.size.width)


def _state(desk: "Dashboard") -> Piece:
    if desk.following.lost:
        return "○ DISCONNECTED", "alert"
    if not desk.picture.synced:
        return "◐ connecting", "offline"
    if desk.replay:
        return "‖ replay" if desk.replay.pace.paused else "▶ replay", "offline"
    return f"● {desk.latency_ms:.0f} ms" if desk.latency_ms is not None else "●", "good"


def top_line(names: Sequence[Name], right: Sequence[str], state: Piece, width: int) -> Line:
    """The screens at the left, the state at the right. `right` are words, the first of them, the server, goes first."""
    here = _here(names)
    ways = [(left, words) for left in (_all(names), _brief(names), here) for words in (right, right[1:])]
    for left, words in [*ways, *((here, right[from_:]) for from_ in range(2, len(right) + 1))]:
        told = "".join(f"{word}  " for word in words)
        room = width - _wide(left) - cell_len(told) - cell_len(state[0])
        if room > 0:
            return [*left, (" " * room, ""), (told, "dim"), state]
    return [*here, state]


def _all(names: Sequence[Name]) -> list[Piece]:
    return [(" ", ""), *(p for name in names for p in ((name.told, "strong" if name.here else "dim"), ("  ", "")))]


def _brief(names: Sequence[Name]) -> list[Piece]:
    pieces: list[Piece] = [(" ", "")]
    for name in names:
        pieces += [(name.told, "strong") if name.here else (name.brief, "dim"), (" ", "")]
    return pieces


def _here(names: Sequence[Name]) -> list[Piece]:
    return [(" ", ""), *((name.heading, "strong") for name in names if name.here), (" ", "")]


def _wide(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def title(parts: Sequence[tuple[str, int]], width: int) -> str:
    """The parts of a title with ` · ` between them: the greatest numbers go first, 0 never; the longest one is cut."""
    kept = [part for part in parts if part[0]]
    while _joined_wide(kept) > width and (least := max(kept, key=lambda part: part[1]))[1]:
        kept.remove(least)
    if (over := _joined_wide(kept) - width) > 0:
        place = max(range(len(kept)), key=lambda place: cell_len(kept[place][0]))
        text = kept[place][0]
        kept[place] = (set_cell_size(text, max(0, cell_len(text) - over - 1)) + "…", 0)
    return _SEPARATOR.join(text for text, _ in kept)


def _joined_wide(parts: Sequence[tuple[str, int]]) -> int:
    return cell_len(_SEPARATOR.join(text for text, _ in parts))
