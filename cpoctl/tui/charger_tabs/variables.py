"""Variables: the charger's settings as they were read last; one that is opened is set."""

from dataclasses import replace
from typing import Any, ClassVar, Final

from cpoctl import events
from cpoctl.operations.var.list import CachedRow, ListVariables
from cpoctl.tui import actions
from cpoctl.tui.actions import Action, Subject
from cpoctl.tui.charger_tabs import Listed
from cpoctl.tui.widgets.records import Record

_READS: Final = "var get"
_SETS: Final = "var set"


class Variables(Listed):
    """`var list`."""

    title: ClassVar[str] = "Variables"
    place: ClassVar[int] = 4
    command: ClassVar[str] = "var list"
    row: ClassVar[type] = CachedRow
    key: ClassVar[str | None] = "name"
    outdated_by: ClassVar[tuple[type[events.Event], ...]] = (events.CommandFinished, events.TaskTargetFinished)

    def query(self) -> ListVariables:
        """Those that were ever read."""
        return ListVariables(charger=self.screen.charger_id)

    def nothing(self) -> str:
        """How to read them."""
        reading = _doing(_READS)
        key = self.screen.desk.wishes.keymap.get(reading.id, reading.key)
        return f"not read yet: {key} reads them (cpoctl var get {self.screen.charger_id})"

    def acted(self, action: Action) -> None:
        """What was read is stored now."""
        self.stale = self.stale or action.path == _READS

    def subject_of(self, action: Action) -> Subject | None:
        """The charger, with what is known of the variable that is to be set."""
        variable = self.body.current
        if variable is None or action.path != _SETS:
            return None
        return replace(self.screen.subject(), about=self._told(variable))

    def given_for(self, action: Action) -> dict[str, Any]:
        """The variable under the cursor, for what sets one."""
        return {"name": self.body.current["name"]} if self.body.current and action.path == _SETS else {}

    def opened(self) -> None:
        """Set it."""
        variable = self.body.current
        if variable and variable["readonly"]:
            self.screen.desk.notify(f"{variable['name']} is read-only: only the charger changes it")
            return
        setting = _doing(_SETS)
        self.screen.desk.act(setting, self.screen.subject_of(setting), self.given_for(setting))

    def _told(self, variable: Record) -> str:
        """What it is now, as far as is known."""
        unit = f" {variable['unit']}" if variable["unit"] else ""
        fixed = ", read-only" if variable["readonly"] else ""
        read = self.screen.desk.times.since(variable["read_at"])
        return f"{variable['name']} is {variable['value'] or '(empty)'}{unit}{fixed} (read {read})"


def _doing(path: str) -> Action:
    return next(action for action in actions.ACTIONS if action.path == path)
