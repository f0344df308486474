"""Snapshots: every screen at two sizes, as text and in colours. `python -m tests.tui.snapshots` writes them anew.

Read the difference of the texts, and look at the SVGs in a browser: colours and marks are only there.

They show the same scene as the pictures of the documentation (`tests/house/pictures.py`), which have the colours.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cpoctl.tui.app import Dashboard
from cpoctl.tui.views.log import Log
from cpoctl.tui.widgets.dialogs import Confirm, Form
from tests.tui.harness import Watched
from tests.tui.scene import PATIENCE, plain_environment, watched_scene
from tests.tui.svg import plain

FOLDER: Final = Path(__file__).parent / "snapshots"
SIZES: Final = ((80, 24), (160, 45))
PICTURED: Final = (110, 32)
_CALLS = 100


async def _fleet(desk: Watched) -> None:
    await desk.press("1", "r")


async def _charger(desk: Watched) -> None:
    desk.app.screens.open_charger("DEPOT-01")
    await desk.sees("└13:21", seconds=PATIENCE)
    await desk.press("r")


async def _sessions(desk: Watched) -> None:
    await desk.press("2", "r")


async def _log(desk: Watched) -> None:
    await desk.press("3")
    log = desk.app.query_one(Log)
    await desk.until(lambda: len(log.lines.keys) > _CALLS, PATIENCE)


async def _alerts(desk: Watched) -> None:
    await desk.press("4")
    await desk.sees("means   GroundFailure", seconds=PATIENCE)


async def _tasks(desk: Watched) -> None:
    await desk.press("6", "g", "down", "down", "down")
    await desk.sees("0 failed, 1 waiting", "✕ Offline", seconds=PATIENCE)


async def _confirm(desk: Watched) -> None:
    await desk.press("1", "g", "down", "down", "R")
    await desk.until(lambda: isinstance(desk.app.screen, Form), PATIENCE)
    await desk.press("space", "ctrl+s")
    await desk.until(lambda: isinstance(desk.app.screen, Confirm), PATIENCE)
    await desk.sees("Cancel")


SCREENS: Final[dict[str, Callable[[Watched], Awaitable[None]]]] = {
    "fleet": _fleet,
    "charger": _charger,
    "sessions": _sessions,
    "log": _log,
    "alerts": _alerts,
    "tasks": _tasks,
    "confirm": _confirm,
}


COLOURED: Final = [name for name in SCREENS if name != "confirm"]
"""What is kept as SVG too: the screens themselves."""


@dataclass(frozen=True)
class Shot:
    """One screen at one size."""

    text: str
    svg: str


class _Steady(Dashboard):
    """A dashboard whose server answers in the same time whenever it is asked."""

    @property
    def latency_ms(self) -> float | None:
        """12 ms."""
        return 12.0

    @latency_ms.setter
    def latency_ms(self, value: float | None) -> None:
        """It stays."""


@functools.cache
def shots() -> dict[tuple[str, tuple[int, int]], Shot]:
    """Every screen at every size: one afternoon, one dashboard, whose terminal changes its size."""
    return asyncio.run(_shots())


async def _shots() -> dict[tuple[str, tuple[int, int]], Shot]:
    found = {}
    async with watched_scene(SIZES[0]) as desk:
        desk.app.__class__ = _Steady
        for size in (*SIZES, PICTURED):
            await desk.pilot.resize_terminal(*size)
            for name, show in SCREENS.items():
                await show(desk)
                await desk.pilot.pause()
                desk.app.front.tick()
                desk.app.main.tell_frame()
                await desk.pilot.pause()
                lines = [line.rstrip() for line in desk.text.split("\n")]
                found[name, size] = Shot(
                    "\n".join(lines) + "\n", desk.app.export_screenshot(title=f"cpoctl: {name}", simplify=True)
                )
            await desk.press("escape")
    return found


def files() -> dict[str, str]:
    """What every file of the folder must say, by its name."""
    found = {}
    for (name, size), shot in shots().items():
        if size in SIZES:
            found[f"{name}-{size[0]}x{size[1]}.txt"] = shot.text
        if size in SIZES and name in COLOURED:
            found[f"{name}-{size[0]}x{size[1]}.svg"] = plain(shot.svg, name)
    return found


def write() -> None:
    """Write every file anew, and remove what is none any more."""
    with plain_environment():
        made = files()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
