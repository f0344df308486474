"""Charger: one of them, whole. What it does now, its power and energy, and what it has been through, a tab each."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher

from cpoctl import charts, events
from cpoctl.cells import width as cell_len
from cpoctl.charts.progress import progress
from cpoctl.clock import parsed
from cpoctl.domain.fleet import Evse, LiveCharger
from cpoctl.domain.transfers import Moving
from cpoctl.errors import CpoctlError
from cpoctl.operations import Query
from cpoctl.operations.charger.history import HistoryRow, ShowHistory
from cpoctl.operations.charger.quirks import ListQuirks, QuirkRow
from cpoctl.operations.session import SessionRow
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.meter import MeterSession
from cpoctl.operations.task import TaskRow
from cpoctl.operations.task.list import ListTasks
from cpoctl.operations.var.list import CachedRow, ListVariables
from cpoctl.table import kw, kwh
from cpoctl.tui import actions
from cpoctl.tui.actions import CHARGER, EVSE, Action, Subject
from cpoctl.tui.picture import used_wh
from cpoctl.tui.statuses import look
from cpoctl.tui.views import View
from cpoctl.tui.widgets import doctor_page
from cpoctl.tui.widgets.lines import Line, Lines, Piece
from cpoctl.tui.widgets.records import Record, Records
from cpoctl.tui.widgets.table import Col, RowTable
from cpoctl.tui.working import begin

_NEWEST = 200
_POINTS = 2000
_CHARTS_FROM = 18
_NOT_READ = "not read yet: {} reads them (cpoctl var get {})"
_CLOCK_UNTIL_S = 300
_TABS = ("Now", "Sessions", "History", "Variables", "Tasks", "Violations")


@dataclass(frozen=True)
class Place:
    """An EVSE of the charger, and the session there."""

    charger: LiveCharger
    evse: Evse


def _status(place: Place) -> tuple[str, str]:
    found = look(place.evse.status)
    if not place.charger.connected:
        return f"was {found.sign} {found.word}", "stale"
    return f"{found.sign} {found.word}", found.style


def _error(place: Place) -> tuple[str, str]:
    evse = place.evse
    told = [evse.error_code if evse.error_code != "NoError" else None, evse.vendor_error_code, evse.info]
    return " ".join(word for word in told if word), "alert"


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
        self._powers: dict[int, deque[charts.Point]] = {}
        self._energies: dict[int, deque[charts.Point]] = {}
        self._stale: set[str] = set(_TABS)

    def compose(self) -> ComposeResult:
        """Who it is, the tabs, and what each of them shows."""
        age = self.desk.times.age
        yield Lines(classes="summary")
        yield Lines(classes="list-title")
        with ContentSwitcher(initial="tab-now", classes="tabs"):
            with View(id="tab-now"):
                yield RowTable(self._cols(), self._place, classes="evses")
                yield Lines(classes="plots")
            yield Records(SessionRow, without=("charger_id",), key=lambda row: row["session_id"], id="tab-sessions")
            yield Records(HistoryRow, id="tab-history")
            yield Records(CachedRow, key=lambda row: row["name"], age=age, id="tab-variables")
            yield Records(TaskRow, key=lambda row: str(row["task_id"]), id="tab-tasks")
            yield Records(QuirkRow, without=("charger_id", "kind", "origin"), age=age, id="tab-violations")

    @property
    def heading(self) -> str:
        """Its id."""
        return self.charger_id or self.title

    @property
    def filtered_by(self) -> str:
        """Its id."""
        return self.charger_id

    def filter(self, text: str) -> None:
        """Show another charger."""
        if text.strip().casefold() != self.charger_id.casefold():
            self.charger_id = text.strip()
            self._powers, self._energies, self._stale = {}, {}, set(_TABS)
            for table in self.query(Records):
                table.fill([])
            self.query_one("ContentSwitcher", ContentSwitcher).current = "tab-now"

    @property
    def _live(self) -> LiveCharger | None:
        return self.desk.picture.live.charger(self.charger_id)

    @property
    def _tab(self) -> str:
        current = self.query_one("ContentSwitcher", ContentSwitcher).current or ""
        return next(tab for tab in _TABS if f"tab-{tab.casefold()}" == current)

    def subject(self) -> Subject:
        """The charger."""
        return Subject(self.kind, (self.charger_id,) if self.charger_id else ())

    def subject_of(self, action: Action) -> Subject:
        """The EVSE under the cursor, for what can be done to one; the variable there, for what sets it."""
        if (variable := self._variable) and action.path == "var set":
            return replace(self.subject(), about=self._told_of(variable))
        evse = self.query_one(".evses", RowTable).cursor
        if self._tab == "Now" and evse not in (None, "0") and EVSE in action.on:
            return Subject(EVSE, (f"{self.charger_id}:{evse}",))
        return self.subject()

    def given_for(self, action: Action) -> dict[str, Any]:
        """The variable under the cursor, for what sets one."""
        return {"name": self._variable["name"]} if self._variable and action.path == "var set" else {}

    @property
    def _variable(self) -> Record | None:
        """The variable under the cursor."""
        return self.query_one("#tab-variables", Records).current if self._tab == "Variables" else None

    def _told_of(self, variable: Record) -> str:
        """What it is now, as far as is known."""
        unit = f" {variable['unit']}" if variable["unit"] else ""
        fixed = ", read-only" if variable["readonly"] else ""
        read = self.desk.times.since(variable["read_at"])
        return f"{variable['name']} is {variable['value'] or '(empty)'}{unit}{fixed} (read {read})"

    @property
    def _unread(self) -> str:
        """What there is to see where no variable was ever read."""
        reading = next(action for action in actions.ACTIONS if action.path == "var get")
        return _NOT_READ.format(self.desk.wishes.keymap.get(reading.id, reading.key), self.charger_id)

    def acted(self, action: Action) -> None:
        """What was asked of the charger is stored now."""
        if action.path == "var get":
            self._stale.add("Variables")
            self._read(self._tab)

    def opened(self) -> None:
        """Read what is stored of it."""
        self._paint()
        self._read(self._tab)
        self._focus()

    def resynced(self) -> None:
        """Read again what is stored."""
        self._stale = set(_TABS)
        if self.display:
            self.opened()

    def freshen(self, changed: frozenset[str]) -> None:
        """It has changed."""
        if self.charger_id.casefold() in changed:
            self._paint()
            if self._tab in self._stale and self._tab != "Now":
                self._read(self._tab)

    def tick(self) -> None:
        """Ages have changed."""
        self._paint()
        for table in self.query(Records):
            if table.display:
                table.touch_all()

    def told(self, event: events.Event) -> None:
        """Keep its readings, and note which tabs are no longer true."""
        if (event.charger_id or "").casefold() != self.charger_id.casefold():
            return
        match event:
            case events.MeterChanged():
                self._keep(event.evse_id, event.taken_at, event.power_w, event.energy_wh)
            case events.SessionStarted() | events.SessionStopped():
                self._stale |= {"Sessions", "History"}
                self._powers.pop(event.evse_id, None)
                self._energies.pop(event.evse_id, None)
            case events.CommandFinished() | events.TaskTargetFinished():
                self._stale |= {"Tasks", "History", "Variables"}
            case _:
                self._stale.add("History")

    def back(self) -> bool:
        """To the first tab."""
        if self._tab == "Now":
            return False
        self._show("Now")
        return True

    def command(self) -> str:
        """What shows the same."""
        words = {"Now": "charger show", "Sessions": "session list --charger", "History": "charger history",
                 "Variables": "var list", "Tasks": "task list --charger", "Violations": "charger quirks"}  # fmt: skip
        return f"cpoctl {words[self._tab]} {self.charger_id}"

    def action_tab(self, by: int) -> None:
        """The next tab, or the one before."""
        self._show(_TABS[(_TABS.index(self._tab) + by) % len(_TABS)])

    def action_log(self) -> None:
        """Its frames."""
        self.desk.open_log(self.charger_id)

    def action_doctor(self) -> None:
        """What the checks say of it."""
        if self.charger_id:
            begin(self, "doctor", doctor_page.open_page, self.desk, self.charger_id)

    def on_row_table_moved(self, event: RowTable.Moved) -> None:
        """Another EVSE is meant."""
        event.stop()
        if "evses" in event.table.classes:
            self._plot()

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """Set a variable, look at a session."""
        event.stop()
        if self._tab == "Variables":
            if self._variable and self._variable["readonly"]:
                self.desk.notify(f"{self._variable['name']} is read-only: only the charger changes it")
                return
            setting = next(action for action in actions.ACTIONS if action.path == "var set")
            self.desk.act(setting, self.subject_of(setting), self.given_for(setting))

    def _show(self, tab: str) -> None:
        self.query_one("ContentSwitcher", ContentSwitcher).current = f"tab-{tab.casefold()}"
        self.opened()

    def _focus(self) -> None:
        table = ".evses" if self._tab == "Now" else f"#tab-{self._tab.casefold()}"
        self.query_one(table).focus()

    # --- now -----------------------------------------------------------------------------------------------------

    def _cols(self) -> tuple[Col, ...]:
        def session(make: Callable[[Any], str]) -> Callable[[Place], tuple[str, str]]:
            def cell(place: Place) -> tuple[str, str]:
                found = place.charger.session_on(place.evse.evse_id)
                return (make(found), "" if place.charger.connected else "stale") if found else ("-", "dim")

            return cell

        def since(place: Place) -> tuple[str, str]:
            return self.desk.times.age(place.evse.since), "dim"

        def power(place: Place) -> tuple[str, str]:
            return (kw(place.evse.power_w), "") if place.charger.connected else ("-", "dim")

        return (
            Col("evse", "EVSE", 4, lambda p: (f":{p.evse.evse_id}", "strong"), lambda p: p.evse.evse_id),
            Col("status", "STATUS", 13, _status, lambda p: None),
            Col("for", "FOR", 5, since, lambda p: None, 2, "right"),
            Col("session", "SESSION", 8, session(lambda s: str(s.session_id)), lambda p: None, 2, "right"),
            Col("tag", "TAG", 12, session(lambda s: s.tag_id), lambda p: None, 3),
            Col("kwh", "kWh", 7, session(lambda s: kwh(used_wh(s))), lambda p: None, 2, "right"),
            Col("kw", "kW", 6, power, lambda p: None, 1, "right"),
            Col("soc", "SoC %", 5, session(lambda s: f"{s.soc_percent:.0f}" if s.soc_percent is not None else "-"),
                lambda p: None, 4, "right"),
            Col("error", "ERROR", 14, _error, lambda p: None, 2, grows=True),
        )  # fmt: skip

    def _place(self, key: str) -> Place:
        live = self._live
        if live is None:
            raise KeyError(key)
        return Place(live, live.evses[int(key)])

    def _paint(self) -> None:
        live = self._live
        summary = self.query_one(".summary", Lines)
        if live is None:
            summary.tell([[(f" {self.charger_id or 'no charger'} is not known", "alert")]])
            return
        key, times = self.charger_id.casefold(), self.desk.times
        row = self.desk.picture.row(key) if key in self.desk.picture.keys else None
        found = look(row.status if row else "Unknown")
        since = "" if live.connected or not row else f" {times.age(live.left_at or row.last_seen_at)}"
        about = [row.name if row else None, live.vendor, live.model, live.serial and f"s/n {live.serial}",
                 f"OCPP {live.version or '?'}", live.firmware and f"fw {live.firmware}", live.site_id and f"site {live.site_id}"]  # fmt: skip
        seen = f"seen {times.since(row.last_seen_at)}" if row and row.last_seen_at else "never seen"
        link = [seen, f"today {kwh(self.desk.picture.today_wh(key))} kWh"]
        if live.link:
            link += [f"connected {times.up(live.link.since)} from {live.link.address}", f"auth {live.link.auth}"]
        link += [f"booted {times.since(live.booted_at)}"] if live.booted_at else []
        lines: list[Line] = [
            [
                (f" {found.sign} {found.word}{since} ", found.style),
                (self._fitting(about, len(found.word + since) + 5), "strong"),
            ],
            [(" " + self._fitting(link, 2), "" if live.connected else "stale")],
        ]
        alerts = self.desk.picture.live.alerts.of(self.charger_id)
        lines += [[(f" ! {alert.what}, {'since' if times.clock else 'for'} {times.age(alert.since)}" + (f", {alert.acked_by} looks after it" if alert.acked_by else ""), "alert")] for alert in alerts[:2]]  # fmt: skip
        lines += [
            [(f" {self._told_moving(moving)}", "busy")] for moving in self.desk.picture.live.transfers.moving(key)
        ]
        summary.tell(lines)
        pieces: list[Piece] = [(" ", "header")]
        for tab in _TABS:
            pieces.append((f"[{tab}]" if tab == self._tab else f" {tab} ", "header" if tab == self._tab else "dim"))
        self.query_one(".list-title", Lines).tell([pieces])
        table = self.query_one(".evses", RowTable)
        keys = [str(number) for number, evse in sorted(live.evses.items()) if number or evse.status != "Available"]
        table.show(keys)
        table.touch_all()
        self._plot()

    def _told_moving(self, moving: Moving) -> str:
        """How far a file is that the charger fetches or uploads: `firmware  ███▌  34 %  12.1 of 35.0 MB  1.2 MB/s`."""
        word = f"{moving.purpose}  "
        return word + progress(moving.bytes, moving.total, moving.bytes_per_s, self.app.size.width - len(word) - 2)

    def _fitting(self, words: Sequence[str | None], beside: int) -> str:
        """As many of the words as there is room for, the first ones first."""
        told = [word for word in words if word]
        while told[1:] and cell_len(" · ".join(told)) > self.app.size.width - beside:
            del told[-1]
        return " · ".join(told)

    def _plot(self) -> None:
        plots = self.query_one(".plots", Lines)
        evse = int(self.query_one(".evses", RowTable).cursor or 0)
        room = plots.size.height
        if self._tab != "Now" or room < 4 or self.size.height < _CHARTS_FROM:
            plots.tell([])
            return
        if not self._powers.get(evse) and not self._energies.get(evse):
            plots.tell([[(f" no power or energy of EVSE {evse} was told in a session that runs", "dim")]])
            return
        side = self.size.width >= 100
        width = (self.size.width - 3) // 2 if side else self.size.width - 2
        height = room - 1 if side else room // 2 - 1
        powers, energies = self._powers.get(evse, ()), self._energies.get(evse, ())
        left = [f"power of EVSE {evse}, kW  {self._newest(evse)}".ljust(width), *_drawn(powers, width, height)]
        right = [f"energy of the session, kWh".ljust(width), *_drawn(energies, width, height)]  # noqa: F541
        if side:
            plots.tell([[(one, "charging"), (" ", ""), (two, "busy")] for one, two in zip(left, right, strict=False)])
        else:
            plots.tell([*([(text, "charging")] for text in left), *([(text, "busy")] for text in right)])

    def _newest(self, evse_id: int) -> str:
        """What is drawn there now, as far as anybody can know."""
        live = self._live
        session = live.session_on(evse_id) if live else None
        power_w = live.power_of(session) if live and session else None
        return f"now {power_w / 1000:.1f}" if power_w is not None else "now not known"

    def _keep(self, evse_id: int, at: str, power_w: float | None, energy_wh: float | None) -> None:
        time = parsed(at).timestamp()
        live = self._live
        session = live.session_on(evse_id) if live else None
        if power_w is not None:
            self._powers.setdefault(evse_id, deque(maxlen=_POINTS)).append((time, power_w / 1000))
        if energy_wh is not None and session is not None and session.meter_start_wh is not None:
            used = max(0.0, energy_wh - session.meter_start_wh) / 1000
            self._energies.setdefault(evse_id, deque(maxlen=_POINTS)).append((time, used))

    # --- what is stored ------------------------------------------------------------------------------------------

    def _read(self, tab: str) -> None:
        if tab not in self._stale or not self.charger_id:
            return
        self._stale.discard(tab)
        begin(self, f"read {tab}", self._ask, tab)

    async def _ask(self, tab: str) -> None:
        wanted: dict[str, Query] = {
            "Sessions": ListSessions(charger=self.charger_id, last=_NEWEST),
            "History": ShowHistory(charger=self.charger_id),
            "Variables": ListVariables(charger=self.charger_id),
            "Tasks": ListTasks(charger=self.charger_id, limit=_NEWEST),
            "Violations": ListQuirks(charger=self.charger_id, only="violations"),
        }
        try:
            if tab == "Now":
                await self._read_readings()
            else:
                records = await self.desk.ask(wanted[tab])
                newest_first = list(reversed(records)) if tab == "History" else records
                table = self.query_one(f"#tab-{tab.casefold()}", Records)
                table.empty = self._unread if tab == "Variables" else "nothing here"
                table.fill(newest_first)
        except CpoctlError as error:
            self.desk.tell_error(error)

    async def _read_readings(self) -> None:
        """What the running sessions have measured so far."""
        live = self._live
        sessions = list(live.sessions.values()) if live else []
        told = await asyncio.gather(*(self.desk.ask(MeterSession(session=str(s.session_id))) for s in sessions))
        for session, readings in zip(sessions, told, strict=True):
            self._powers.pop(session.evse_id, None)
            self._energies.pop(session.evse_id, None)
            for reading in readings:
                self._keep(session.evse_id, reading["taken_at"], reading["power_w"], reading["energy_wh"])
        self._plot()


def _drawn(points: Sequence[charts.Point], width: int, height: int) -> list[str]:
    short = bool(points) and points[-1][0] - points[0][0] < _CLOCK_UNTIL_S  # else both ends may say the same
    form = "%H:%M:%S" if short else "%H:%M"
    ends = [datetime.fromtimestamp(points[at][0], UTC).astimezone().strftime(form) for at in (0, -1) if points]
    return charts.line(list(points), width, height, gap=900, foot=ends)
