"""The keys of the dashboard, as tables made from its bindings: `python -m tests.house.keys` writes them into docs/dashboard.md."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from textual.binding import Binding
from textual.keys import key_to_character

from cpoctl import plugins
from cpoctl.operations import Danger
from cpoctl.tui import views, widgets
from cpoctl.tui.actions import ACTIONS
from cpoctl.tui.app import Dashboard
from cpoctl.tui.listing import Listing
from cpoctl.tui.main_screen import MainScreen
from cpoctl.tui.views import View
from cpoctl.tui.widgets.table import RowTable
from tests.house.places import DOCS

PAGE: Final = DOCS / "dashboard.md"
BEGIN: Final = "<!-- python -m tests.house.keys writes from here -->\n"
END: Final = "<!-- to here -->\n"
_SIGNS: Final = {
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "slash": "/",
    "backslash": "\\",
    "plus": "+",
    "minus": "-",
    "escape": "Esc",
    "space": "Space",
}
_DANGER: Final = {Danger.DISRUPTS: "asks", Danger.SEVERE: "asks for a word"}
_ACTIONS: Final = {action.id for action in ACTIONS}


def tables() -> str:
    """Every key that does something, where it does it, and what it is called in `[keymap]`."""
    shown = sorted(_screens(), key=lambda kind: (kind.place or 99, kind.title))
    parts = [
        *_table("Everywhere", [*_own(MainScreen), *_own(Dashboard)]),
        *_table("In every list", [*_own(RowTable), *_own(Listing)]),
        *(line for kind in shown for line in _table(kind.title, _of_screen(kind))),
        *_table("In a dialog", _dialogs()),
        *_actions(),
    ]
    return "\n".join(parts) + "\n"


def page() -> str:
    """The whole page, with the tables as they must be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"


def _screens() -> Iterator[type[View]]:
    for module in plugins.load_all(views):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, View) and kind.__module__ == module.__name__:
                yield kind


def _own(kind: type[Any]) -> list[Binding]:
    """The bindings of a class itself, but for those of the one table of actions."""
    made = [binding for binding in vars(kind).get("BINDINGS", ()) if isinstance(binding, Binding)]
    places = {f"screen.{screen.place}": screen.title for screen in _screens()}
    kept = [each for each in made if each.id not in _ACTIONS and (each.id in places or "screen." not in str(each.id))]
    return [Binding(e.key, e.action, places.get(str(e.id), e.description), id=e.id) for e in kept]


def _of_screen(kind: type[View]) -> list[Binding]:
    """Those of a screen and of the widgets that only it has."""
    module = plugins.load(views, kind.__module__.rpartition(".")[2])
    lists = {
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, RowTable) and found is not RowTable
    }
    return [*_own(kind), *(binding for each in sorted(lists, key=lambda one: one.__name__) for binding in _own(each))]


def _dialogs() -> list[Binding]:
    """Those of every box that opens before a screen, each once."""
    found: dict[tuple[str, str], Binding] = {}
    for module in plugins.load_all(widgets):
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__ and not issubclass(kind, RowTable):
                for binding in _own(kind):
                    found.setdefault((binding.key, binding.description), binding)
    return list(found.values())


def _table(title: str, bindings: Iterable[Binding]) -> Iterator[str]:
    rows = [f"| {_keys(each.key)} | {each.description} | `{each.id}` |" for each in bindings if each.id]
    if rows:
        yield from (f"### {title}", "", "| key | what it does | id |", "|---|---|---|", *rows, "")


def _actions() -> Iterator[str]:
    yield from (
        "### Actions",
        "",
        "| key | what it does | on | the command | before it | id |",
        "|---|---|---|---|---|---|",
    )
    for action in ACTIONS:
        key = _keys(action.key) if action.key else ""
        asks = _DANGER.get(action.operation.danger, "")
        on = ", ".join(action.on)
        yield f"| {key} | {action.label.rstrip('…')} | {on} | `cpoctl {action.path}` | {asks} | `{action.id}` |"


def _keys(keys: str) -> str:
    return " ".join(f"`{_key(key)}`" for key in keys.split(","))


def _key(key: str) -> str:
    """As it is printed on a keyboard."""
    if key in _SIGNS:
        return _SIGNS[key]
    if "+" in key:
        return "+".join(part.capitalize() for part in key.split("+"))
    return key if len(key) == 1 else key_to_character(key) or key.capitalize()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
