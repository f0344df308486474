"""The dashboard: what its screens share, from the terminal that it has to the server that it asks."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual.actions import ActionParseResult, parse
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import Key
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import ThemeProvider

from cpoctl.client import Client
from cpoctl.operations import Operation, Query, Role
from cpoctl.tui import actions, keymap, palette, shelling
from cpoctl.tui.actions import Action, Subject
from cpoctl.tui.ascii import Ascii
from cpoctl.tui.beginnings import Wishes
from cpoctl.tui.colourless import Colourless
from cpoctl.tui.doing import Doing
from cpoctl.tui.following import Following
from cpoctl.tui.main_screen import MainScreen
from cpoctl.tui.outcomes import Outcomes
from cpoctl.tui.picture import Picture
from cpoctl.tui.replay import Replaying
from cpoctl.tui.screens import Screens
from cpoctl.tui.telling import Telling
from cpoctl.tui.themes import CSS, DEFAULTS, THEMES
from cpoctl.tui.times import Times
from cpoctl.tui.unlaid import unlaid
from cpoctl.tui.views import View
from cpoctl.tui.widgets.lines import CLASSES

Answer = TypeVar("Answer")


class Dashboard(Telling):
    """What on-call staff keep open. `shell` are the words by which a command line reaches the same server."""

    CSS = CSS + (Path(__file__).parent / "dashboard.tcss").read_text()
    TITLE = "cpoctl"
    COMPONENT_CLASSES: ClassVar[set[str]] = set(CLASSES)
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "screen.leave", "quit", show=False, id="interrupt"),  # instead of the toolkit's own
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
        self.client, self.picture = (replay.client, replay.picture) if replay else (client, picture or Picture())
        self.replay = replay
        self.wishes = wishes or Wishes()
        self.saved = dict(self.wishes.saved)
        settings = self.wishes.settings
        self.times = Times(self.picture.now, clock=settings.times == "clock", utc=settings.utc)
        self.read_only = read_only or replay is not None
        self.ends = ends or "The server and its chargers go on."
        self.server, self.shell, self.period = server, shell, 1 / fps
        self.ended_by: int | None = None
        """The number of the signal that ended it."""
        self.key_at = 0.0
        """When a key was pressed last, on the monotonic clock."""
        self.latency_ms: float | None = None
        self._seconds = seconds
        self._spelling: list[LineFilter] = [Ascii()] if ascii else []
        self.outcomes = Outcomes(self.tell_outcome, self.tell_error)
        self.doing, self.following, self.main = Doing(self), Following(self), MainScreen(self)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme or THEMES[0].name  # before anything is shown, which would be styled twice
        self.set_keymap(keymap.checked(self.wishes.keymap))

    # --- the terminal --------------------------------------------------------------------------------------------

    def get_default_screen(self) -> MainScreen:
        """The one that begins everything once it stands."""
        return self.main

    def on_mount(self) -> None:
        """Take over the terminal."""
        self.set_class(self.no_color, "-colourless")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._end_by, number)
        if self._seconds is not None:
            self.set_timer(self._seconds, self.exit)

    async def on_unmount(self) -> None:
        """Hear no more."""
        self.following.close()

    def on_key(self, event: Key) -> None:
        """Somebody is at work: lists keep their order for a moment."""
        self.key_at = time.monotonic()

    def hang_up(self, number: int) -> None:
        """End as by a signal; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end_by, number)

    def _end_by(self, number: int) -> None:
        self.ended_by = number
        self.exit()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of states, for themes that know nothing of them."""
        return DEFAULTS

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every painted line goes through."""
        colours = [Colourless()] if self.no_color else super().get_line_filters()  # instead of the toolkit's greys
        return [*colours, *self._spelling]

    # --- the screens ---------------------------------------------------------------------------------------------

    @property
    def screens(self) -> Screens:
        """The screens, and the ways between them."""
        return self.main.screens

    @property
    def front(self) -> View:
        """The screen that is shown."""
        return self.screens.front

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        return palette.commands(self)

    def action_command_palette(self) -> None:
        """Show the palette."""
        if not isinstance(self.screen, palette.Palette):
            self.push_screen(palette.Palette())

    def search_themes(self) -> None:
        """Show the themes."""
        self.push_screen(palette.Palette([ThemeProvider], placeholder="a theme"))

    # --- the server ----------------------------------------------------------------------------------------------

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

    def spelled(self, command: str) -> str:
        """A command line as it reaches this dashboard's server from any shell."""
        return shelling.spelled(command, self.shell)

    # --- actions -------------------------------------------------------------------------------------------------

    @property
    def only_looks(self) -> bool:
        """Whether nothing can be changed from here."""
        return self.read_only or self.following.viewer

    def may(self, action: Action) -> bool:
        """Whether it can be done from here: what a viewer may do changes nothing, and of the past nothing can be asked."""
        return self.replay is None and (not self.only_looks or action.operation.role == Role.VIEWER)

    def act(self, action: Action, subject: Subject, given: dict[str, Any] | None = None) -> None:
        """Ask what must be known, say what it will do, do it. Given values are not asked for."""
        self.run_worker(self.doing.do(action, subject, given or {}))

    def action_act(self, id: str) -> None:
        """Do one of the actions on what the screen says; nothing where another screen has come between key and action."""
        found = actions.called(id)
        subject = self.front.subject_of(found)
        if subject.kind in found.on:
            self.act(found, subject, self.front.given_for(found))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done is not offered."""
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
