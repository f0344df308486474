"""The screens: one file each, whose class extends View. A file that is put here is in the dashboard (rule 6)."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.containers import Vertical

from cpoctl import events
from cpoctl.config import ViewSettings
from cpoctl.tui import actions
from cpoctl.tui.actions import Action, Subject

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard


class View(Vertical):
    """One screen. Hidden ones hear of everything and paint nothing."""

    title: ClassVar[str] = ""
    place: ClassVar[int | None] = None
    """The number key that leads to it; None for one that is opened from another."""
    kind: ClassVar[str] = ""
    """What its rows are, for the actions on them (`actions.py`)."""

    def __init_subclass__(cls, **more: Any) -> None:
        """Bind the keys of what can be done to its rows, where the class names them."""
        if kind := vars(cls).get("kind"):
            cls.BINDINGS = [
                *vars(cls).get("BINDINGS", ()),
                *(_binding(action) for action in actions.on(kind) if action.key),
            ]
        super().__init_subclass__(**more)

    @cached_property
    def desk(self) -> "Dashboard":
        """The dashboard: its picture, its link, and whatever else the screens share."""
        from cpoctl.tui.app import Dashboard

        assert isinstance(self.app, Dashboard)  # noqa: S101 # a view lives nowhere else
        return self.app

    @property
    def heading(self) -> str:
        """The name in the top line, with a counter if one is worth it."""
        return self.title

    def subject(self) -> Subject:
        """What an action would be about now."""
        return Subject(self.kind)

    def subject_of(self, action: Action) -> Subject:
        """What this very action would be about."""
        return self.subject()

    def given_for(self, action: Action) -> dict[str, Any]:
        """What the screen knows already of what the action must be told."""
        return {}

    def acted(self, action: Action) -> None:
        """Something was done from here, and answered."""

    def freshen(self, changed: frozenset[str]) -> None:
        """Something has changed: the chargers of these keys. At most four times a second, and only while shown."""

    def tick(self) -> None:
        """A second has passed: what shows an age is painted again. Only while shown."""

    def opened(self) -> None:
        """It has come to the front."""

    def attend(self) -> None:
        """Keys go to it again, after a line below it was left."""
        self.opened()

    def told(self, event: events.Event) -> None:
        """An event, also while hidden."""

    def resynced(self) -> None:
        """The picture is a new one: the server was away, or the dashboard has just begun."""

    def back(self) -> bool:
        """Esc: take one step back within the screen; False when there is none."""
        return False

    def filter(self, text: str) -> None:
        """Narrow down what is shown. Raises UsageProblem, whose detail marks the wrong part."""

    @property
    def filtered_by(self) -> str:
        """The filter in force."""
        return ""

    def as_view(self) -> ViewSettings:
        """What it shows, to be saved."""
        return ViewSettings(screen=self.id, filter=self.filtered_by or None)

    def take(self, view: ViewSettings) -> None:
        """Show what was saved. Raises UsageProblem."""
        self.filter(view.filter or "")

    def command(self) -> str:
        """The command line that shows the same."""
        return "cpoctl status"

    def exported(self) -> tuple[type, Sequence[Any]] | None:
        """What `e` writes to a file: the rows' type and their records as shown; None where there is nothing."""
        return None


def _binding(action: Action) -> Binding:
    return Binding(action.key, f"app.act('{action.id}')", action.label, show=action.shown, id=action.id)
