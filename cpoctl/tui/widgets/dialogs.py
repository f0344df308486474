"""Dialogs: what is asked before something is done. Cancel has the focus, and Esc is always Cancel (UX §4.7, TUI-12)."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, Label, OptionList, Select
from textual.widgets.option_list import Option

from cpoctl.clock import duration
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.parameters import Parameter
from cpoctl.table import clean
from cpoctl.tui.widgets.lines import Line, Lines


def plain(text: str) -> Content:
    """Text that nothing interprets."""
    return Content("\n".join(clean(line, 2000) for line in text.split("\n")))


class Dialog(ModalScreen[Any]):
    """A box in the middle. Esc gives nothing back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel", id="dialog.cancel")]

    def action_cancel(self) -> None:
        """Go back with nothing done."""
        self.dismiss(None)


class Confirm(Dialog):
    """Says what will be done and wants a yes; of what is severe it wants a word typed."""

    AUTO_FOCUS: ClassVar[str | None] = "#cancel"

    def __init__(self, title: str, lines: Sequence[str], verb: str, word: str = "") -> None:
        super().__init__()
        self._title, self._lines, self._verb, self._word = title, lines, verb, word

    def compose(self) -> ComposeResult:
        """What it does, as whom it calls it, and the two ways on."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title")
            with VerticalScroll(classes="dialog-body"):
                yield Label(plain("\n".join(self._lines)))
            if self._word:
                yield Label(plain(f"Type {self._word} to go on:"))
                yield Input(id="word", compact=True)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._verb, id="go", variant="error", disabled=bool(self._word), compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """The button waits for the word."""
        self.query_one("#go", Button).disabled = event.value != self._word

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field goes to the button and does not press it."""
        go = self.query_one("#go", Button)
        (self.query_one("#cancel") if go.disabled else go).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Yes or no."""
        self.dismiss(event.button.id == "go")


class Tick(Checkbox):
    """A box whose sign, and not its colour alone, says whether it is ticked."""

    def render(self) -> Content:
        """The box."""
        self.BUTTON_INNER = "X" if self.value else " "
        return super().render()


class Form(Dialog):
    """Asks what an operation needs to know: a field for each parameter. Gives the values back that were given."""

    AUTO_FOCUS: ClassVar[str | None] = ".field-value, #cancel"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "go", "go on", id="dialog.go", priority=True)]

    def __init__(
        self,
        title: str,
        parameters: Sequence[Parameter],
        given: dict[str, Any] | None = None,
        check: Callable[[dict[str, Any]], object] = lambda values: None,
    ) -> None:
        """`check` raises the error that keeps the values from being good together."""
        super().__init__()
        self._title, self._parameters, self._given, self._check = title, parameters, given or {}, check

    def compose(self) -> ComposeResult:
        """A line for each field."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title")
            with VerticalScroll(classes="dialog-body"):
                for parameter in self._parameters:
                    with Horizontal(classes="field"):
                        star = " *" if parameter.required else ""
                        yield Label(plain(parameter.name.replace("_", " ") + star), classes="field-name")
                        yield self._field(parameter)
                    yield Label(plain(parameter.mark.help), classes="field-help")
            yield Label("", id="problem")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Go on", id="go", variant="primary", compact=True)

    def action_go(self) -> None:
        """Read the fields and go on, or say what is wrong."""
        try:
            values = {
                p.name: value for p in self._parameters if (value := self._read(p)) not in (None, (), "") or p.required
            }
            self._check(values)
        except CpoctlError as error:
            self.query_one("#problem", Label).update(plain(error.message))
            return
        self.dismiss(values)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field, and from the last one on."""
        fields = list(self.query(".field-value"))
        place = fields.index(event.input)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.action_go()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go on or back."""
        if event.button.id == "go":
            self.action_go()
        else:
            self.dismiss(None)

    def _field(self, parameter: Parameter) -> Input | Select[str] | Checkbox:
        value = self._given.get(parameter.name, parameter.default)
        name = f"field-{parameter.name}"
        if parameter.scalar is bool and not parameter.many:
            return Tick("", bool(value), id=name, classes="field-value", compact=True)
        if parameter.choices and not parameter.many:
            told = str(getattr(value, "value", value)) if value is not None else Select.NULL
            words = [(plain(word), word) for word in parameter.choices]
            return Select(words, value=told, id=name, classes="field-value", compact=True)
        text = ",".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
        return Input(text, id=name, classes="field-value", compact=True)

    def _read(self, parameter: Parameter) -> Any:
        field = self.query_one(f"#field-{parameter.name}")
        if isinstance(field, Checkbox):
            return field.value or None
        if isinstance(field, Select):
            chosen = None if field.is_blank() else str(field.value)
            return _word(parameter, chosen)
        assert isinstance(field, Input)  # noqa: S101 # there is no other kind
        return typed(parameter, field.value.strip())


def _word(parameter: Parameter, chosen: str | None) -> Any:
    if chosen is None and parameter.required:
        raise UsageProblem(f"{parameter.name.replace('_', ' ')}: choose one")
    return parameter.scalar(chosen) if chosen is not None and isinstance(parameter.scalar, type) else chosen


def typed(parameter: Parameter, text: str) -> Any:
    """A field's text as the parameter's type; None where nothing was written. Raises UsageProblem."""
    if not text:
        if parameter.required:
            raise UsageProblem(f"{parameter.name.replace('_', ' ')} is missing")
        return None
    if parameter.many:
        return tuple(word for part in text.split(",") if (word := part.strip()))
    try:
        value = duration(text) if parameter.kind == "duration" else parameter.scalar(text)
    except ValueError as error:
        raise UsageProblem(f"{parameter.name.replace('_', ' ')}: {error}") from None
    if problem := parameter.problem(value):
        raise UsageProblem(f"{parameter.name.replace('_', ' ')} {problem}")
    return value


class Menu(Dialog):
    """A list to choose from. Gives the chosen one's number back."""

    def __init__(self, title: str, words: Sequence[str]) -> None:
        super().__init__()
        self._title, self._words = title, words

    def compose(self) -> ComposeResult:
        """A line each."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title")
            yield OptionList(*(Option(plain(word)) for word in self._words), compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.dismiss(event.option_index)


class Page(Dialog):
    """Text to read, longer than the screen if need be."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "cancel", "back", show=False)]

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """The text."""
        with Vertical(classes="dialog page"):
            yield Label(plain(self._title), classes="dialog-title")
            with VerticalScroll(classes="dialog-body"):
                yield Lines(self._lines)
