"""History: what the charger has been through, the newest first."""

from collections.abc import Sequence
from typing import ClassVar

from cpoctl import events
from cpoctl.operations.charger.history import HistoryRow, ShowHistory
from cpoctl.tui.charger_tabs import Listed
from cpoctl.tui.widgets.records import Record


class History(Listed):
    """`charger history`, turned round."""

    title: ClassVar[str] = "History"
    place: ClassVar[int] = 3
    command: ClassVar[str] = "charger history"
    row: ClassVar[type] = HistoryRow

    def query(self) -> ShowHistory:
        """All of it."""
        return ShowHistory(charger=self.screen.charger_id)

    def ordered(self, records: Sequence[Record]) -> Sequence[Record]:
        """The newest first."""
        return [*reversed(records)]

    def told(self, event: events.Event) -> None:
        """Whatever happens is history, but for readings."""
        self.stale = self.stale or not isinstance(event, events.MeterChanged)
