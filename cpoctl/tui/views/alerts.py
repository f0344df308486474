"""Alerts: what is broken now, the worst and oldest first, what came before it, and who looks after it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any, ClassVar, Final

import msgspec
from textual.binding import Binding, BindingType
from textual.css.scalar import Scalar
from textual.events import Resize

from cpoctl import events
from cpoctl.domain.alerts import SEVERITIES, Alert
from cpoctl.errors import CpoctlError
from cpoctl.operations.alert import AlertRow, place
from cpoctl.operations.alert.list import ListAlerts
from cpoctl.operations.alert.show import AlertDetail, ShowAlert
from cpoctl.tui.actions import ALERT
from cpoctl.tui.alert_looks import COLS, SIGNS, STYLES, Shown, more_of, times_of
from cpoctl.tui.resting import Resting
from cpoctl.tui.widgets.columns import Col
from cpoctl.tui.widgets.lines import Line
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.working import begin

_ELSEWHERE: Final = ("-wide", "-list-only", "-preview-only")  # where the preview is not below the list
_HEADER: Final = 1
_TALLEST: Final = 20


class Alerts(Resting):
    """What is broken, or with `h` also what was."""

    title: ClassVar[str] = "Alerts"
    place: ClassVar[int | None] = 4
    kind: ClassVar[str] = ALERT
    cols: ClassVar[tuple[Col, ...]] = COLS
    row: ClassVar[type] = AlertRow
    sort: ClassVar[str] = "severity"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log", "its log", id="alerts.log"),
        Binding("h", "history", "past too", id="alerts.history"),
    ]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._open: dict[str, AlertRow] = {}
        self._at: dict[str, set[str]] = {}
        self._past: dict[str, AlertRow] | None = None
        self._details: dict[str, AlertDetail] = {}

    @property
    def noun(self) -> str:  # type: ignore[override] # it changes with what is shown
        """What is shown."""
        return "open alerts" if self._past is None else "alerts, open and past"

    @property
    def heading(self) -> str:
        """With how many are open, and how many of these somebody looks after."""
        alerts = self.desk.picture.live.alerts
        count, left = len(alerts.open), alerts.unacknowledged()
        acked = "" if left == count else f", {'all' if not left else count - left} ack"
        return f"{self.title}({count}{acked})" if count else self.title

    def nothing(self) -> str:
        """An empty list is good news."""
        return "nothing is broken"

    def all_keys(self) -> Collection[str]:
        """Their numbers."""
        return self._open.keys() if self._past is None else self._past.keys() | self._open.keys()

    def row_of(self, key: str) -> Shown:
        """The alert as of now."""
        found = self._open.get(key)
        return Shown((self._past or {})[key] if found is None else found, self.desk.times)

    def record(self, key: str) -> dict[str, object]:
        """The row of `alert list`."""
        return vars(self.row_of(key).row)

    def rebuild(self) -> None:
        """Look up what is open anew."""
        self._look_up()
        super().rebuild()

    def freshen(self, changed: frozenset[str]) -> None:
        """The alerts of these chargers, and those that have come or gone there."""
        before = {key for charger in changed for key in self._at.get(charger, ())}
        self._look_up()
        after = {key for charger in changed for key in self._at.get(charger, ())}
        super().freshen(frozenset(before | after))
        if before or after:
            self._sum_up()
            self.rest()

    def told(self, event: events.Event) -> None:
        """What is over stays among the past ones; about what tells something else more is asked again."""
        match event:
            case events.AlertResolved():
                key = str(event.alert_id)
                if self._past is not None and (before := self._open.get(key) or self._past.get(key)):
                    self._past[key] = replace(before, what=event.what, resolved_at=event.resolved_at)
                self._details.pop(key, None)
            case events.AlertOpened() | events.AlertChanged():
                self._details.pop(str(event.alert_id), None)
                if alert := self.desk.picture.live.alerts.open.get(event.alert_id):
                    self._note(alert)  # it may be over again before anybody looks

    def resynced(self) -> None:
        """Whatever was asked may be otherwise meanwhile."""
        self._details.clear()
        super().resynced()
        if self._past is not None:
            begin(self, "past", self._read_past)

    def summary(self) -> list[Line]:
        """How many of each severity, and how many are looked after."""
        counts = Counter(row.severity for row in self._open.values())
        acked = sum(row.acked_at is not None for row in self._open.values())
        told = [
            (f" {SIGNS[each]} {counts[each]} {each}  ", STYLES[each] if counts[each] else "dim") for each in SEVERITIES
        ]
        return [[*told, (f" · {acked} acknowledged", "" if acked else "dim")]]

    def preview(self, key: str) -> list[Line]:
        """What is known of it, as much of each as there is room for."""
        row = self.row_of(key).row
        lines: list[Line] = [
            [(f" {row.where} {row.rule} · alert {row.alert_id}", "header")],
            [(f" {times_of(row)}", "")],
        ]
        if row.acked_at:
            lines.append([(f" {row.acked_by} looks after it: {row.comment or ''}", "good")])
        detail = self._details.get(key)
        size = self.query_one(".preview").size
        return lines + more_of(detail, size.height - len(lines), size.width) if detail else lines

    def command(self) -> str:
        """`alert list` with the same filter."""
        what = "cpoctl alert list" if self._past is None else "cpoctl alert list --all"
        return f"{what} --where '{self.filtered_by}'" if self.filtered_by else what

    def exported(self) -> tuple[type, list[AlertRow]]:
        """The alerts as shown."""
        return AlertRow, [self.row_of(key).row for key in self.table.keys]

    def lacks(self, key: str) -> bool:
        """Whether there is room to tell more, and no more is known."""
        return key not in self._details and self.has_class("-with-preview")

    async def read_more(self, key: str) -> None:
        """What came before it, and what to try."""
        self._details[key] = msgspec.convert(await self.desk.ask(ShowAlert(alert=key)), AlertDetail)
        self._tell()

    def action_history(self) -> None:
        """Between what is open and all that there was."""
        if self._past is not None:
            self._past = None
            self.rebuild()
        else:
            begin(self, "past", self._read_past)

    def action_log(self) -> None:
        """What went to and fro when it broke."""  # TUI-18
        if (key := self.table.cursor) is not None:
            row = self.row_of(key).row
            self.desk.screens.open_log(row.charger_id, row.since)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """Open the charger."""
        event.stop()
        self.desk.screens.open_charger(self.row_of(event.key).row.charger_id)

    def on_resize(self, event: Resize) -> None:
        """There may be room for more."""
        self.call_after_refresh(self.rest)

    def _tell(self) -> None:
        """The title and the preview, which takes the lines that the list leaves empty."""
        super()._tell()
        below = self.query_one(".preview")
        grows = self.has_class("-with-preview") and not any(map(self.has_class, _ELSEWHERE))
        spare = self.query_one(".list-and-preview").size.height - len(self.table.keys) - _HEADER
        height = min(_TALLEST, max(self.preview_lines, spare)) if grows else None
        if below.styles.inline.height != (None if height is None else Scalar.from_number(height)):
            below.styles.height = height
            self.call_after_refresh(super()._tell)

    async def _read_past(self) -> None:
        try:
            found = msgspec.convert(await self.desk.ask(ListAlerts(all=True)), list[AlertRow])
        except CpoctlError as error:
            self.desk.tell_error(error)
            return
        self._past = {row.alert_id: row for row in found if row.resolved_at is not None}
        self.rebuild()

    def _look_up(self) -> None:
        self._open, self._at = {}, {}
        for alert in self.desk.picture.live.alerts.open.values():
            self._note(alert)

    def _note(self, alert: Alert) -> None:
        key = str(alert.alert_id)
        self._open[key] = _row(alert)
        self._at.setdefault(alert.charger_id.casefold(), set()).add(key)


def _row(alert: Alert) -> AlertRow:
    """An open alert as `alert list` has it."""
    return AlertRow(
        alert_id=str(alert.alert_id),
        severity=alert.severity,
        since=alert.since,
        where=place(alert.charger_id, alert.evse_id),
        rule=alert.rule,
        what=alert.what,
        count=alert.count,
        acked_by=alert.acked_by,
        acked_at=alert.acked_at,
        comment=alert.comment,
        resolved_at=alert.resolved_at,
        opened_at=alert.opened_at,
        charger_id=alert.charger_id,
        evse_id=alert.evse_id,
    )
