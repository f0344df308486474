"""Now: what each EVSE of the charger does, and how power and energy of its sessions went."""

import asyncio
from functools import cached_property
from typing import Any, ClassVar, Final

from textual.containers import Vertical
from textual.widget import Widget

from cpoctl import events
from cpoctl.operations.session.meter import MeterSession
from cpoctl.tui.actions import EVSE, Action, Subject
from cpoctl.tui.charger_tabs import Tab
from cpoctl.tui.evse_looks import COLS, Place
from cpoctl.tui.readings import Readings
from cpoctl.tui.widgets.lines import Lines
from cpoctl.tui.widgets.table import RowTable

_ROOM_FOR_CHARTS: Final = 4
_CHARTS_FROM: Final = 18
_BESIDE_FROM: Final = 100


class Now(Tab):
    """The EVSEs, and below them the charts of the one under the cursor."""

    title: ClassVar[str] = "Now"
    place: ClassVar[int] = 1
    command: ClassVar[str] = "charger show"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._readings = Readings()

    @cached_property
    def body(self) -> Widget:
        """The table above the charts."""
        return Vertical(self._evses, self._plots, id=self.id)

    @cached_property
    def _evses(self) -> RowTable:
        return RowTable(COLS, self._place_of, classes="evses")

    @cached_property
    def _plots(self) -> Lines:
        return Lines(classes="plots")

    def begin(self) -> None:
        """Another charger is meant."""
        super().begin()
        self._readings = Readings()

    def focus(self) -> None:
        """The table takes the keys."""
        self._evses.focus()

    def told(self, event: events.Event) -> None:
        """Keep what is measured in sessions that run."""
        live = self.screen.live
        match event:
            case events.MeterChanged():
                session = live.session_on(event.evse_id) if live else None
                self._readings.keep(event.evse_id, event.taken_at, event.power_w, event.energy_wh, session)
            case events.SessionStarted() | events.SessionStopped():
                self._readings.forget(event.evse_id)

    def paint(self) -> None:
        """What each EVSE does now."""
        if (live := self.screen.live) is not None:
            keys = [str(n) for n, evse in sorted(live.evses.items()) if n or evse.status != "Available"]
            self._evses.show(keys)
            self._evses.touch_all()
            self._plot()

    async def read(self) -> None:
        """What the running sessions have measured so far."""
        live, ask = self.screen.live, self.screen.desk.ask
        if self.screen.desk.replay:
            self._readings = Readings()  # after a jump back what was drawn is still to come
        sessions = list(live.sessions.values()) if live else []
        told = await asyncio.gather(*(ask(MeterSession(session=str(s.session_id))) for s in sessions))
        for session, readings in zip(sessions, told, strict=True):
            self._readings.forget(session.evse_id)
            for row in readings:
                running = live.session_on(session.evse_id) if live else None
                self._readings.keep(session.evse_id, row["taken_at"], row["power_w"], row["energy_wh"], running)
        self._plot()

    def subject_of(self, action: Action) -> Subject | None:
        """The EVSE under the cursor, for what can be done to one."""
        evse = self._evses.cursor
        if evse in (None, "0") or EVSE not in action.on:
            return None
        return Subject(EVSE, (f"{self.screen.charger_id}:{evse}",))

    def moved(self) -> None:
        """Another EVSE is meant."""
        self._plot()

    def _place_of(self, key: str) -> Place:
        if (live := self.screen.live) is None:
            raise KeyError(key)
        return Place(live, live.evses[int(key)], self.screen.desk.times)

    def _plot(self) -> None:
        """Two charts, side by side where there is room."""
        size, room = self.screen.size, self._plots.size.height
        if not self.body.display or room < _ROOM_FOR_CHARTS or size.height < _CHARTS_FROM:
            self._plots.tell([])
            return
        evse = int(self._evses.cursor or 0)
        if not self._readings.has(evse):
            self._plots.tell([[(f" no power or energy of EVSE {evse} was told in a session that runs", "dim")]])
            return
        beside = size.width >= _BESIDE_FROM
        width = (size.width - 3) // 2 if beside else size.width - 2
        height = room - 1 if beside else room // 2 - 1
        power, energy = self._readings.drawn(evse, width, height)
        left = [f"power of EVSE {evse}, kW  {self._newest(evse)}".ljust(width), *power]
        right = ["energy of the session, kWh".ljust(width), *energy]
        if beside:
            pairs = zip(left, right, strict=False)
            self._plots.tell([[(one, "charging"), (" ", ""), (two, "busy")] for one, two in pairs])
        else:
            self._plots.tell([*([(text, "charging")] for text in left), *([(text, "busy")] for text in right)])

    def _newest(self, evse_id: int) -> str:
        """What is drawn there now, as far as anybody can know."""
        live = self.screen.live
        session = live.session_on(evse_id) if live else None
        idle_w = live.evses[evse_id].power_w if live and live.connected and evse_id in live.evses else None
        power_w = live.power_of(session) if live and session else idle_w
        return f"now {power_w / 1000:.1f}" if power_w is not None else "now not known"
