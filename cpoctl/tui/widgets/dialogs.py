"""Dialogs: what is asked before something is done. Cancel has the focus, and Esc is always Cancel (UX §4.7, TUI-12)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
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

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,ctrl+q", "cancel", "cancel", id="dialog.cancel"),
        Binding("left", "button(-1)", "the button before", show=False, id="dialog.left"),
        Binding("right", "button(1)", "the next button", show=False, id="dialog.right"),
    ]

    def action_cancel(self) -> None:
        """Go back with nothing done."""
        self.dismiss(None)

    def action_button(self, by: int) -> None:
        """From one button to the next."""
        buttons = [button for button in self.query(Button) if button.focusable]
        if self.focused in buttons:
            self.set_focus(buttons[(buttons.index(self.focused) + by) % len(buttons)])  # at once, before the next key


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
                yield Label(plain("\n".join(self._lines)), classes="wrapped")
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
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "go", "go on", id="dialog.go")]

    def __init__(
        self,
        title: str,
        parameters: Sequence[Parameter],
        given: dict[str, Any] | None = None,
        check: Callable[[dict[str, Any]], str] = lambda values: "",
        *,
        lines: Sequence[str] = (),
        known: Callable[[str], Awaitable[Sequence[str]]] | None = None,
    ) -> None:
        """`check` raises the error that keeps the values from being good together, and tells what they come to.

        `lines` say what it is about. `known` gives the names that there are of a kind, such as `tag`, to complete.
        """
        super().__init__()
        self._title, self._parameters, self._given, self._check = title, parameters, given or {}, check
        self._lines, self._known = lines, known

    def compose(self) -> ComposeResult:
        """A line for each field."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title")
            with VerticalScroll(classes="dialog-body", can_focus=False):
                if self._lines:
                    yield Label(plain("\n".join([*self._lines, ""])), classes="wrapped")
                for parameter in self._parameters:
                    with Horizontal(classes="field"):
                        star = " *" if parameter.required else ""
                        yield Label(plain(parameter.name.replace("_", " ") + star), classes="field-name")
                        yield self._field(parameter)
                    yield Label(plain(parameter.mark.help), classes="field-help")
                yield Label("", id="told", classes="wrapped")
            yield Label("", id="problem", classes="wrapped")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Go on", id="go", variant="primary", compact=True)

    def action_go(self) -> None:
        """Read the fields and go on, or say what is wrong."""
        try:
            values = self._values()
            self._check(values)
        except CpoctlError as error:
            self.query_one("#problem", Label).update(plain(error.message))
            return
        self.dismiss(values)

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _tell(self) -> None:
        """What the fields come to; a problem is gone when something is written."""
        try:
            told = self._check(self._values())
        except CpoctlError:  # it is not complete yet
            told = ""
        self.query_one("#told", Label).update(plain(told))
        self.query_one("#problem", Label).update("")

    def _values(self) -> dict[str, Any]:
        """What was given. Raises UsageProblem."""
        read = [(p, self._read(p)) for p in self._parameters]
        return {p.name: value for p, value in read if p.required or value not in (None, (), "")}

    def on_mount(self) -> None:
        """Say what it comes to as it stands."""
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field, and from the last one on."""
        fields = list(self.query(".field-value"))
        place = fields.index(event.input)
        if place + 1 < len(fields):
            self.set_focus(fields[place + 1])  # at once: `focus()` would let the next keys go to this one
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
            prompt = "choose one" if parameter.required else "-"
            return Select(words, prompt=prompt, value=told, id=name, classes="field-value", compact=True)
        text = ",".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
        names = Names(parameter.kind, self._known) if self._known and parameter.kind == "tag" else None
        return Input(text, id=name, classes="field-value", compact=True, suggester=names)

    def _read(self, parameter: Parameter) -> Any:
        field = self.query_one(f"#field-{parameter.name}")
        if isinstance(field, Checkbox):
            return field.value or None
        if isinstance(field, Select):
            chosen = None if field.is_blank() else str(field.value)
            return _word(parameter, chosen)
        assert isinstance(field, Input)  # noqa: S101 # there is no other kind
        return typed(parameter, field.value.strip())


class Names(Suggester):
    """Completes names that there are; they are asked for once, with the first letter."""

    def __init__(self, kind: str, known: Callable[[str], Awaitable[Sequence[str]]]) -> None:
        super().__init__()
        self._kind, self._known = kind, known
        self._names: Sequence[str] | None = None

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that begins so."""
        if self._names is None:
            self._names = await self._known(self._kind)
        return next((name for name in self._names if name.casefold().startswith(value)), None)


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
        value = duration(text) if parameter.kind == "duration" else parameter.meant(parameter.scalar(text))
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

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """How many there are: not all of them may be seen."""
        place = f"{event.option_index + 1} of {len(self._words)}"
        self.query_one(".dialog-title", Label).update(plain(f"{self._title} · {place}"))

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
