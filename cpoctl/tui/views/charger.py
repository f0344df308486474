"""Charger: one of them, whole. What it does now, its power and energy, and what it has been through, a tab each."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher

from cpoctl import events
from cpoctl.domain.fleet import LiveCharger
from cpoctl.errors import CpoctlError
from cpoctl.tui import charger_tabs
from cpoctl.tui.actions import CHARGER, Action, Subject
from cpoctl.tui.charger_looks import summary
from cpoctl.tui.charger_tabs import Tab
from cpoctl.tui.views import View
from cpoctl.tui.widgets import doctor_page
from cpoctl.tui.widgets.lines import Lines, Piece
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.working import begin


class Charger(View):
    """One charger. `filter` says which: its id."""

    title: ClassVar[str] = "Charger"
    kind: ClassVar[str] = CHARGER
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,right_square_bracket", "tab(1)", "tab", id="charger.next-tab"),
        Binding("left,left_square_bracket", "tab(-1)", "tab before", show=False, id="charger.tab-before"),
        Binding("l", "log", "log", id="charger.log"),
        Binding("d", "doctor", "doctor", show=False, id="charger.doctor"),
    ]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.charger_id = ""
        self._tabs = charger_tabs.tabs(self)
        self._tab = self._tabs[0]

    def compose(self) -> ComposeResult:
        """Who it is, the tabs, and what each of them shows."""
        yield Lines(classes="summary")
        yield Lines(classes="list-title")
        with ContentSwitcher(initial=self._tab.id, classes="tabs"):
            for tab in self._tabs:
                yield tab.body

    @property
    def heading(self) -> str:
        """Its id."""
        return self.charger_id or self.title

    @property
    def filtered_by(self) -> str:
        """Its id."""
        return self.charger_id

    @property
    def live(self) -> LiveCharger | None:
        """What is known of it now."""
        return self.desk.picture.live.charger(self.charger_id)

    def filter(self, text: str) -> None:
        """Show another charger."""
        if text.strip().casefold() != self.charger_id.casefold():
            self.charger_id = text.strip()
            for tab in self._tabs:
                tab.begin()
            self._turn_to(self._tabs[0])

    def subject(self) -> Subject:
        """The charger."""
        return Subject(self.kind, (self.charger_id,) if self.charger_id else ())

    def subject_of(self, action: Action) -> Subject:
        """The charger, or what of it is under the cursor."""
        return self._tab.subject_of(action) or self.subject()

    def given_for(self, action: Action) -> dict[str, Any]:
        """What is under the cursor."""
        return self._tab.given_for(action)

    def acted(self, action: Action) -> None:
        """What was asked of the charger is stored now."""
        for tab in self._tabs:
            tab.acted(action)
        self._read()

    def opened(self) -> None:
        """Read what is stored of it."""
        self._paint()
        self._read()
        self._tab.focus()

    def resynced(self) -> None:
        """Read again what is stored."""
        for tab in self._tabs:
            tab.stale = True
        if self.display:
            self.opened()

    def freshen(self, changed: frozenset[str]) -> None:
        """It has changed."""
        if self.charger_id.casefold() in changed:
            self._paint()
            self._read()

    def tick(self) -> None:
        """Ages have changed."""
        self._paint()

    def told(self, event: events.Event) -> None:
        """Keep its readings, and note which tabs are no longer true."""
        if (event.charger_id or "").casefold() == self.charger_id.casefold():
            for tab in self._tabs:
                tab.told(event)

    def back(self) -> bool:
        """To the first tab."""
        if self._tab is self._tabs[0]:
            return False
        self._show(self._tabs[0])
        return True

    def command(self) -> str:
        """What shows the same."""
        return f"cpoctl {self._tab.command} {self.charger_id}"

    def action_tab(self, by: int) -> None:
        """The next tab, or the one before."""
        self._show(self._tabs[(self._tabs.index(self._tab) + by) % len(self._tabs)])

    def action_log(self) -> None:
        """Its frames."""
        self.desk.screens.open_log(self.charger_id)

    def action_doctor(self) -> None:
        """What the checks say of it."""
        if self.charger_id:
            begin(self, "doctor", doctor_page.open_page, self.desk, self.charger_id)

    def on_row_table_moved(self, event: RowTable.Moved) -> None:
        """Another row is meant."""
        event.stop()
        self._tab.moved()

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """The tab opens it."""
        event.stop()
        self._tab.opened()

    def _show(self, tab: Tab) -> None:
        self._turn_to(tab)
        self.opened()

    def _turn_to(self, tab: Tab) -> None:
        self._tab = tab
        self.query_one(ContentSwitcher).current = tab.id

    def _paint(self) -> None:
        self._tab.paint()
        above = self.query_one(".summary", Lines)
        if (live := self.live) is None:
            above.tell([[(f" {self.charger_id or 'no charger'} is not known", "alert")]])
            return
        above.tell(summary(live, self.desk.picture, self.desk.times, self.app.size.width))
        pieces: list[Piece] = [(" ", "header")]
        for tab in self._tabs:
            pieces.append((f"[{tab.title}]", "header") if tab is self._tab else (f" {tab.title} ", "dim"))
        self.query_one(".list-title", Lines).tell([pieces])

    def _read(self) -> None:
        """Ask for what the tab shows, where that is not known or no longer true."""
        if self._tab.stale and self.charger_id:
            self._tab.stale = False
            begin(self, f"read {self._tab.title}", self._ask, self._tab)

    async def _ask(self, tab: Tab) -> None:
        try:
            await tab.read()
        except CpoctlError as error:
            self.desk.tell_error(error)
