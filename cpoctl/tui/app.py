"""The dashboard: its frame, its screens, what they share, and how it follows the server."""

import asyncio
import gc
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
from textual.actions import ActionParseResult, parse
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import Key, Resize
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.widgets import ContentSwitcher, Input

from cpoctl import events
from cpoctl.client import Client, Told
from cpoctl.clock import stored
from cpoctl.domain.rebuilding import event_of
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.operations import Operation, Query, Role
from cpoctl.operations.task.show import ShowTask, TaskDetail
from cpoctl.tui import actions, banner, keymap, palette, saved_views
from cpoctl.tui.actions import Action, Subject
from cpoctl.tui.alarm import Alarm
from cpoctl.tui.ascii import Ascii
from cpoctl.tui.beginnings import Wishes, screens
from cpoctl.tui.colourless import Colourless
from cpoctl.tui.doing import Doing
from cpoctl.tui.entry import Entry
from cpoctl.tui.exporting import export
from cpoctl.tui.link import Link, Lost, News, Reading, Synced
from cpoctl.tui.memory import give_back
from cpoctl.tui.outcomes import Outcomes
from cpoctl.tui.picture import Picture
from cpoctl.tui.replay import LEAP, Replaying
from cpoctl.tui.shelling import run_command, spelled
from cpoctl.tui.telling import Telling
from cpoctl.tui.themes import CSS, DEFAULTS, THEMES
from cpoctl.tui.times import Times
from cpoctl.tui.top_line import Name, top_line
from cpoctl.tui.unlaid import unlaid
from cpoctl.tui.views import View
from cpoctl.tui.widgets.dialogs import Confirm
from cpoctl.tui.widgets.key_line import KeyLine
from cpoctl.tui.widgets.keys_page import keys_page
from cpoctl.tui.widgets.lines import CLASSES, Lines, Piece
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.working import begin

Shown = TypeVar("Shown", bound=View)
Answer = TypeVar("Answer")
_SMALLEST = (40, 10)
_NOT_IN_A_LINE = {"filter", "command", "menu", "help", "leave"}
"""What has keys that are letters where somebody writes."""


class Dashboard(Telling):
    """What on-call staff keep open. `shell` are the words by which a command line reaches the same server."""

    CSS = CSS + (Path(__file__).parent / "dashboard.tcss").read_text()
    TITLE = "cpoctl"
    COMPONENT_CLASSES: ClassVar[set[str]] = set(CLASSES)
    ENABLE_COMMAND_PALETTE = True
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
        Binding("ctrl+c,ctrl+q", "leave", "quit", show=False, id="interrupt"),
    ]

    def __init__(
        self,
        client: Client,
        *,
        server: str = "",
        read_only: bool = False,
        shell: Sequence[str] = (),
        fps: float = 4,
        ascii: bool = False,
        seconds: float | None = None,
        wishes: Wishes | None = None,
        picture: Picture | None = None,
        ends: str = "",
        replay: Replaying | None = None,
    ) -> None:
        super().__init__()
        self.client = replay.client if replay else client
        self.picture = replay.picture if replay else picture or Picture()
        self.replay = replay
        self.wishes = wishes or Wishes()
        self.saved = dict(self.wishes.saved)
        settings = self.wishes.settings
        self.times = Times(self.picture.now, clock=settings.times == "clock", utc=settings.utc)
        self.flashes = settings.flash
        self.read_only = read_only or replay is not None
        self.viewer = False
        """Whether the server lets this key only look."""
        self.ended_by: int | None = None
        """The number of the signal that ended it."""
        self.key_at = 0.0
        """When a key was pressed last, on the monotonic clock."""
        self.lost: Lost | None = None
        self.latency_ms: float | None = None
        self._server, self._shell, self.period, self._seconds = server, shell, 1 / fps, seconds
        self._link: Reading | None = None
        self._frozen: list[Told] | None = None
        self._ends = ends or "The server and its chargers go on."
        self._spelling: list[LineFilter] = [Ascii()] if ascii else []
        self._frozen_at = ""
        self._retry_at = 0.0
        self._came_from: list[str] = []
        self.outcomes = Outcomes(self.tell_outcome, self.tell_error)
        self.doing = Doing(self)
        self.alarm = Alarm(self.bell, self.call, self.set_timer, time.monotonic)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme or THEMES[0].name  # before anything is shown, which would be styled twice
        self._screens = screens()
        self._views: list[View] = []
        self.set_keymap(keymap.checked(self.wishes.keymap))

    # --- the frame -----------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The top line, the screens, the lines for a filter or a command, and the line of keys."""
        self._views = [screen(id=name) for name, screen in self._screens.items()]
        yield Lines(id="top")
        yield Lines(id="banner")
        with ContentSwitcher(initial=self._first, id="screens"):
            yield from self._views
        yield Entry("filter", "filter, such as status:faulted,offline kw>20")
        yield Lines(id="filter-problem")
        yield Entry("command", "a command, such as charger show HQ-07")
        yield Lines(id="small")
        yield KeyLine(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to listen."""
        for name in ("filter", "filter-problem", "command"):
            self.query_one(f"#{name}").display = False
        self.set_class(self.no_color, "-colourless")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._end_by, number)
        if self._seconds is not None:
            self.set_timer(self._seconds, self.exit)
        begun = self.replay.link(self._hear, self._midnight) if self.replay else None
        self._link = begun or Link(self.client, self._hear, self._midnight)
        self._link.start()
        self.set_interval(self.period, self._freshen)
        self.set_interval(1.0, self._tick)
        self._tell_frame()
        self._begin()

    def _begin(self) -> None:
        """Show what was asked for first."""
        saved_views.show(self, self.wishes.first)
        self._came_from.clear()

    def _end_by(self, number: int) -> None:
        self.ended_by = number
        self.exit()

    def hang_up(self, number: int) -> None:
        """End as by a signal; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end_by, number)

    async def on_unmount(self) -> None:
        """Hear no more."""
        if self._link:
            self._link.close()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of states, for themes that know nothing of them."""
        return DEFAULTS

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every painted line goes through."""
        colours = [Colourless()] if self.no_color else super().get_line_filters()  # instead of the toolkit's greys
        return [*colours, *self._spelling]

    @property
    def front(self) -> View:
        """The screen that is shown."""
        current = self.query_one("#screens", ContentSwitcher).current
        return self.query_one(f"#{current or self._first}", View)

    @property
    def _first(self) -> str:
        return min(self._screens, key=lambda name: self._screens[name].place or 99)

    @property
    def kinds(self) -> Mapping[str, type[View]]:
        """The screens by their names."""
        return self._screens

    @property
    def only_looks(self) -> bool:
        """Whether nothing can be changed from here."""
        return self.read_only or self.viewer

    def may(self, action: Action) -> bool:
        """Whether it can be done from here: what a viewer may do changes nothing."""
        return not self.only_looks or action.operation.role == Role.VIEWER

    def kind_of(self, name: str) -> type[View]:
        """The kind of a screen."""
        return self._screens[name]

    def view(self, kind: type[Shown]) -> Shown:
        """The screen of a kind."""
        return self.query_one(kind)

    def go(self, name: str) -> None:
        """Bring a screen to the front."""
        switcher = self.query_one("#screens", ContentSwitcher)
        if switcher.current != name:
            self._came_from.append(switcher.current or self._first)
            del self._came_from[:-20]
            switcher.current = name
        self.front.opened()
        self._tell_frame()
        self.refresh_bindings()

    def open_charger(self, charger_id: str) -> None:
        """Open the screen of a charger."""
        screen = self.query_one("#charger", View)
        screen.filter(charger_id)
        self.go("charger")

    def open_log(self, charger_id: str, at: str | None = None) -> None:
        """Open the wire log of a charger, now or around an instant."""
        from cpoctl.tui.views.log import Log

        self.view(Log).open_at(charger_id, at)
        self.go("log")

    def on_key(self, event: Key) -> None:
        """Somebody is at work: lists keep their order for a moment."""
        self.key_at = time.monotonic()

    def on_resize(self, event: Resize) -> None:
        """Say so where there is too little room."""
        width, height = _SMALLEST
        small = event.size.width < width or event.size.height < height
        self.set_class(small, "-small")
        self.query_one("#small", Lines).tell(
            [[(f"needs {width}x{height}, has {event.size.width}x{event.size.height}", "alert")]]
        )

    @property
    def frozen(self) -> bool:
        """Whether the picture is held still."""
        return self._frozen is not None

    # --- the stream ----------------------------------------------------------------------------------------------

    def _hear(self, news: list[News]) -> None:
        for item in news if self.is_running else ():  # while it ends, screens go before the link does
            if isinstance(item, Synced):
                self._synced(item)
            elif isinstance(item, Lost):
                self._gone(item)
            elif self._frozen is not None:
                self._frozen.append(item)
                self._announce(event_of(item.data))
            else:
                self._announce(self._happened(item))

    def _synced(self, news: Synced) -> None:
        was_away = self.lost is not None
        missed = self.picture.sync(news)
        if not gc.isenabled():  # as the cockpit begins
            gc.freeze()  # the fleet stays; only what comes and goes is looked through from now on
            gc.enable()
        give_back()
        self.lost, self.viewer = None, news.role == Role.VIEWER
        if self._frozen is not None:  # what stood still is gone with the server: hold what there is now
            self.picture.hold(False)
            self._freeze()
        for screen in self._views:
            screen.resynced()
        if self.replay is None:
            self.alarm.synced(self.picture.live.alerts.open.values())
        if self.outcomes.open:
            begin(self, "outcomes", self._catch_up)
        self._freshen()
        self._tell_frame()
        self.refresh_bindings()
        if was_away:
            self.notify(
                f"{missed} events happened meanwhile" if missed else "nothing was missed", title="connected again"
            )

    def _gone(self, news: Lost) -> None:
        gc.enable()
        self.lost = news
        self._retry_at = time.monotonic() + news.wait_s
        self._tell_frame()

    def _happened(self, told: Told) -> events.Event | None:
        event = self.picture.apply(told)
        if event is not None:
            for screen in self._views:
                screen.told(event)
        return event

    def _announce(self, event: events.Event | None) -> None:
        """Tell at once what nobody should have to look for, also where the picture is frozen. What is over calls nobody."""
        if event is not None and self.replay is None:
            self.alarm.told(event)
            self.outcomes.told(event)

    async def _catch_up(self) -> None:
        """What was begun here may have ended while the server could not be heard."""
        for number in self.outcomes.open:
            try:
                self.outcomes.shown(msgspec.convert(await self.ask(ShowTask(task=number)), TaskDetail))
            except CpoctlError as error:
                self.tell_error(error)
                return

    def _freshen(self) -> None:
        """Show what has changed, on the screen that is shown, unless a dialog stands before it."""
        if not self.is_running or self._covered or self._frozen is not None or not self.picture.dirty:
            return
        changed, self.picture.dirty = frozenset(self.picture.dirty), set()
        self.front.freshen(changed)

    def _tick(self) -> None:
        if not self.is_running or self._covered:
            return
        if self._frozen is None:
            self.front.tick()
        self._tell_frame()

    @property
    def _covered(self) -> bool:
        return len(self.screen_stack) > 1

    def _tell_frame(self) -> None:
        state: Piece = ("◐ connecting", "offline")
        if self.lost:
            state = ("○ DISCONNECTED", "alert")
        elif self.picture.synced and self.replay:
            state = ("‖ replay" if self.replay.pace.paused else "▶ replay", "offline")
        elif self.picture.synced:
            state = (f"● {self.latency_ms:.0f} ms" if self.latency_ms is not None else "●", "good")
        here = self.front
        shown = sorted(self._views, key=lambda screen: screen.place or 99)
        names = [Name(s.place, s.heading, s is here) for s in shown if s.place is not None or s is here]
        right = [self._server, self.times.told, "read-only" if self.only_looks else ""]
        line = top_line(names, [word for word in right if word], state, self.size.width)
        self.query_one("#top", Lines).tell([line])
        self._tell_banner()
        for screen in self._views:
            screen.set_class(self.lost is not None, "-lost")

    def _tell_banner(self) -> None:
        shown = self.query_one("#banner", Lines)
        if self.lost:
            shown.tell(banner.away(self.lost, self._retry_at - time.monotonic(), self.picture.as_of))
        elif self.replay:
            shown.tell(self.replay.told())
        elif self._frozen is not None:
            shown.tell(banner.frozen(self._frozen_at, len(self._frozen)))
        shown.display = bool(self.lost or self.replay or self._frozen is not None)

    def _midnight(self) -> str:
        """The begin of today, by the zone of whoever watches."""
        midnight = self.picture.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return stored(midnight.astimezone(UTC))

    # --- keys ----------------------------------------------------------------------------------------------------

    def action_show_place(self, place: int) -> None:
        """Go to a screen by its number."""
        for name, screen in self._screens.items():
            if screen.place == place:
                self.go(name)

    async def action_back(self) -> None:
        """One step back: out of a line, within the screen, out of a filter, to the screen before."""
        for name in ("filter", "command"):
            line = self.query_one(f"#{name}")
            if line.display:
                self._leave_line(name)
                return
        if self.front.back():
            return
        if self.front.filtered_by and self.front.place is not None:
            self.front.filter("")
        elif self._came_from and self.front.place is None:  # a numbered one was opened from nowhere
            self.query_one("#screens", ContentSwitcher).current = self._came_from.pop()
            self.front.opened()
            self._tell_frame()

    def action_filter(self) -> None:
        """Ask for a filter; the last one stands there."""
        self._enter_line("filter", self.front.filtered_by)

    def action_command(self) -> None:
        """Ask for a command."""
        self._enter_line("command", "")

    def _enter_line(self, name: str, text: str) -> None:
        line = self.query_one(f"#{name}", Input)
        line.display = True
        line.value = text
        self.screen.set_focus(line)  # at once: `focus()` would let the next keys go to the list

    def _leave_line(self, name: str) -> None:
        self.query_one(f"#{name}").display = False
        self.query_one("#filter-problem").display = False
        self.front.attend()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Filter, or run the command."""
        if event.input.id == "filter":
            try:
                self.front.filter(event.value)
            except UsageProblem as error:
                self._tell_problem(error)
                return
            self._leave_line("filter")
        elif event.input.id == "command":
            self._leave_line("command")
            if event.value.strip():
                self.run_worker(run_command(self, event.value, self._shell))

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong with a filter is being corrected."""
        if event.input.id == "filter":
            self.query_one("#filter-problem").display = False

    def _tell_problem(self, error: UsageProblem) -> None:
        below = self.query_one("#filter-problem", Lines)
        below.tell([[(f" {error.message}", "alert")], *([(f"   {hint}", "dim")] for hint in error.hints[:2])])
        below.display = True

    def action_help(self) -> None:
        """Show the keys of what has the focus."""
        self.push_screen(keys_page(self))

    def action_next_theme(self) -> None:
        """The next of our themes."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def action_clock(self) -> None:
        """Tell instants by age, or by the clock."""
        self.times.turn_clock()
        self._repaint()

    def action_utc(self) -> None:
        """Tell the clock in UTC, or in the zone of whoever watches."""
        self.times.turn_utc()
        self._repaint()

    def action_saved_views(self) -> None:
        """Go to a saved view, or save this one."""
        self.run_worker(saved_views.choose(self))

    def _repaint(self) -> None:
        self.front.opened()
        for table in self.query(RowTable):
            table.notify_style_update()  # what was painted in other words is painted afresh
            table.refresh()
        self._tell_frame()

    def action_freeze(self) -> None:
        """Hold the picture still, or let everything that waited happen."""
        if self.replay:
            self.replay.pause()
        elif self._frozen is None:
            self._freshen()
            self._freeze()
        else:
            waiting, self._frozen = self._frozen, None
            self.picture.hold(False)
            for told in waiting:
                self._happened(told)
        self._tell_frame()

    def action_replay_speed(self, steps: int) -> None:
        """Replay faster or slower."""
        if self.replay:
            self.replay.pace.step(steps)
            self._tell_frame()

    def action_replay_jump(self, leaps: int) -> None:
        """Replay from somewhat later, or earlier."""
        if self.replay:
            self.replay.jump(leaps * LEAP)
            self._tell_frame()

    def _freeze(self) -> None:
        self.picture.hold(True)
        self._frozen, self._frozen_at = [], self.picture.now().astimezone().strftime("%H:%M:%S")

    def action_refresh_now(self) -> None:
        """Try again at once when disconnected; else begin with a fresh picture."""
        if self.lost and self._link:
            self._link.try_again()
        else:
            self.front.opened()

    def action_leave(self) -> None:
        """Back to the first screen; from there out, after a question."""
        if self.front.place == 1:
            self.run_worker(self._leave())
        else:
            self.go(self._first)

    async def _leave(self) -> None:
        """Quit, if that is meant."""
        if await self.push_screen_wait(Confirm("Leave the dashboard?", [self._ends], "Quit")):
            self.exit()

    def action_copy(self) -> None:
        """Copy the ids of the rows that are meant."""
        self.copy("\n".join(self.front.subject().ids))

    def action_copy_command(self) -> None:
        """Copy the command line that shows the same."""
        self.copy(self.spelled(self.front.command()))

    def spelled(self, command: str) -> str:
        """A command line as it reaches this dashboard's server from any shell."""
        return spelled(command, self._shell)

    def action_export(self) -> None:
        """Write what is shown to a file of this folder."""
        found = self.front.exported()
        if found is None:
            self.notify("nothing to export here", severity="warning")
            return
        self.run_worker(export(self, *found))

    # --- actions -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done is not offered."""
        if action in _NOT_IN_A_LINE and isinstance(self.focused, Entry):
            return False
        if action.startswith("replay_") and self.replay is None:
            return False
        if action == "act" and not self.may(actions.called(str(parameters[0]))):
            return False
        return super().check_action(action, parameters)

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key says. What is not offered has its key all the same, which says why it does nothing."""
        if isinstance(action, str) and action.startswith("app.act("):
            self.action_act(str(parse(action)[2][0]))
            return True
        if unlaid(action, default_namespace):
            return True
        return await super().run_action(action, default_namespace, namespaces)

    def action_act(self, id: str) -> None:
        """Do one of the actions on what the screen says; nothing where another screen has come between key and action."""
        found = actions.called(id)
        subject = self.front.subject_of(found)
        if subject.kind in found.on:
            self.act(found, subject, self.front.given_for(found))

    def action_command_palette(self) -> None:
        """Show the palette."""
        if not isinstance(self.screen, palette.Palette):
            self.push_screen(palette.Palette())

    def search_themes(self) -> None:
        """Show the themes."""
        self.push_screen(palette.Palette([ThemeProvider], placeholder="a theme"))

    def action_menu(self) -> None:
        """Show what can be done, and how dangerous it is."""
        self.run_worker(self.doing.choose(self.front.subject()))

    def act(self, action: Action, subject: Subject, given: dict[str, Any] | None = None) -> None:
        """Ask what must be known, say what it will do, do it. Given values are not asked for."""
        self.run_worker(self.doing.do(action, subject, given or {}))

    async def ask(self, operation: Operation) -> Any:
        """Do an operation without holding the screen up; its rows or its outcome. Raises what the server tells."""
        return await self._asked(self.client.run, operation)

    async def ask_remarked(self, operation: Query) -> tuple[list[Any], list[Any]]:
        """The rows of a query, and what is to be said of their data. Raises what the server tells."""
        return await self._asked(self.client.remarked, operation)

    async def _asked(self, ask: Callable[[Any], Answer], operation: Operation) -> Answer:
        begun = time.monotonic()
        told = await asyncio.to_thread(ask, operation)
        self.latency_ms = (time.monotonic() - begun) * 1000
        return told

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        return palette.commands(self)
