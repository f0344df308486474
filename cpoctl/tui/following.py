"""Following: how the dashboard keeps up with the server. What is heard becomes the picture, or waits while that is held still."""

import gc
import time
from typing import TYPE_CHECKING

import msgspec

from cpoctl import events
from cpoctl.client import Told
from cpoctl.domain.rebuilding import event_of
from cpoctl.errors import CpoctlError
from cpoctl.operations import Role
from cpoctl.operations.task.show import ShowTask, TaskDetail
from cpoctl.tui.alarm import Alarm
from cpoctl.tui.link import Link, Lost, News, Reading, Synced
from cpoctl.tui.memory import give_back
from cpoctl.tui.working import begin

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard


class Following:
    """The link of a dashboard, or its replay, and what has become of it."""

    def __init__(self, desk: "Dashboard") -> None:
        self._desk = desk
        self.lost: Lost | None = None
        self.viewer = False
        """Whether the server lets this key only look."""
        self.frozen_at = ""
        self._retry_at = 0.0
        self._waiting: list[Told] | None = None
        self._link: Reading | None = None
        self._alarm = Alarm(desk.bell, desk.call, desk.set_timer, time.monotonic)

    def start(self) -> None:
        """Begin to listen."""
        replay = self._desk.replay
        begun = replay.link(self._hear, self._midnight) if replay else None
        self._link = begun or Link(self._desk.client, self._hear, self._midnight)
        self._link.start()

    def close(self) -> None:
        """Hear no more."""
        if self._link:
            self._link.close()

    def try_again(self) -> None:
        """Do not wait for the next try."""
        if self._link:
            self._link.try_again()

    @property
    def tries_in_s(self) -> float:
        """How long it is to the next try."""
        return self._retry_at - time.monotonic()

    @property
    def frozen(self) -> bool:
        """Whether the picture is held still."""
        return self._waiting is not None

    @property
    def waiting(self) -> int:
        """How much has happened since."""
        return len(self._waiting or ())

    def freeze(self) -> None:
        """Hold the picture still."""
        self._desk.picture.hold(True)
        self._waiting, self.frozen_at = [], self._desk.picture.now().astimezone().strftime("%H:%M:%S")

    def go_on(self) -> None:
        """Let everything that waited happen."""
        waiting, self._waiting = self._waiting or [], None
        self._desk.picture.hold(False)
        for told in waiting:
            self._happened(told)

    def _hear(self, news: list[News]) -> None:
        for item in news if self._desk.is_running else ():  # while it ends, screens go before the link does
            if isinstance(item, Synced):
                self._synced(item)
            elif isinstance(item, Lost):
                self._gone(item)
            elif self._waiting is not None:
                self._waiting.append(item)
                self._announce(event_of(item.data))
            else:
                self._announce(self._happened(item))

    def _synced(self, news: Synced) -> None:
        was_away, self.lost, self.viewer = self.lost is not None, None, news.role == Role.VIEWER
        missed = self._desk.picture.sync(news)
        _let_the_fleet_stay()
        if self.frozen:  # what stood still is gone with the server: hold what there is now
            self._desk.picture.hold(False)
            self.freeze()
        self._desk.main.resynced()
        if self._desk.replay is None:
            self._alarm.synced(self._desk.picture.live.alerts.open.values())
        if self._desk.outcomes.open:
            begin(self._desk, "outcomes", self._catch_up)
        if was_away:
            told = f"{missed} events happened meanwhile" if missed else "nothing was missed"
            self._desk.notify(told, title="connected again")

    def _gone(self, news: Lost) -> None:
        gc.enable()
        self.lost, self._retry_at = news, time.monotonic() + news.wait_s
        self._desk.main.tell_frame()

    def _happened(self, told: Told) -> events.Event | None:
        event = self._desk.picture.apply(told)
        if event is not None:
            for view in self._desk.screens.views.values():
                view.told(event)
        return event

    def _announce(self, event: events.Event | None) -> None:
        """Tell at once what nobody should have to look for, also where the picture is frozen. What is over calls nobody."""
        if event is not None and self._desk.replay is None:
            self._alarm.told(event)
            self._desk.outcomes.told(event)

    async def _catch_up(self) -> None:
        """What was begun here may have ended while the server could not be heard."""
        outcomes = self._desk.outcomes
        for number in outcomes.open:
            try:
                outcomes.shown(msgspec.convert(await self._desk.ask(ShowTask(task=number)), TaskDetail))
            except CpoctlError as error:
                self._desk.tell_error(error)
                return

    def _midnight(self) -> str:
        """The begin of today, by the zone of whoever watches."""
        return self._desk.picture.midnight()


def _let_the_fleet_stay() -> None:
    if not gc.isenabled():  # as the cockpit begins
        gc.freeze()  # only what comes and goes is looked through from now on
        gc.enable()
    give_back()
