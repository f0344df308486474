"""Checklist: a dialog to choose some of many, and Naming: one that asks for a name."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, OptionList
from textual.widgets.option_list import Option

from cpoctl.tui.widgets.dialogs import Dialog, plain

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


class Checklist(Dialog):
    """Words with a box each. Gives the ids of those that are ticked, in their order; never none of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "tick", id="checklist.tick"),
        Binding("ctrl+s", "go", "go on", id="checklist.go"),
    ]

    def __init__(self, title: str, words: Mapping[str, str], ticked: Collection[str]) -> None:
        """`words` by id."""
        super().__init__()
        self._title, self._words, self._ticked = title, words, set(ticked)

    def compose(self) -> ComposeResult:
        """A line each."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title")
            yield OptionList(*(Option(self._told(id), id=id) for id in self._words), compact=True)
            yield Label("", id="problem")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Go on", id="go", variant="primary", compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click ticks."""
        self.action_tick()

    def action_tick(self) -> None:
        """Tick it, or take its tick away."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            id = [*self._words][options.highlighted]
            self._ticked ^= {id}
            options.replace_option_prompt(id, self._told(id))

    def action_go(self) -> None:
        """Take what is ticked."""
        if self._ticked:
            self.dismiss([id for id in self._words if id in self._ticked])
        else:
            self.query_one("#problem", Label).update("one at least")

    def _told(self, id: str) -> Content:
        return plain(f"[{'x' if id in self._ticked else ' '}] {self._words[id]}")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go on or back."""
        if event.button.id == "go":
            self.action_go()
        else:
            self.dismiss(None)


class Naming(Dialog):
    """Asks for a name of letters, digits, `-` and `_`."""

    def __init__(self, title: str, lines: Sequence[str] = ()) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """What it is for, and the field."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title")
            yield Label(plain("\n".join(self._lines)))
            yield Input(placeholder="a name, such as faults", compact=True)
            yield Label("", id="problem")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, if it is one."""
        if _NAME.fullmatch(name := event.value.strip()):
            self.dismiss(name)
        else:
            self.query_one("#problem", Label).update("letters, digits, - and _ only")
