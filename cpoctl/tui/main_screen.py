"""The main screen: the frame around the screens, and the keys that do the same on all of them."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.screen import Screen

from cpoctl.tui import banner, saved_views, top_line
from cpoctl.tui.beginnings import screens
from cpoctl.tui.entries import Entries, Entry
from cpoctl.tui.exporting import export
from cpoctl.tui.replay import LEAP
from cpoctl.tui.screens import Screens
from cpoctl.tui.themes import THEMES
from cpoctl.tui.widgets.dialogs import Confirm
from cpoctl.tui.widgets.key_line import KeyLine
from cpoctl.tui.widgets.keys_page import keys_page
from cpoctl.tui.widgets.lines import Lines
from cpoctl.tui.widgets.table import RowTable

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_SMALLEST: Final = (40, 10)
_TICKS_EVERY_S: Final = 1.0
_NOT_IN_A_LINE: Final = {"filter", "command", "menu", "help", "leave"}
"""What has keys that are letters where somebody writes."""


class MainScreen(Screen[None]):
    """What stands on the terminal while no dialog does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"show_place({n})", f"screen {n}", show=False, id=f"screen.{n}") for n in range(1, 10)),
        Binding("slash", "filter", "filter", id="filter"),
        Binding("colon", "command", "command", show=False, id="command"),
        Binding("a", "menu", "actions", id="menu"),
        Binding("escape", "back", "back", show=False, id="back"),
        Binding("y", "copy", "copy", show=False, id="copy"),
        Binding("Y", "copy_command", "copy as command", show=False, id="copy-command"),
        Binding("e", "export", "export", show=False, id="export"),
        Binding("p", "freeze", "freeze", show=False, id="freeze"),
        Binding("r", "refresh_now", "refresh", show=False, id="refresh"),
        Binding("plus", "replay_speed(1)", "replay faster", show=False, id="replay.faster"),
        Binding("minus", "replay_speed(-1)", "replay slower", show=False, id="replay.slower"),
        Binding("greater_than_sign", "replay_jump(1)", "10 min on", show=False, id="replay.on"),
        Binding("less_than_sign", "replay_jump(-1)", "10 min back", show=False, id="replay.back"),
        Binding("T", "next_theme", "theme", show=False, id="theme"),
        Binding("t", "clock", "ages / clock", show=False, id="times"),
        Binding("u", "utc", "UTC / local time", show=False, id="utc"),
        Binding("W", "saved_views", "saved views", show=False, id="views"),
        Binding("question_mark", "help", "keys", id="help"),
        Binding("q", "leave", "quit", id="quit"),
    ]

    def __init__(self, desk: "Dashboard") -> None:
        super().__init__(id="_default")
        self._desk = desk
        self.screens = Screens(desk, screens())
        self._entries = Entries(desk)

    # --- the frame -----------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The top line, the screens, the lines for a filter or a command, and the line of keys."""
        yield Lines(id="top")
        yield Lines(id="banner")
        yield self.screens
        yield self._entries
        yield Lines(id="small")
        yield KeyLine(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to listen, and show what was asked for first."""
        self._desk.following.start()
        self.set_interval(self._desk.period, self.freshen)
        self.set_interval(_TICKS_EVERY_S, self.tick)
        self.tell_frame()
        saved_views.show(self._desk, self._desk.wishes.first)
        self.screens.begin_here()

    def on_resize(self, event: Resize) -> None:
        """Say so where there is too little room."""
        width, height = _SMALLEST
        self.set_class(event.size.width < width or event.size.height < height, "-small")
        told = f"needs {width}x{height}, has {event.size.width}x{event.size.height}"
        self.query_one("#small", Lines).tell([[(told, "alert")]])

    def resynced(self) -> None:
        """The picture is a new one."""
        for view in self.screens.views.values():
            view.resynced()
        self.freshen()
        self.tell_frame()
        self.refresh_bindings()

    def freshen(self) -> None:
        """Show what has changed, on the screen that is shown, unless a dialog stands before it."""
        picture = self._desk.picture
        if self._stands and not self._desk.following.frozen and picture.dirty:
            changed, picture.dirty = frozenset(picture.dirty), set()
            self.screens.front.freshen(changed)

    def tick(self) -> None:
        """A second has passed."""
        if self._stands:
            if not self._desk.following.frozen:
                self.screens.front.tick()
            self.tell_frame()

    def tell_frame(self) -> None:
        """What stands around the screens: where one is, and how far what is shown can be trusted."""
        self.query_one("#top", Lines).tell([top_line.told(self._desk)])
        below, lines = self.query_one("#banner", Lines), banner.told(self._desk)
        below.tell(lines)
        below.display = bool(lines)
        for view in self.screens.views.values():
            view.set_class(self._desk.following.lost is not None, "-lost")

    @property
    def _stands(self) -> bool:
        return self._desk.is_running and self._desk.screen is self

    # --- keys ----------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done is not offered."""
        if action in _NOT_IN_A_LINE and isinstance(self.focused, Entry):
            return False
        if action.startswith("replay_") and self._desk.replay is None:
            return False
        return super().check_action(action, parameters)

    def action_show_place(self, place: int) -> None:
        """Go to a screen by its number."""
        self.screens.go_to_place(place)

    def action_back(self) -> None:
        """One step back: out of a line, or as the screens lead back."""
        if not self._entries.leave():
            self.screens.back()

    def action_filter(self) -> None:
        """Ask for a filter; the last one stands there."""
        self._entries.open("filter", self.screens.front.filtered_by)

    def action_command(self) -> None:
        """Ask for a command."""
        self._entries.open("command", "")

    def action_menu(self) -> None:
        """Show what can be done, and how dangerous it is."""
        self.run_worker(self._desk.doing.choose(self.screens.front.subject()))

    def action_help(self) -> None:
        """Show the keys of what has the focus."""
        self._desk.push_screen(keys_page(self._desk))

    def action_next_theme(self) -> None:
        """The next of our themes."""
        names = [theme.name for theme in THEMES]
        now = self._desk.theme
        self._desk.theme = names[(names.index(now) + 1) % len(names)] if now in names else names[0]

    def action_clock(self) -> None:
        """Tell instants by age, or by the clock."""
        self._desk.times.turn_clock()
        self._repaint()

    def action_utc(self) -> None:
        """Tell the clock in UTC, or in the zone of whoever watches."""
        self._desk.times.turn_utc()
        self._repaint()

    def action_saved_views(self) -> None:
        """Go to a saved view, or save this one."""
        self.run_worker(saved_views.choose(self._desk))

    def action_freeze(self) -> None:
        """Hold the picture still, or let everything that waited happen."""
        following = self._desk.following
        if self._desk.replay:
            self._desk.replay.pause()
        elif following.frozen:
            following.go_on()
        else:
            self.freshen()
            following.freeze()
        self.tell_frame()

    def action_replay_speed(self, steps: int) -> None:
        """Replay faster or slower."""
        if self._desk.replay:
            self._desk.replay.pace.step(steps)
            self.tell_frame()

    def action_replay_jump(self, leaps: int) -> None:
        """Replay from somewhat later, or earlier."""
        if self._desk.replay:
            self._desk.replay.jump(leaps * LEAP)
            self.tell_frame()

    def action_refresh_now(self) -> None:
        """Try again at once when disconnected; else begin with a fresh picture."""
        if self._desk.following.lost:
            self._desk.following.try_again()
        else:
            self.screens.front.opened()

    def action_leave(self) -> None:
        """Back to the first screen; from there out, after a question."""
        if self.screens.front.place == 1:
            self.run_worker(self._leave())
        else:
            self.screens.go(self.screens.first)

    def action_copy(self) -> None:
        """Copy the ids of the rows that are meant."""
        self._desk.copy("\n".join(self.screens.front.subject().ids))

    def action_copy_command(self) -> None:
        """Copy the command line that shows the same."""
        self._desk.copy(self._desk.spelled(self.screens.front.command()))

    def action_export(self) -> None:
        """Write what is shown to a file of this folder."""
        found = self.screens.front.exported()
        if found is None:
            self.notify("nothing to export here", severity="warning")
            return
        self.run_worker(export(self._desk, *found))

    def _repaint(self) -> None:
        self.screens.front.opened()
        for table in self.query(RowTable):
            table.notify_style_update()  # what was painted in other words is painted afresh
            table.refresh()
        self.tell_frame()

    async def _leave(self) -> None:
        """Quit, if that is meant."""
        if await self._desk.push_screen_wait(Confirm("Leave the dashboard?", [self._desk.ends], "Quit")):
            self._desk.exit()
