"""Violations: in what the charger breaks the standard."""

from typing import ClassVar

from cpoctl.operations.charger.quirks import ListQuirks, QuirkRow
from cpoctl.tui.charger_tabs import Listed


class Violations(Listed):
    """`charger quirks`, but for what is only known of its make."""

    title: ClassVar[str] = "Violations"
    place: ClassVar[int] = 6
    command: ClassVar[str] = "charger quirks"
    row: ClassVar[type] = QuirkRow
    without: ClassVar[tuple[str, ...]] = ("charger_id", "kind", "origin")

    def query(self) -> ListQuirks:
        """What was seen."""
        return ListQuirks(charger=self.screen.charger_id, only="violations")
