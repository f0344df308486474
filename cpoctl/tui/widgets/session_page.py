"""SessionPage: everything of one session, its facts, its power over time and every reading, and it goes on while it is read."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Label

from cpoctl import charts
from cpoctl.clock import parsed
from cpoctl.errors import CpoctlError
from cpoctl.operations.session import MeterRow
from cpoctl.operations.session.show import SessionDetail, ShowSession
from cpoctl.table import kw, kwh, local, plain
from cpoctl.tui.folding import folded
from cpoctl.tui.widgets import dialogs
from cpoctl.tui.widgets.dialogs import Page
from cpoctl.tui.widgets.lines import Line, Lines, Piece
from cpoctl.tui.working import begin

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_CHART_ROWS = 10
_WIDEST_CHART = 120
_BORDERS = 6
_SECONDS_BELOW = 300  # what lasts less long has seconds at the ends of its axis
_LOOKS_EVERY_S = 0.5


async def open_page(desk: "Dashboard", session_id: str) -> None:
    """Show everything of a session."""
    if detail := await _asked(desk, session_id):
        await desk.push_screen_wait(SessionPage(desk, detail))


class SessionPage(Page):
    """A session. Of an open one all is asked again when the picture tells something new of it."""

    AUTO_FOCUS = ".dialog-body"  # so that keys scroll it
    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "refresh", "refresh", id="session-page.refresh")]

    def __init__(self, desk: "Dashboard", detail: SessionDetail) -> None:
        super().__init__("", [])
        self._desk = desk
        self._take(detail)

    def on_mount(self) -> None:
        """Look whether there is something new."""
        self.set_interval(_LOOKS_EVERY_S, self._look)

    def on_resize(self, event: Resize) -> None:
        """As wide as there is room."""
        self._tell()

    def action_refresh(self) -> None:
        """Ask again."""
        begin(self, "refresh", self._refresh)

    def _look(self) -> None:
        if self._known_of(self._detail) != self._known:
            self.action_refresh()

    async def _refresh(self) -> None:
        if detail := await _asked(self._desk, self._detail.session_id):
            self._take(detail)
            self._tell()

    def _take(self, detail: SessionDetail) -> None:
        self._detail, self._as_of, self._known = detail, self._desk.picture.now(), self._known_of(detail)

    def _known_of(self, detail: SessionDetail) -> tuple[object, ...]:
        """What the picture knows of it: when that changes, more is stored."""
        charger = self._desk.picture.charger(detail.charger_id.casefold())
        session = charger.session_named(int(detail.session_id)) if charger else None
        if charger is None or session is None:
            return ()
        evse = charger.evses.get(detail.evse_id)
        return charger.connected, evse and evse.status, session.metered_at, session.energy_wh, session.power_w

    def _tell(self) -> None:
        self.query_one(".dialog-title", Label).update(dialogs.plain(title(self._detail, self._as_of)))
        width = max(20, round(self.app.size.width * 0.96) - _BORDERS)
        self.query_one(Lines).tell(page(self._detail, width))


async def _asked(desk: "Dashboard", session_id: str) -> SessionDetail | None:
    try:
        return msgspec.convert(await desk.ask(ShowSession(session=session_id)), SessionDetail)
    except CpoctlError as error:
        desk.tell_error(error)
        return None


def title(detail: SessionDetail, as_of: datetime) -> str:
    """Which one it is; of one that goes on also how old this is."""
    if detail.stopped_at:
        return f"session {detail.session_id}"
    return f"session {detail.session_id} · as of {as_of.astimezone():%H:%M:%S} · r refreshes"


def page(detail: SessionDetail, width: int) -> list[Line]:
    """Everything of a session: its facts, its power over time, and every reading."""
    facts = (
        ("charger", f"{detail.charger_id}:{detail.evse_id}"),
        ("tag", f"{detail.tag_id or '-'} ({detail.tag_status or 'not told'})"),
        ("began", f"{local(detail.started_at)}, told as {detail.started_raw}"),
        ("ended", f"{local(detail.stopped_at)} {detail.stop_reason or ''}" if detail.stopped_at else "not yet"),
        ("energy", _energy(detail)),
        ("flags", ", ".join([*detail.stuck, *detail.flags]) or "none"),
    )
    lines = [line for name, text in facts for line in folded(f"{name:<9}", text, width)]
    lines += [[], [("power", "strong"), (_power(detail), "")], *chart(detail.meter_values, width)]
    lines += [[], [("readings", "strong")]]
    return [*lines, *map(_reading, detail.meter_values)] if detail.meter_values else [*lines, [("none", "dim")]]


def _energy(detail: SessionDetail) -> str:
    """What was used, and from where to where its register went; of an open one as far as it has been read."""
    used, began = f"{kwh(detail.energy_wh)} kWh", kwh(detail.meter_start_wh)
    if detail.stopped_at:
        return f"{used}, register {began} to {kwh(detail.meter_stop_wh)}"
    read = [meter.energy_wh for meter in detail.meter_values if meter.energy_wh is not None]
    return f"{used}, register {began} to {kwh(read[-1])} so far" if read else f"{used}, register began at {began}"


def _power(detail: SessionDetail) -> str:
    """What an open one draws now; nobody knows it of one whose charger is not here, however fresh its last reading is."""
    if detail.stopped_at:
        return ""
    return f"  now {kw(detail.power_w)} kW" if detail.power_w is not None else "  now not known"


def _reading(meter: MeterRow) -> Line:
    pieces: list[Piece] = [
        (f"{local(meter.taken_at)}  ", "dim"),
        (f"{kwh(meter.energy_wh):>10} kWh  {kw(meter.power_w):>7} kW", ""),
        (f"  {plain(meter.soc_percent) or '-':>4} %  {meter.context}", ""),
    ]
    return [*pieces, (f"  ! {', '.join(meter.flags)}", "alert")] if meter.flags else pieces


def chart(readings: list[MeterRow], width: int) -> list[Line]:
    """The power of a session over time; one line where none was told."""
    told = [(parsed(m.taken_at).timestamp(), m.power_w / 1000 if m.power_w is not None else None) for m in readings]
    if all(power is None for _, power in told):
        return [[("no data", "dim")]]
    until = 19 if told[-1][0] - told[0][0] < _SECONDS_BELOW else 16
    ends = (local(readings[0].taken_at)[11:until], local(readings[-1].taken_at)[11:until])
    drawn = charts.line(told, min(width, _WIDEST_CHART), _CHART_ROWS, foot=ends, unit="kW")
    return [[(text, "charging")] for text in drawn]
