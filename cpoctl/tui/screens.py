"""Screens: which there are, which of them is shown, and the way that led there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from textual.widgets import ContentSwitcher

from cpoctl.tui.views import View

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_UNNUMBERED: Final = 99
_REMEMBERED: Final = 20


class Screens(ContentSwitcher):
    """One of them is in front. Those without a number are opened from another, and lead back to it."""

    def __init__(self, desk: "Dashboard", kinds: Mapping[str, type[View]]) -> None:
        self.kinds = kinds
        self.views = {name: kind(id=name) for name, kind in kinds.items()}
        """By their names, in the order of these."""
        self.first = min(kinds, key=lambda name: kinds[name].place or _UNNUMBERED)
        super().__init__(*self.views.values(), id="screens", initial=self.first)
        self._desk = desk
        self._came_from: list[str] = []

    @property
    def front(self) -> View:
        """The screen that is shown."""
        return self.views[self.current or self.first]

    @property
    def listed(self) -> list[View]:
        """Those of the top line, by their numbers: the one that is shown is there in any case."""
        shown = sorted(self.views.values(), key=lambda view: view.place or _UNNUMBERED)
        return [view for view in shown if view.place is not None or view is self.front]

    def go(self, name: str) -> None:
        """Bring a screen to the front."""
        if self.current != name:
            self._came_from.append(self.current or self.first)
            del self._came_from[:-_REMEMBERED]
            self.current = name
        self._came()
        self._desk.refresh_bindings()

    def go_to_place(self, place: int) -> None:
        """Go to the screen of a number, if there is one."""
        for name, view in self.views.items():
            if view.place == place:
                self.go(name)

    def open_charger(self, charger_id: str) -> None:
        """Open the screen of a charger."""
        self.views["charger"].filter(charger_id)
        self.go("charger")

    def open_log(self, charger_id: str, at: str | None = None) -> None:
        """Open the wire log of a charger, now or around an instant."""
        from cpoctl.tui.views.log import Log

        self.query_one(Log).open_at(charger_id, at)
        self.go("log")

    def back(self) -> None:
        """One step back: within the screen, out of a filter, to the screen before."""
        if self.front.back():
            return
        if self.front.filtered_by and self.front.place is not None:
            self.front.filter("")
        elif self._came_from and self.front.place is None:  # a numbered one was opened from nowhere
            self.current = self._came_from.pop()
            self._came()

    def begin_here(self) -> None:
        """Nothing led here."""
        self._came_from.clear()

    def _came(self) -> None:
        self.front.opened()
        self._desk.main.tell_frame()
