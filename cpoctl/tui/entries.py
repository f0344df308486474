"""Entries: the lines at the bottom that a filter or a command is written in."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from cpoctl.errors import UsageProblem
from cpoctl.tui.shelling import run_command
from cpoctl.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard


class Entry(Input):
    """A line to write in. While it is open, the line of keys tells its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "go on", id="entry.go"),
        Binding("escape", "screen.back", "leave", id="entry.leave"),
        Binding("ctrl+c,ctrl+q", "screen.back", "leave", show=False, id="entry.interrupt"),
    ]

    def __init__(self, name: str, placeholder: str) -> None:
        super().__init__(id=name, placeholder=placeholder, compact=True)
        self.display = False


class Entries(Vertical):
    """Both of them, closed until somebody wants to write."""

    def __init__(self, desk: "Dashboard") -> None:
        super().__init__(id="entries")
        self._desk = desk

    def compose(self) -> ComposeResult:
        """The filter, what is wrong with it, and the command."""
        yield Entry("filter", "filter, such as status:faulted,offline kw>20")
        problem = Lines(id="filter-problem")
        problem.display = False
        yield problem
        yield Entry("command", "a command, such as charger show HQ-07")

    def open(self, name: str, text: str) -> None:
        """Let somebody write; what stands there already may be changed."""
        line = self.query_one(f"#{name}", Entry)
        line.display = True
        line.value = text
        self.screen.set_focus(line)  # at once: `focus()` would let the next keys go to the list

    def leave(self) -> bool:
        """Close the one that is open; False when none is."""
        line = next((line for line in self.query(Entry) if line.display), None)
        if line is not None:
            self._close(line)
        return line is not None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Filter, or run the command."""
        event.stop()
        if event.input.id == "filter":
            try:
                self._desk.front.filter(event.value)
            except UsageProblem as error:
                self._tell_problem(error)
                return
        self._close(event.input)
        if event.input.id == "command" and event.value.strip():
            self._desk.run_worker(run_command(self._desk, event.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong with a filter is being corrected."""
        event.stop()
        if event.input.id == "filter":
            self.query_one("#filter-problem").display = False

    def _close(self, line: Input) -> None:
        line.display = False
        self.query_one("#filter-problem").display = False
        self._desk.front.attend()

    def _tell_problem(self, error: UsageProblem) -> None:
        below = self.query_one("#filter-problem", Lines)
        below.tell([[(f" {error.message}", "alert")], *([(f"   {hint}", "dim")] for hint in error.hints[:2])])
        below.display = True
