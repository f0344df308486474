"""Sessions: what is being charged right now, or what was, with power, energy and state of charge."""

from array import array
from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType

from cpoctl import events
from cpoctl.clock import parsed
from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.errors import CpoctlError
from cpoctl.operations.session import SessionRow, cost_told, stuck
from cpoctl.operations.session.list import ListSessions
from cpoctl.table import kwh, local
from cpoctl.tui.actions import SESSION
from cpoctl.tui.amounts import energy, power
from cpoctl.tui.listing import Listing
from cpoctl.tui.picture import used_wh
from cpoctl.tui.session_looks import COLS, TREND, Shown
from cpoctl.tui.widgets.columns import Col
from cpoctl.tui.widgets.lines import Line
from cpoctl.tui.widgets.session_page import open_page
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.working import begin

_PAST = 500


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
        self._trends: dict[tuple[str, str], array[float]] = {}

    @property
    def noun(self) -> str:  # type: ignore[override] # it changes with what is shown
        """What is shown."""
        return "running sessions" if self._past is None else f"the last {_PAST} sessions"

    @property
    def heading(self) -> str:
        """With how many run."""
        return f"Sessions({self._count()})"

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
        evse = charger.evses.get(session.evse_id)
        return Shown(row, session.soc_percent, session.metered_at, tuple(trend), evse.status if evse else "")

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
        if begun := [
            key for key in sorted(after - before, key=int) if key in self.order.fitting and not self.table.shows(key)
        ]:
            self._line_up([*self.table.keys, *begun])  # at the end until the order is made anew: nothing moves
            self._tell()
        self._sum_up()

    def told(self, event: events.Event) -> None:
        """Keep how the power went."""
        match event:
            case events.MeterChanged() if event.transaction_id and event.power_w is not None:
                key = (event.charger_id or "", event.transaction_id)
                trend = self._trends.setdefault(key, array("f"))  # a list takes three times the memory
                trend.append(event.power_w)
                del trend[:-TREND]
            case events.SessionStopped():
                self._trends.pop((event.charger_id or "", event.transaction_id), None)

    def summary(self) -> list[Line]:
        """How many, how much."""
        picture = self.desk.picture
        totals = picture.totals()
        told = f" {self._count()} running · {power(totals.power_w)} · today {energy(totals.today_wh)}"
        return [[(told, "strong")]]

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
            self.desk.screens.open_charger(self.row_of(key).row.charger_id)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """Show everything of it."""
        event.stop()
        begin(self, "page", open_page, self.desk, event.key)

    async def _read_past(self) -> None:
        try:
            found = msgspec.convert(await self.desk.ask(ListSessions(last=_PAST)), list[SessionRow])
        except CpoctlError as error:
            self.desk.tell_error(error)
            return
        self._past = {row.session_id: row for row in found}
        self.rebuild()

    def _count(self) -> int:
        """How many run: while the list is shown as many as it knows, so that all counts are of one moment."""
        listed = self.display and self._past is None
        return len(self._open) if listed else len(self.desk.picture.sessions())

    def _look_up(self) -> None:
        self._open, self._at = {}, {}
        for charger, session in self.desk.picture.sessions():
            key = str(session.session_id)
            self._open[key] = (charger, session)
            self._at.setdefault(charger.charger_id.casefold(), set()).add(key)


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
        cost=cost_told(session.cost_e4),
        currency=session.currency,
        power_w=charger.power_of(session),
        stop_reason=None,
        flags=list(session.flags),
        stuck=stuck(charger, session, now),
        dropped_at=None,
        transaction_id=session.transaction_id,
        meter_start_wh=session.meter_start_wh,
        meter_stop_wh=None,
        stale=not charger.connected,
    )
