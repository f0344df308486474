"""Random keys on a dashboard: none of them alone may send anything, and none may end it (TUI-11).

`python -m tests.tui.fuzz --keys 5000 --seed 7` presses so many; without a seed it takes and tells another each time.
"""

import argparse
import asyncio
import os
import random
import string
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.screen import ModalScreen

from cpoctl.ocpp import Version
from cpoctl.operations.charger.list import ListChargers
from cpoctl.operations.task.list import ListTasks
from tests.support.raw_charger import RawCharger
from tests.tui.harness import Server, Watched, began, settled, told_status, type_quickly, watched
from tests.tui.scene import plain_environment

_MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab", "space", "escape")
_OTHERS = ("delete", "backspace", "ctrl+p", "ctrl+u", "shift+down", "ctrl+end", "f1", "enter")
KEYS = [*string.ascii_letters, *string.digits, *"/:?*\\[]-+ ", *_MOVES, *_OTHERS]
WEIGHTS = [{"escape": 12, "enter": 3, "T": 0.1, "?": 0.1}.get(key, 1) for key in KEYS]
_BURST = 20
_STATUSES = ("Available", "Charging", "Faulted", "Unavailable")


async def nothing_was_sent(server: Server, *chargers: RawCharger) -> None:
    """Neither a frame nor a task came of it."""
    for charger in chargers:
        await charger.synced()
        assert charger.unasked == 0
    assert server.client.run(ListTasks()) == []


async def press_at_random(desk: Watched, chance: random.Random, count: int) -> list[str]:
    """Press keys in bursts, enter never in a dialog or a line that is written in; which they were."""
    pressed: list[str] = []
    while len(pressed) < count:
        burst = chance.choices(KEYS, WEIGHTS, k=_BURST)
        until = burst.index("enter") if "enter" in burst else len(burst)
        type_quickly(desk.app, burst[:until])
        await settled(desk.pilot)
        pressed += burst[:until]
        if until < len(burst) and not _asks(desk):
            await desk.press("enter")
            pressed.append("enter")
    return pressed


def _asks(desk: Watched) -> bool:
    """Whether enter would be an answer: to a dialog, or a command that is done."""
    return isinstance(desk.app.screen, ModalScreen) or desk.app.query_one("#command").display


async def fuzz(server: Server, seed: int, count: int) -> None:
    """Press keys at a dashboard whose chargers go on meanwhile."""
    chance = random.Random(seed)
    old = await server.charger("HQ-1", "Available", "Charging")
    new = await server.charger("HQ-2", "Available", "Available", version=Version.V201)
    await told_status(old, "Faulted", 1, errorCode="GroundFailure")
    await began(old, "ANNA", 1000, 2)
    async with watched(server) as desk:
        pressed = 0
        while pressed < count:
            pressed += len(await press_at_random(desk, chance, min(250, count - pressed)))
            assert desk.app.is_running
            await told_status(old, chance.choice(_STATUSES), 1)
            await told_status(new, chance.choice(("Available", "Occupied")), 1)
            await desk.pilot.resize_terminal(*chance.choice(((110, 32), (80, 24), (40, 12), (200, 60))))
        await nothing_was_sent(server, old, new)
        assert len(server.client.run(ListChargers())) == 2  # none came and none went


def main() -> None:
    """Press so many keys, and tell how to press the same again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    print(f"{given.keys} keys, --seed {given.seed}", flush=True)
    with plain_environment(), TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder  # what is copied
        os.chdir(folder)  # what is exported
        server = Server(Path(folder))
        server.start()
        begun = time.monotonic()
        try:
            asyncio.run(fuzz(server, given.seed, given.keys))
        finally:
            server.stop()
        print(f"nothing was sent, nothing broke, in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
