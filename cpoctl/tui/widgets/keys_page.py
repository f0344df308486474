"""The keys: what each does here, to the rows, on the screen that is shown and everywhere (UX §5.2)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import ActiveBinding, Binding, BindingType
from textual.dom import DOMNode

from cpoctl.cells import width
from cpoctl.tui.actions import ACTIONS
from cpoctl.tui.views import View
from cpoctl.tui.widgets.dialogs import Page
from cpoctl.tui.widgets.lines import Line
from cpoctl.tui.widgets.table import RowTable

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_ACTIONS: Final = frozenset(action.id for action in ACTIONS)
_SCREEN: Final = "screen."
_WIDTH: Final = 12
_BESIDE_FROM: Final = 100
_ROWS, _SHOWN, _EVERYWHERE = "the rows of a list", "the screen", "everywhere"


class KeysPage(Page):
    """A page of keys. The key that opened it closes it, and so do Esc and `q`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "cancel", "keys", show=False, id="help")]


def keys_page(desk: "Dashboard") -> KeysPage:
    """The page of the keys that do something now."""
    lines = keys(desk.screen.active_bindings, desk)
    if desk.size.width >= _BESIDE_FROM:
        lines = _beside(lines, round(desk.size.width * 0.96) // 2 - 4)
    return KeysPage(f"Keys · {desk.front.title} · Esc goes back", lines)


def _beside(lines: Sequence[Line], left: int) -> list[Line]:
    """In two columns, parted between groups."""
    ends = [place + 1 for place, line in enumerate(lines) if not line]
    half = min(ends, key=lambda end: abs(end - len(lines) / 2))
    pairs = zip_longest(lines[:half], lines[half:], fillvalue=())
    return [[*one, (" " * max(1, left - sum(width(text) for text, _ in one)), ""), *two] for one, two in pairs]


def keys(active: Mapping[str, ActiveBinding], desk: "Dashboard") -> list[Line]:
    """A line for each thing that a key does, by what it is done to."""
    groups: dict[str, dict[str, list[str]]] = {}
    places = {str(view.place): view.title for view in desk.query(View) if view.place}
    for node, binding, enabled, _ in active.values():
        if not binding.id or not enabled:  # the toolkit's own have no id
            continue
        what = binding.description
        if binding.id.startswith(_SCREEN):
            if binding.id.removeprefix(_SCREEN) not in places:
                continue
            what = ", ".join(places.values())
        found = groups.setdefault(_group(node, binding, desk.front), {})
        found.setdefault(what, []).append(desk.get_key_display(binding))
    order = sorted(groups, key=lambda name: (name == _EVERYWHERE, name.startswith(_SHOWN), name == _ROWS))
    return [line for name in order for line in _lines(name, groups[name])]


def _group(node: DOMNode, binding: Binding, front: View) -> str:
    if binding.id in _ACTIONS:
        return f"what can be done to a {front.kind}"
    if isinstance(node, RowTable):
        return _ROWS
    return f"{_SHOWN} {front.title}" if isinstance(node, View) else _EVERYWHERE


def _lines(name: str, found: Mapping[str, list[str]]) -> Iterator[Line]:
    yield [(name, "header")]
    for what, names in found.items():
        told = " ".join(names)
        yield [(f"  {told}{' ' * max(1, _WIDTH - width(told))}", "strong"), (what, "")]
    yield []
