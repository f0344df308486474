"""DoctorPage: what the checks of a charger say, the worst first, each with what to try (`cpoctl doctor CHARGER`)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from textual.binding import Binding, BindingType
from textual.events import Resize

from cpoctl.checks import Finding, State, worst_first
from cpoctl.errors import CpoctlError
from cpoctl.examining import Examination, ExamineCharger
from cpoctl.tui.folding import folded
from cpoctl.tui.widgets.dialogs import Page
from cpoctl.tui.widgets.lines import Line, Lines
from cpoctl.tui.working import begin

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_BORDERS: Final = 6
_STYLES: Final = {State.FAIL: "alert", State.WARN: "suspended", State.OK: "good", State.SKIPPED: "dim"}
_SIGNS: Final = {State.FAIL: "✕", State.WARN: "!", State.OK: "✓", State.SKIPPED: "–"}


async def open_page(desk: "Dashboard", charger_id: str) -> None:
    """Examine a charger, and show what was found."""
    if (found := await _asked(desk, charger_id)) is not None:
        await desk.push_screen_wait(DoctorPage(desk, charger_id, found))


class DoctorPage(Page):
    """The findings of one charger."""

    AUTO_FOCUS = ".dialog-body"  # so that keys scroll it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "examine again", id="doctor.refresh"),
        Binding("y", "copy", "copy what was found", id="doctor.copy"),
        Binding("Y", "copy_command", "copy as command", id="doctor.copy-command"),
    ]

    def __init__(self, desk: "Dashboard", charger_id: str, found: Sequence[Finding]) -> None:
        super().__init__(f"doctor · {charger_id} · r examines again", [])
        self._desk, self._charger_id, self._found = desk, charger_id, found

    def on_resize(self, event: Resize) -> None:
        """As wide as there is room."""
        self._tell()

    def action_refresh(self) -> None:
        """Look again."""
        begin(self, "refresh", self._refresh)

    def action_copy(self) -> None:
        """Copy the findings."""
        self._desk.copy(self.query_one(Lines).text)

    def action_copy_command(self) -> None:
        """Copy the command line that finds the same."""
        self._desk.copy(self._desk.spelled(f"cpoctl doctor {self._charger_id}"))

    async def _refresh(self) -> None:
        if (found := await _asked(self._desk, self._charger_id)) is not None:
            self._found = found
            self._tell()

    def _tell(self) -> None:
        width = max(20, round(self.app.size.width * 0.96) - _BORDERS)
        self.query_one(Lines).tell(page(self._found, width))


async def _asked(desk: "Dashboard", charger_id: str) -> Sequence[Finding] | None:
    try:
        told = msgspec.convert(await desk.ask(ExamineCharger(charger=charger_id)), Examination)
    except CpoctlError as error:
        desk.tell_error(error)
        return None
    return worst_first(told.findings)


def page(findings: Sequence[Finding], width: int) -> list[Line]:
    """A line for each check, and below it what to try."""
    lines: list[Line] = []
    for each in findings:
        style = _STYLES[each.state]
        label = f"{_SIGNS[each.state]} {each.state:<8}{each.check:<12} "
        first, *more = folded(label, each.found, width)
        lines += [[(label, style), *first[1:]], *more]
        if each.next:
            lines += folded(f"{'try':>{len(label) - 2}}: ", each.next, width, "strong")
    return lines
