"""One message of a charger, and what is known of it afterwards."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from cpoctl.ocpp import Version
from cpoctl.simulator import VirtualCharger
from cpoctl.simulator.messages import believable
from cpoctl.simulator.sending import Unanswered, send
from tests.simulator.backend import Backend
from tests.simulator.test_replaying import BEGAN

STREAM = "NotifyPeriodicEventStream"
SENT = json.dumps(believable(STREAM, "CP-1", BEGAN, Version.V21))


def made(url: str, version: Version = Version.V21, patience: float = 5) -> VirtualCharger:
    return VirtualCharger(url, "CP-1", version=version, answer_within_s=patience)


@asynccontextmanager
async def listening(heard: list[Any], *, reads: bool = True) -> AsyncIterator[str]:
    """A server that answers nothing: it notes handshakes and frames, or does not even read."""

    ended = asyncio.Event()

    async def talk(line: ServerConnection) -> None:
        assert line.request is not None
        heard.append(line.request.headers.get("Sec-WebSocket-Extensions"))
        if reads:
            heard.extend([text async for text in line])
            return
        line.transport.pause_reading()
        await ended.wait()

    async with serve(talk, "127.0.0.1", 0, close_timeout=0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ended.set()


async def test_what_wants_no_answer_is_sent_once_the_server_has_read_it(backend: Backend) -> None:
    told = await send(made(backend.url), STREAM, SENT)
    assert (told.status, told.answer, told.request) == ("Sent", {}, json.loads(SENT))
    assert len(backend.sends) == 1


async def test_a_server_that_reads_nothing_was_sent_nothing() -> None:
    async with listening([], reads=False) as url:
        with pytest.raises(Unanswered, match="the server has read nothing for"):
            await send(made(url, patience=0.05), STREAM, SENT)


@pytest.mark.parametrize(
    ("payload", "shown"), [("[1, 2]", "[1, 2]"), ('"x"', '"x"'), ('{"a":', '{"a":'), ("", ""), ('{"a": 1}', {"a": 1})]
)
async def test_what_was_sent_is_shown_whatever_it_was(payload: str, shown: Any) -> None:
    heard: list[Any] = []
    async with listening(heard) as url:
        told = await send(made(url), STREAM, payload)
    assert told.request == shown
    assert heard[1].startswith('[6,"')
    assert heard[1].endswith(f'"{STREAM}",{payload}]')


@pytest.mark.parametrize("version", Version)
async def test_only_chargers_of_2_offer_compression(version: Version) -> None:
    offered: list[Any] = []
    async with listening(offered) as url, made(url, version) as charger:
        await charger.connect()
    wanted = None if version is Version.V16 else "permessage-deflate"
    assert [each and each.split(";")[0] for each in offered] == [wanted]
