"""A dashboard at work: a real server in a thread, raw chargers on its port, and the screen as text."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot

from cpoctl.client import client_for
from cpoctl.clock import stored
from cpoctl.config import ServeSettings
from cpoctl.ocpp import Version
from cpoctl.operations import Operation
from cpoctl.temporary import Place, temporary
from cpoctl.tui.app import Dashboard
from tests.support.csms import BOOT, BOOT_2
from tests.support.databases import empty_database
from tests.support.raw_charger import RawCharger, dial

SIZE = (110, 32)
_SECONDS = 5.0
_FPS = 20.0
_TURN = 0.01
_STAGES = 3  # a key goes from the app to the widget, and what that tells to whoever listens


class Server:
    """One real server. It can be stopped and started again on the same database and socket."""

    def __init__(self, folder: Path) -> None:
        self._db = empty_database(folder / "cpoctl.db")
        self.socket = folder / "s"
        self.address = f"unix:{self.socket}"
        self.client = client_for(self.address)
        self.place: Place
        self._chargers: list[RawCharger] = []
        self._running = ExitStack()

    def start(self) -> None:
        """Start it; everybody is let in."""
        settings = ServeSettings(listen="127.0.0.1:0", db=str(self._db), socket=str(self.socket), accept_all=True)
        self.place = self._running.enter_context(temporary(settings))

    def stop(self) -> None:
        """Stop it, with chargers and operators on it."""
        self._running.close()

    async def halt(self) -> None:
        """Stop it while the dashboard goes on."""
        await asyncio.to_thread(self.stop)

    async def restart(self) -> None:
        """Start it again while the dashboard goes on."""
        await asyncio.to_thread(self.start)

    async def charger(
        self, name: str, *statuses: str, version: Version = Version.V16, boot: dict[str, Any] | None = None
    ) -> RawCharger:
        """A charger that has booted, with a connector (2.x: an EVSE) for each status. It answers when it is told to."""
        found = await dial(self.place.port, f"/{name}", (("Sec-WebSocket-Protocol", version.subprotocol),))
        self._chargers.append(found)
        await found.call("BootNotification", (BOOT if version is Version.V16 else BOOT_2) | (boot or {}))
        for number, status in enumerate(statuses or ("Available",), 1):
            await told_status(found, status, number)
        return found

    async def do(self, operation: Operation) -> Any:
        """What another operator does; its rows or its outcome."""
        return await asyncio.to_thread(self.client.run, operation)

    async def hang_up(self) -> None:
        """Send every charger home."""
        for charger in self._chargers:
            await charger.hang_up()
        self._chargers.clear()


async def told_status(charger: RawCharger, status: str, number: int = 1, **more: Any) -> None:
    """A StatusNotification, which the server has answered."""
    if charger.version is Version.V16:
        told = {"connectorId": number, "status": status, "errorCode": "NoError", "timestamp": stored(datetime.now(UTC))}
    else:
        told = {"evseId": number, "connectorId": 1, "connectorStatus": status, "timestamp": stored(datetime.now(UTC))}
    await charger.call("StatusNotification", told | more)


async def began(charger: RawCharger, tag: str = "ANNA", meter: int = 1000, connector: int = 1) -> int:
    """A session that a 1.6 charger has begun; its transaction's id."""
    told = {"connectorId": connector, "idTag": tag, "meterStart": meter, "timestamp": stored(datetime.now(UTC))}
    answer = await charger.call("StartTransaction", told)
    return int(answer["transactionId"])


def screen_text(app: App[Any]) -> str:
    """What the screen on top shows, one line of text a line."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[Any], condition: Callable[[], Any], seconds: float = _SECONDS) -> None:
    """Wait until something is so, while the dashboard works."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not happen within {seconds:g} s:\n{screen_text(pilot.app)}"
        await pilot.pause(_TURN)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, each once what the one before began is done. Textual's own waits for a quiet processor instead."""
    for key in keys:
        type_quickly(pilot.app, [key])
        await settled(pilot)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until everything that has been said is heard, and painted."""
    for _ in range(_STAGES):
        await pilot._wait_for_screen()
    pilot.app.screen._on_timer_update()


def type_quickly(app: App[Any], keys: Iterable[str]) -> None:
    """Press keys without waiting for what they do."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        event = Key(name, key if len(key) == 1 else key_to_character(name))
        event.set_sender(app)
        app.post_message(event)


class Watched:
    """A dashboard on a terminal, and the one who sits before it."""

    def __init__(self, app: Dashboard, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        """What can be seen."""
        return screen_text(self.app)

    def line(self, word: str) -> str:
        """The first line that shows a word; '' if none does."""
        return next((line for line in self.text.split("\n") if word in line), "")

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        await press(self.pilot, *keys)

    async def write(self, text: str) -> None:
        """Type a text and wait until it has been taken in."""
        type_quickly(self.app, text)
        await settled(self.pilot)

    async def until(self, condition: Callable[[], Any], seconds: float = _SECONDS) -> None:
        """Wait until something is so."""
        await until(self.pilot, condition, seconds)

    async def sees(self, *words: str, seconds: float = _SECONDS) -> None:
        """Wait until the screen shows all of these."""
        await self.until(lambda: all(word in self.text for word in words), seconds)


@asynccontextmanager
async def watched(server: Server, size: tuple[int, int] = SIZE, **more: Any) -> AsyncIterator[Watched]:
    """A dashboard that has its first picture. `more` are further arguments of Dashboard."""
    options: dict[str, Any] = {
        "server": "test", "shell": ["--server", server.address], "fps": _FPS, **more
    }  # fmt: skip
    app = Dashboard(client_for(server.address), **options)
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.picture.synced)
        await settled(pilot)
        yield Watched(app, pilot)
