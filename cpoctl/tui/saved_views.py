"""Saved views: go to one, save what is shown under a name, or take one out. They are sections `[view.NAME]` of the config."""

import asyncio
from typing import TYPE_CHECKING, Final

from cpoctl.config import ViewSettings
from cpoctl.errors import CpoctlError, Denied
from cpoctl.tui.widgets.checklist import Naming
from cpoctl.tui.widgets.dialogs import Menu

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_SAVE: Final = "save what is shown …"
_REMOVE: Final = "remove one …"


async def choose(desk: "Dashboard") -> None:
    """Ask which one, or what else."""
    names = sorted(desk.saved)
    words = [*(f"{name:<16} {told(desk.saved[name])}" for name in names), _SAVE, *([_REMOVE] if names else [])]
    place = await desk.push_screen_wait(Menu("Saved views", words))
    try:
        if place is None:
            return
        if place < len(names):
            show(desk, desk.saved[names[place]])
        elif words[place] == _SAVE:
            await _save(desk)
        else:
            await _remove(desk, names)
    except CpoctlError as error:
        desk.tell_error(error)


def show(desk: "Dashboard", view: ViewSettings) -> None:
    """Bring its screen to the front as it was saved, or say what keeps it from being shown so."""
    name = (view.screen or "fleet").casefold()
    try:
        desk.screens.views[name].take(view)
    except CpoctlError as error:
        desk.tell_error(error)
    desk.screens.go(name)


def told(view: ViewSettings) -> str:
    """A view on one line."""
    parts = (view.screen, view.filter, view.sort and f"sort {view.sort}", view.group and f"by {view.group}")
    return " · ".join(part for part in parts if part)


async def _save(desk: "Dashboard") -> None:
    view = desk.front.as_view()
    name = await desk.push_screen_wait(Naming("Save this view as", [told(view)]))
    if name is not None:
        await _keep(desk, name, view)
        desk.saved[name] = view
        desk.notify(f"cpoctl dashboard --view {name}", title="saved", markup=False)


async def _remove(desk: "Dashboard", names: list[str]) -> None:
    place = await desk.push_screen_wait(Menu("Remove a saved view", names))
    if place is not None:
        await _keep(desk, names[place], None)
        del desk.saved[names[place]]


async def _keep(desk: "Dashboard", name: str, view: ViewSettings | None) -> None:
    if desk.read_only or desk.wishes.keep is None:
        raise Denied("this dashboard is read-only", hints=["cpoctl dashboard    without --read-only"])
    await asyncio.to_thread(desk.wishes.keep, name, view)
