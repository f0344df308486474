"""The palette: what it offers, from the screens to what can be done to the row under the cursor."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.markup import escape
from textual.widgets import Input

from cpoctl.tui import saved_views

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard


class Palette(CommandPalette):
    """The toolkit's palette, which may be left while it still searches for what was typed last."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave it, and tell nothing more."""
        self._stop_busy_countdown()
        self._stop_no_matches_countdown()
        return super().dismiss(result)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was typed may be heard only after the key that left it, and is not to be searched any more."""
        if self not in self.app.screen_stack:
            event.prevent_default()


def commands(desk: "Dashboard") -> Iterator[SystemCommand]:
    """The screens, the saved views, what can be done here, and how it looks."""
    subject = desk.front.subject()
    for name, kind in desk.screens.kinds.items():
        if kind.place is not None:
            yield SystemCommand(kind.title, f"screen {kind.place}", lambda name=name: desk.screens.go(name))
    for name, view in sorted(desk.saved.items()):
        about = escape(saved_views.told(view))  # the palette reads markup
        yield SystemCommand(escape(f"View {name}"), about, lambda view=view: saved_views.show(desk, view))
    for action in desk.doing.offered(subject):
        told = escape(f"{action.label.rstrip('…')} {subject.told}")
        yield SystemCommand(told, f"cpoctl {action.path}", lambda action=action: desk.act(action, subject))
    yield SystemCommand("Keys", "which key does what", desk.main.action_help)
    yield SystemCommand("Theme", "other colours", desk.action_change_theme)
