"""Keymap: which key does what, as the config's `[keymap]` says, by the ids of the bindings (TUI-27).

A key may mean two things on two screens, never on one; what shadows another by default may go on doing so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from textual.dom import DOMNode
from textual.keys import Keys, _normalize_key_list, key_to_character
from textual.screen import ModalScreen

from cpoctl import plugins
from cpoctl.errors import ConfigInvalid, nearest
from cpoctl.tui import actions, views, widgets
from cpoctl.tui.views import View
from cpoctl.tui.widgets.table import RowTable

_SHOW: Final = "cpoctl config show    all keys and their values"
_MODIFIERS: Final = {"ctrl", "shift", "alt", "super", "meta", "hyper"}


@dataclass(frozen=True)
class Context:
    """What listens to keys at one time, the innermost first: its bindings, an id to its keys."""

    name: str
    keys: Mapping[str, frozenset[str]]
    told: Mapping[str, str]


def checked(keymap: Mapping[str, str]) -> dict[str, str]:
    """The keymap, if every id is known, every key is one, and no key means two things at one time. Raises ConfigInvalid."""
    if not keymap:
        return {}
    contexts = [*_contexts()]
    known = {id for context in contexts for id in context.keys}
    wanted = {id: _keys(id, text) for id, text in keymap.items()}
    for id in keymap:
        if id not in known:
            raise _invalid(id, f"no key is called {id}{nearest(id, known)}")
    for context in contexts:
        _must_not_clash(context, wanted)
    return {id: ",".join(sorted(keys)) for id, keys in wanted.items()}


def _must_not_clash(context: Context, wanted: Mapping[str, frozenset[str]]) -> None:
    keys = {**context.keys, **{id: found for id, found in wanted.items() if id in context.keys}}
    for id in wanted.keys() & keys.keys():
        for other in keys.keys() - {id}:
            both = keys[id] & keys[other]
            if both and not context.keys[id] & context.keys[other]:
                names = " and ".join(f"{context.told[name]} ({name})" for name in sorted((id, other)))
                raise _invalid(id, f"{min(both)} is the key of both {names} on {context.name}")


def _keys(id: str, text: str) -> frozenset[str]:
    """The keys of a text such as `ctrl+r,f5`, as the toolkit calls them. Raises ConfigInvalid."""
    keys = frozenset(_normalize_key_list(text).split(","))
    for key in keys:
        *modifiers, last = key.split("+")
        if not (last in set(Keys) or key_to_character(last)) or not _MODIFIERS.issuperset(modifiers):
            raise _invalid(id, f"{key or repr(text)} is no key")
    return keys


def _contexts() -> Iterator[Context]:
    """Every screen with each list that it may hold, and every dialog."""
    from cpoctl.tui.app import Dashboard
    from cpoctl.tui.main_screen import MainScreen

    list(plugins.load_all(widgets))  # dialogs that are opened later on
    for module in plugins.load_all(views):
        found = [kind for kind in vars(module).values() if isinstance(kind, type)]
        lists: set[type[DOMNode]] = {RowTable, *(kind for kind in found if issubclass(kind, RowTable))}
        for view in (kind for kind in found if issubclass(kind, View) and kind.__module__ == module.__name__):
            for each in sorted(lists, key=lambda kind: kind.__name__):
                yield _context(f"the screen {view.title}", each, view, MainScreen, Dashboard)
    for dialog in _below(ModalScreen):
        if dialog.__module__.startswith(actions.__name__.rpartition(".")[0]):
            yield _context(f"the dialog {dialog.__name__}", dialog)


def _context(name: str, *kinds: type[DOMNode]) -> Context:
    keys: dict[str, frozenset[str]] = {}
    told: dict[str, str] = {}
    for kind in kinds:
        for key, bindings in kind._merge_bindings().key_to_bindings.items():
            for binding in bindings:
                id = binding.id or f"textual.{binding.action}"  # the toolkit's own have no id
                keys[id] = keys.get(id, frozenset()) | {key}
                told[id] = binding.description or binding.action
    return Context(name, keys, told)


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def _invalid(id: str, message: str) -> ConfigInvalid:
    return ConfigInvalid(f"keymap.{id}: {message}", target=f"keymap.{id}", hints=[_SHOW, "cpoctl config edit"])
