"""Resting: a list that asks for more about a row once the cursor rests on it; who holds a key down asks nothing."""

import asyncio
from typing import Final

from cpoctl.errors import CpoctlError
from cpoctl.tui.listing import Listing
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.working import begin

RESTS_S: Final = 0.3


class Resting(Listing):
    """A list with more about the row under the cursor than its row tells."""

    def lacks(self, key: str) -> bool:
        """Whether more is to be asked about a row."""
        return False

    async def read_more(self, key: str) -> None:
        """Ask for it and show it. Raises what the server tells."""

    def rest(self) -> None:
        """The cursor is here: ask about its row, if it stays."""
        key = self.table.cursor
        if key is not None and self.display and self.lacks(key):
            begin(self, "rest", self._stay, key)

    def opened(self) -> None:
        """Back on a row."""
        super().opened()
        self.rest()

    def on_row_table_moved(self, event: RowTable.Moved) -> None:
        """On another row. (The list's own method of this name is called as well.)"""
        if event.table is self.table:
            self.rest()

    async def _stay(self, key: str) -> None:
        await asyncio.sleep(RESTS_S)
        try:
            await self.read_more(key)
        except CpoctlError:  # the banner tells that the server is away, and what is known without asking is shown
            return
