"""The usual dashboard: Textual's own DataTable, whose cells are updated as events come in.

It reads the server and keeps the picture as cpoctl does, so that the table makes the difference.
"""

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from cpoctl.client import Told, client_for
from cpoctl.tui.link import Link, Lost, News, Synced
from cpoctl.tui.picture import Picture
from cpoctl.tui.times import Times
from cpoctl.tui.views.fleet import COLS, FleetRow

_COLS = COLS[:9]


class Usual(App[None]):
    """One table of all chargers."""

    CSS: ClassVar[str] = "DataTable { height: 1fr; } DataTable > .datatable--cursor { background: #010203; }"

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server, self._picture = server, Picture()
        self._times = Times(self._picture.now)

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Begin to listen."""
        for col in _COLS:
            self._table.add_column(col.header, key=col.id, width=col.width)
        Link(client_for(self._server), self._hear, lambda: "2026-01-01T00:00:00Z").start()

    @property
    def _table(self) -> DataTable[str]:
        table: DataTable[str] = self.query_one(DataTable)
        return table

    def _hear(self, news: list[News]) -> None:
        for item in news:
            if isinstance(item, Synced):
                self._picture.sync(item)
                for key in self._picture.keys:
                    self._table.add_row(*self._cells(key), key=key)
            elif not isinstance(item, Lost):
                self._happened(item)

    def _happened(self, told: Told) -> None:
        if (event := self._picture.apply(told)) and event.charger_id:
            key = event.charger_id.casefold()
            for col, text in zip(_COLS, self._cells(key), strict=True):
                if self._table.get_cell(key, col.id) != text:
                    self._table.update_cell(key, col.id, text)

    def _cells(self, key: str) -> list[str]:
        picture = self._picture
        row = FleetRow(picture.row(key), picture.charger(key), key, picture, self._times)
        return [col.cell(row)[0] for col in _COLS]


if __name__ == "__main__":
    Usual(sys.argv[1]).run()
