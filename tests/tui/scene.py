"""The scene: an afternoon of fourteen invented chargers, the same each time, for pictures and snapshots.

A real server and raw chargers on a clock that the story moves: nothing in it depends on the machine or on the day.
"""

import os
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cpoctl.client import client_for
from cpoctl.config import AlertSettings, ServeSettings
from cpoctl.csms.operator import Face
from cpoctl.running import running
from cpoctl.tui.app import Dashboard
from cpoctl.tui.picture import Picture
from tests.support.databases import empty_database
from tests.support.fake_clock import FakeClock
from tests.tui.harness import Watched, until
from tests.tui.story import NOW, Story, seen

_LIVE = 24.0
PATIENCE = 20.0


@contextmanager
def plain_environment() -> Iterator[None]:
    """Nobody's own settings, colours or time zone, for whoever makes pictures outside of pytest."""
    for name in [name for name in os.environ if name.startswith(("CPOCTL_", "TEXTUAL")) or name == "NO_COLOR"]:
        del os.environ[name]
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield


@asynccontextmanager
async def watched_scene(size: tuple[int, int]) -> AsyncIterator[Watched]:
    """A dashboard that has seen the last part of the story, at 14:02:11 of that afternoon, for ever."""
    clock = FakeClock(NOW - timedelta(hours=8))
    numbers = patch.object(secrets, "randbelow", side_effect=count(71_204_660, 13))  # of transactions, random else
    with TemporaryDirectory() as folder, numbers:
        place = Path(folder, "s")
        settings = ServeSettings(listen="127.0.0.1:0", db=str(empty_database(Path(folder, "db"))), socket=str(place),
                                 accept_all=True, ping_interval=0)  # fmt: skip
        async with running(settings, clock, alerts=AlertSettings(silent_after_s=0)) as server:
            story = Story(server, clock)
            await story.play(_LIVE)
            app = Dashboard(client_for(f"unix:{place}"), server="metro", shell=["--server", "metro"], fps=20,
                            picture=Picture(clock.now))  # fmt: skip
            app.animation_level = "none"
            async with app.run_test(size=size, notifications=False) as pilot:
                await until(pilot, lambda: app.picture.synced)
                await pilot.press("6")  # the rows of the list that is shown are bright when they change
                await story.play(0)
                story.tellseen()
                last = story.face.latest_seq
                await until(pilot, lambda: app.picture.seq >= last and _same(app.picture, story.face), PATIENCE)
                yield Watched(app, pilot)
            await story.hang_up()


def _same(picture: Picture, face: Face) -> bool:
    return seen(picture.live) == seen(face.live)
