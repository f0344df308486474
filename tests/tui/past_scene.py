"""The scene as a file that nobody writes to any more: what the server had stored by the end of that afternoon."""

import asyncio
import atexit
import functools
import secrets
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cpoctl.config import AlertSettings, ServeSettings
from cpoctl.domain.fleet import LiveFleet
from cpoctl.running import running
from cpoctl.store.sqlite.connection import connect_writer
from tests.support.databases import empty_database
from tests.support.fake_clock import FakeClock
from tests.tui.story import NOW, Story


@dataclass(frozen=True)
class Scene:
    """A database, and how the fleet stood at its end."""

    path: Path
    stood: dict[str, Any]


@functools.cache
def scene() -> Scene:
    """The story, played once without anybody watching. Whoever changes the file takes a copy."""
    folder = Path(tempfile.mkdtemp(prefix="cpoctl-past-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with ThreadPoolExecutor(1) as elsewhere:  # a test may have a loop of its own here
        return elsewhere.submit(asyncio.run, _played(folder / "past.db")).result()


def without_events(folder: Path) -> Path:
    """A copy whose stored events have outlived their time, and what went over the wire."""
    path = Path(shutil.copy(scene().path, folder / "old.db"))
    with closing(connect_writer(path)) as connection:
        connection.execute("DELETE FROM event")
        connection.execute("DELETE FROM journal")
    return path


async def _played(path: Path) -> Scene:
    clock = FakeClock(NOW - timedelta(hours=8))
    numbers = patch.object(secrets, "randbelow", side_effect=count(71_204_660, 13))
    with tempfile.TemporaryDirectory() as folder, numbers:
        settings = ServeSettings(listen="127.0.0.1:0", db=str(empty_database(path)), socket=str(Path(folder, "s")),
                                 accept_all=True, ping_interval=0)  # fmt: skip
        async with running(settings, clock, alerts=AlertSettings(silent_after_s=0)) as server:
            story = Story(server, clock)
            await story.play(0)
            clock.jump(1)
            stood = standing(story.face.live)
            clock.jump(60)
            await story.hang_up()
    return Scene(path, stood)


def standing(live: LiveFleet) -> dict[str, Any]:
    """What a replay must get right: who is there, what each EVSE does, what each session has used, what is broken."""
    told: dict[str, Any] = {}
    for charger in live.chargers.values():
        evses = {e.evse_id: (e.status, e.error_code, e.since, e.connectors, e.power_w) for e in charger.evses.values()}
        sessions = {
            s.session_id: (s.evse_id, s.tag_id, s.started_at, s.energy_wh, s.power_w, s.soc_percent)
            for s in charger.sessions.values()
        }
        who = (
            charger.connected,
            charger.version,
            charger.left_because,
            charger.site_id,
            charger.model,
            charger.firmware,
        )
        told[charger.charger_id] = (*who, evses, sessions)
    alerts = {(a.alert_id, a.rule, a.charger_id, a.evse_id, a.acked_by) for a in live.alerts.open.values()}
    return {**told, "alerts": alerts}
