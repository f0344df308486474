"""Sessions: what is being charged right now, or what was, with power, energy and state of charge."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType

from cpoctl import charts, events
from cpoctl.clock import parsed
from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.errors import CpoctlError
from cpoctl.operations.session import MeterRow, SessionRow
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.show import SessionDetail, ShowSession
from cpoctl.table import kw, kwh, local, plain, span
from cpoctl.tui.actions import SESSION
from cpoctl.tui.listing import Listing
from cpoctl.tui.picture import used_wh
from cpoctl.tui.widgets.dialogs import Page
from cpoctl.tui.widgets.lines import Line, Piece
from cpoctl.tui.widgets.table import Cell, Col, RowTable
from cpoctl.tui.working import begin

_TREND = 12
_PAST = 500
_CHART_ROWS = 10


@dataclass(frozen=True)
class Shown:
    """A session as `session list` has it, with what only the live state tells."""

    row: SessionRow
    soc_percent: float | None = None
    metered_at: str = ""
    trend: tuple[float | None, ...] = ()

    @property
    def place(self) -> str:
        """`HQ-07:2`."""
        return f"{self.row.charger_id}:{self.row.evse_id}" if self.row.evse_id else self.row.charger_id

    @property
    def style(self) -> str:
        """Old figures look old."""
        return "stale" if self.row.state != "closed" and self.row.stale else ""


def _state(shown: Shown) -> Cell:
    if shown.row.state == "closed":
        return f"ended {shown.row.stop_reason or ''}", "dim"
    return ("◌ stale", "offline") if shown.row.stale else ("▸ live", "charging")


def _soc(shown: Shown) -> Cell:
    return (f"{shown.soc_percent:.0f}%", shown.style) if shown.soc_percent is not None else ("-", "dim")


COLS = (
    Col("session", "SESSION", 8, lambda s: (s.row.session_id, "strong"), lambda s: int(s.row.session_id), align="right"),
    Col("place", "CHARGER", 14, lambda s: (s.place, ""), lambda s: s.place.casefold(), grows=True),
    Col("tag", "TAG", 12, lambda s: (s.row.tag_id or "-", ""), lambda s: s.row.tag_id.casefold(), 2),
    Col("state", "STATE", 10, _state, lambda s: s.row.state, 1),
    Col("start", "START", 8, lambda s: (local(s.row.started_at)[11:], ""), lambda s: s.row.started_at, 4),
    Col("for", "FOR", 5, lambda s: (span(s.row.duration_s), ""), lambda s: -(s.row.duration_s or 0), 2, "right"),
    Col("kwh", "kWh", 7, lambda s: (kwh(s.row.energy_wh), s.style), lambda s: -(s.row.energy_wh or 0), 1, "right"),
    Col("kw", "kW", 6, lambda s: (kw(s.row.power_w), ""), lambda s: -(s.row.power_w or 0), 1, "right"),
    Col("trend", "TREND", _TREND, lambda s: (charts.spark(s.trend, _TREND) if s.trend else "", s.style), lambda s: None, 5),
    Col("soc", "SoC", 4, _soc, lambda s: -(s.soc_percent or 0), 3, "right"),
    Col("flags", "FLAGS", 18, lambda s: (",".join([*s.row.stuck[:1], *s.row.flags]), "alert"), lambda s: -len(s.row.flags), 6),
)  # fmt: skip


class Sessions(Listing):
    """The sessions that run, or with `h` the newest ones that were."""

    title: ClassVar[str] = "Sessions"
    place: ClassVar[int | None] = 2
    kind: ClassVar[str] = SESSION
    cols: ClassVar[tuple[Col, ...]] = COLS
    row: ClassVar[type] = SessionRow
    sort: ClassVar[str] = "-session"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "history", "running / past", id="sessions.history"),
        Binding("c", "charger", "its charger", show=False, id="sessions.charger"),
    ]

    def __init__(self, **more: object) -> None:
        super().__init__(**more)
        self._open: dict[str, tuple[LiveCharger, OpenSession]] = {}
        self._at: dict[str, set[str]] = {}
        self._past: dict[str, SessionRow] | None = None
        self._trends: dict[tuple[str, str], deque[float | None]] = {}

    @property
    def noun(self) -> str:  # type: ignore[override] # it changes with what is shown
        """What is shown."""
        return "running sessions" if self._past is None else f"the last {_PAST} sessions"

    @property
    def heading(self) -> str:
        """With how many run."""
        return f"Sessions({sum(len(charger.sessions) for charger in self.desk.picture.live.chargers.values())})"

    def all_keys(self) -> Collection[str]:
        """Their numbers."""
        return self._open.keys() if self._past is None else self._past.keys()

    def row_of(self, key: str) -> Shown:
        """The session as of now."""
        if self._past is not None:
            return Shown(self._past[key])
        charger, session = self._open[key]
        trend = self._trends.get((charger.charger_id, session.transaction_id), ())
        row = _row(charger, session, self.desk.picture.now())
        return Shown(row, session.soc_percent, session.metered_at, tuple(trend))

    def record(self, key: str) -> dict[str, object]:
        """The row of `session list`."""
        return vars(self.row_of(key).row)

    def rebuild(self) -> None:
        """Look up what is open anew."""
        self._look_up()
        super().rebuild()

    def freshen(self, changed: frozenset[str]) -> None:
        """The sessions of these chargers, and those that have begun or ended there."""
        if self._past is not None:
            return
        before = {key for charger in changed for key in self._at.get(charger, ())}
        self._look_up()
        after = {key for charger in changed for key in self._at.get(charger, ())}
        super().freshen(frozenset(before | after))

    def told(self, event: events.Event) -> None:
        """Keep how the power went."""
        match event:
            case events.MeterChanged() if event.transaction_id and event.power_w is not None:
                key = (event.charger_id or "", event.transaction_id)
                self._trends.setdefault(key, deque(maxlen=_TREND)).append(event.power_w)
            case events.SessionStopped():
                self._trends.pop((event.charger_id or "", event.transaction_id), None)

    def summary(self) -> list[Line]:
        """How many, how much."""
        picture = self.desk.picture
        running = picture.sessions()
        power = sum(session.power_w or 0 for charger, session in running if charger.connected)
        today = picture.totals().today_wh
        return [[(f" {len(running)} running · {kw(power)} kW · today {kwh(today)} kWh", "strong")]]

    def preview(self, key: str) -> list[Line]:
        """What is known of it."""
        shown = self.row_of(key)
        row = shown.row
        facts = [f"tag {row.tag_id or '-'} {row.tag_status}", f"began {local(row.started_at)}"]
        if row.stopped_at:
            facts.append(f"ended {local(row.stopped_at)} {row.stop_reason or ''}")
        lines: list[Line] = [[(f" {row.session_id} · {shown.place} · transaction {row.transaction_id}", "header")]]
        lines.append([(" " + " · ".join(facts), "")])
        register = [] if row.meter_start_wh is None else [f"register began at {kwh(row.meter_start_wh)} kWh"]
        register += [f"last reading {local(shown.metered_at)}"] if shown.metered_at else []
        lines.append([(" " + " · ".join(register), shown.style)])
        if row.state != "closed" and row.stale:
            lines.append(
                [(" the charger is offline, so its power is unknown; the energy is the last reading", "offline")]
            )
        for word in [*row.stuck, *row.flags]:
            lines.append([(f" ! {word}", "alert")])
        return lines

    def command(self) -> str:
        """`session list` with the same filter."""
        what = "cpoctl session list --open" if self._past is None else f"cpoctl session list --last {_PAST}"
        return f"{what} --where '{self.filtered_by}'" if self.filtered_by else what

    def exported(self) -> tuple[type, list[SessionRow]]:
        """The sessions as shown."""
        return SessionRow, [self.row_of(key).row for key in self.table.keys]

    def action_history(self) -> None:
        """Between the running ones and those that were."""
        if self._past is not None:
            self._past = None
            self.rebuild()
        else:
            begin(self, "past", self._read_past)

    def action_charger(self) -> None:
        """Open the charger of the session."""
        if (key := self.table.cursor) is not None:
            self.desk.open_charger(self.row_of(key).row.charger_id)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """Show everything of it."""
        event.stop()
        begin(self, "page", self._open_page, event.key)

    async def _read_past(self) -> None:
        try:
            found = msgspec.convert(await self.desk.ask(ListSessions(last=_PAST)), list[SessionRow])
        except CpoctlError as error:
            self.desk.tell_error(error)
            return
        self._past = {row.session_id: row for row in found}
        self.rebuild()

    async def _open_page(self, key: str) -> None:
        try:
            told = await self.desk.ask(ShowSession(session=key))
        except CpoctlError as error:
            self.desk.tell_error(error)
            return
        detail = msgspec.convert(told, SessionDetail)
        await self.desk.push_screen_wait(Page(f"session {key}", page(detail, self.size.width - 8)))

    def _look_up(self) -> None:
        self._open, self._at = {}, {}
        for charger, session in self.desk.picture.sessions():
            key = str(session.session_id)
            self._open[key] = (charger, session)
            self._at.setdefault(charger.charger_id.casefold(), set()).add(key)


def page(detail: SessionDetail, width: int) -> list[Line]:
    """Everything of a session: its facts, its power over time, and every reading."""
    facts = (
        ("charger", f"{detail.charger_id}:{detail.evse_id}"),
        ("tag", f"{detail.tag_id or '-'} ({detail.tag_status or 'not told'})"),
        ("began", f"{local(detail.started_at)}, told as {detail.started_raw}"),
        ("ended", f"{local(detail.stopped_at)} {detail.stop_reason or ''}" if detail.stopped_at else "not yet"),
        (
            "energy",
            f"{kwh(detail.energy_wh)} kWh, register {kwh(detail.meter_start_wh)} to {kwh(detail.meter_stop_wh)}",
        ),
        ("flags", ", ".join([*detail.stuck, *detail.flags]) or "none"),
    )
    lines: list[Line] = [[(f"{name:<9}", "dim"), (text, "")] for name, text in facts]
    lines += [[], [("power", "strong")], *chart(detail.meter_values, width), [], [("readings", "strong")]]
    for meter in detail.meter_values:
        pieces: list[Piece] = [
            (f"{local(meter.taken_at)}  ", "dim"),
            (f"{kwh(meter.energy_wh):>10} kWh  {kw(meter.power_w):>7} kW", ""),
        ]
        pieces.append((f"  {plain(meter.soc_percent) or '-':>4} %  {meter.context}", ""))
        if meter.flags:
            pieces.append((f"  ! {', '.join(meter.flags)}", "alert"))
        lines.append(pieces)
    return lines


def chart(readings: list[MeterRow], width: int) -> list[Line]:
    """The power of a session over time."""
    points = [(parsed(m.taken_at).timestamp(), m.power_w / 1000 if m.power_w is not None else None) for m in readings]
    ends = (local(readings[0].taken_at)[11:16], local(readings[-1].taken_at)[11:16]) if readings else ()
    drawn = charts.line(points, min(width, 120), _CHART_ROWS, foot=ends, unit="kW")
    return [[(text, "charging")] for text in drawn]


def _row(charger: LiveCharger, session: OpenSession, now: datetime) -> SessionRow:
    """An open session as `session list` has it."""
    used = used_wh(session)
    return SessionRow(
        session_id=str(session.session_id),
        charger_id=charger.charger_id,
        evse_id=session.evse_id,
        state="open" if charger.connected else "open (charger offline)",
        tag_id=session.tag_id,
        tag_status=session.tag_status,
        started_at=session.started_at,
        stopped_at=None,
        duration_s=max(0, int((now - parsed(session.started_at)).total_seconds())),
        energy_wh=None if used is None else round(used),
        power_w=session.power_w if charger.connected else None,
        stop_reason=None,
        flags=list(session.flags),
        stuck=[],
        transaction_id=session.transaction_id,
        meter_start_wh=session.meter_start_wh,
        meter_stop_wh=None,
        stale=not charger.connected,
    )
