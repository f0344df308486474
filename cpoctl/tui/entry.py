"""Entry: the line at the bottom that a filter or a command is written in."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class Entry(Input):
    """A line to write in. While it is open, the line of keys tells its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "go on", id="entry.go"),
        Binding("escape", "app.back", "leave", id="entry.leave"),
        Binding("ctrl+c,ctrl+q", "app.back", "leave", show=False, id="entry.interrupt"),
    ]

    def __init__(self, name: str, placeholder: str) -> None:
        super().__init__(id=name, placeholder=placeholder, compact=True)
