"""The tabs of the charger's screen: one file each, whose class extends Tab. A file that is put here is a tab (rule 6)."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from cpoctl import events, plugins
from cpoctl.operations import Query
from cpoctl.tui.actions import Action, Subject
from cpoctl.tui.widgets.records import Record, Records

if TYPE_CHECKING:
    from cpoctl.tui.views.charger import Charger

NEWEST = 200
"""How many rows a tab asks for, where there may be any number."""


class Tab:
    """One tab. What it shows that is stored is read when it is shown, and again when an event has made it untrue."""

    title: ClassVar[str] = ""
    place: ClassVar[int] = 0
    """Its place among the tabs."""
    command: ClassVar[str] = ""
    """The command that shows the same, before the charger's id."""

    def __init__(self, screen: "Charger") -> None:
        self.screen = screen
        self.stale = True
        """Whether what is stored is to be read."""

    @property
    def id(self) -> str:
        """What its widget is called."""
        return f"tab-{self.title.casefold()}"

    @cached_property
    def body(self) -> Widget:
        """What is shown."""
        raise AssertionError(f"{type(self).__name__} shows nothing")

    def begin(self) -> None:
        """Another charger is meant."""
        self.stale = True

    def focus(self) -> None:
        """It takes the keys."""
        self.body.focus()

    def told(self, event: events.Event) -> None:
        """Something has happened to the charger, also while another tab is shown."""

    def acted(self, action: Action) -> None:
        """Something was asked of the charger from here, and answered."""

    def paint(self) -> None:
        """The charger has changed, or a second has passed. Only while shown."""

    async def read(self) -> None:
        """Ask for what is stored, and show it. Raises what the server tells."""

    def subject_of(self, action: Action) -> Subject | None:
        """What an action would be about, where that is not the charger."""
        return None

    def given_for(self, action: Action) -> dict[str, Any]:
        """What is known already of what the action must be told."""
        return {}

    def moved(self) -> None:
        """Another row is meant."""

    def opened(self) -> None:
        """A row is to be opened."""


class Listed(Tab):
    """A tab that is a table of rows as an operation tells them."""

    row: ClassVar[type]
    key: ClassVar[str | None] = None
    """The field that names a row; without it its place does."""
    without: ClassVar[tuple[str, ...]] = ()
    outdated_by: ClassVar[tuple[type[events.Event], ...]] = ()

    @cached_property
    def body(self) -> Records:
        """The table."""
        key, age = self.key, self.screen.desk.times.age
        name = (lambda row: str(row[key])) if key else None
        return Records(self.row, without=self.without, key=name, age=age, id=self.id)

    def query(self) -> Query:
        """What asks for its rows."""
        raise AssertionError(f"{type(self).__name__} asks for nothing")

    def ordered(self, records: Sequence[Record]) -> Sequence[Record]:
        """The rows in the order in which they are shown."""
        return records

    def nothing(self) -> str:
        """What stands there where there are no rows."""
        return "nothing here"

    def begin(self) -> None:
        """Another charger is meant, of which nothing is known yet."""
        super().begin()
        self.body.fill([])

    def told(self, event: events.Event) -> None:
        """It may make the rows untrue."""
        self.stale = self.stale or isinstance(event, self.outdated_by)

    def paint(self) -> None:
        """Ages have changed."""
        self.body.touch_all()

    async def read(self) -> None:
        """Ask for the rows."""
        records = await self.screen.desk.ask(self.query())
        self.body.empty = self.nothing()
        self.body.fill(self.ordered(records))


def tabs(screen: "Charger") -> list[Tab]:
    """Every tab, in the order of their places."""
    from cpoctl.tui import charger_tabs

    kinds = [
        kind
        for module in plugins.load_all(charger_tabs)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Tab) and kind.__module__ == module.__name__
    ]
    return [kind(screen) for kind in sorted(kinds, key=lambda kind: kind.place)]
