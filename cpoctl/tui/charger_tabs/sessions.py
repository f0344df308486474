"""Sessions: the newest of the charger's sessions."""

from typing import ClassVar

from cpoctl import events
from cpoctl.operations.session import SessionRow
from cpoctl.operations.session.list import ListSessions
from cpoctl.tui.charger_tabs import NEWEST, Listed


class Sessions(Listed):
    """`session list` of the charger."""

    title: ClassVar[str] = "Sessions"
    place: ClassVar[int] = 2
    command: ClassVar[str] = "session list --charger"
    row: ClassVar[type] = SessionRow
    key: ClassVar[str | None] = "session_id"
    without: ClassVar[tuple[str, ...]] = ("charger_id",)
    outdated_by: ClassVar[tuple[type[events.Event], ...]] = (events.SessionStarted, events.SessionStopped)

    def query(self) -> ListSessions:
        """The newest ones."""
        return ListSessions(charger=self.screen.charger_id, last=NEWEST)
