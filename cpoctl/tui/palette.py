"""The palette: what it offers, from the screens to what can be done to the row under the cursor."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.markup import escape

from cpoctl.tui import actions, saved_views

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard


def commands(desk: "Dashboard") -> Iterator[SystemCommand]:
    """The screens, the saved views, what can be done here, and how it looks."""
    subject = desk.front.subject()
    for name, kind in desk.kinds.items():
        if kind.place is not None:
            yield SystemCommand(kind.title, f"screen {kind.place}", lambda name=name: desk.go(name))
    for name, view in sorted(desk.saved.items()):
        about = escape(saved_views.told(view))  # the palette reads markup
        yield SystemCommand(escape(f"View {name}"), about, lambda view=view: saved_views.show(desk, view))
    for action in actions.on(subject.kind) if subject.ids and not desk.only_looks else ():
        told = escape(f"{action.label.rstrip('…')} {subject.told}")
        yield SystemCommand(told, f"cpoctl {action.path}", lambda action=action: desk.act(action, subject))
    yield SystemCommand("Keys", "which key does what", desk.action_help)
    yield SystemCommand("Theme", "other colours", desk.action_change_theme)
