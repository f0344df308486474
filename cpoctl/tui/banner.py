"""The banner: what stands below the top line while the picture is not live."""

from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl.errors import Denied
from cpoctl.tui.link import Lost
from cpoctl.tui.widgets.lines import Line

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard


def told(desk: "Dashboard") -> list[Line]:
    """What is to be said; nothing where the picture is live."""
    following = desk.following
    if following.lost:
        return away(following.lost, following.tries_in_s, desk.picture.as_of)
    if desk.replay:
        return desk.replay.told()
    return frozen(following.frozen_at, following.waiting) if following.frozen else []


def away(lost: Lost, left_s: float, as_of: datetime | None) -> list[Line]:
    """The server is gone. What matters most stands first: a narrow terminal cuts the rest."""
    if isinstance(lost.error, Denied):  # trying again will not help
        said: list[Line] = [[(f" !! {lost.error.message}", "alert")]]
        return said + [[(f"    {hint}", "alert")] for hint in lost.error.hints[:2]]
    known = f"data as of {as_of.astimezone():%H:%M:%S}" if as_of else "no data yet"
    again = f"try {lost.tries}, next in {max(0, round(left_s))} s, r: now"
    return [[(f" !! {known} · actions are off · {again} · {lost.error.message}", "alert")]]


def frozen(at: str, waiting: int) -> list[Line]:
    """The picture is held still."""
    return [[(f" frozen {at}, {waiting} changes waiting · p goes on", "offline")]]
