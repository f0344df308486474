"""The link: what is read is handed over in order, and never piles up without bound."""

import asyncio
import threading
from typing import Any, cast

import pytest

from cpoctl.client import Client
from cpoctl.tui import link
from cpoctl.tui.link import Reading


class Silent:
    """A client that reads nothing."""

    def hang_up(self) -> None:
        """Nothing is open."""


async def test_a_screen_that_takes_nothing_holds_the_reader_up_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(link, "_WAITING_MOST", 2)
    monkeypatch.setattr(link, "_LOOKS_AGAIN_S", 0.01)
    heard: list[Any] = []
    reading = Reading(cast(Client, Silent()), heard.extend, "test")

    def read() -> None:
        for number in range(5):
            reading.tell(number)

    told = threading.Thread(target=read)
    told.start()
    told.join(0.2)  # the loop does not turn meanwhile
    assert told.is_alive()

    await asyncio.to_thread(told.join, 5)
    async with asyncio.timeout(5):
        while len(heard) < 5:
            await asyncio.to_thread(told.join)
    assert heard == [0, 1, 2, 3, 4]
    reading.close()
