"""A tab is a process: its size, its keys, its end."""

import asyncio
import json

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.web.conftest import PATIENCE, Served, alive, first, page


async def heard(socket: ClientWebSocketResponse) -> bytes:
    """What the process behind a tab heard next."""
    return (await socket.receive_bytes(timeout=PATIENCE)).removeprefix(b"heard ")


async def until_closed(socket: ClientWebSocketResponse) -> bytes:
    """What is drawn until the tab is told that its process has ended."""
    drawn = b""
    while (message := await socket.receive(timeout=PATIENCE)).type is WSMsgType.BINARY:
        drawn += message.data
    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)
    return drawn


async def test_a_process_begins_at_the_size_of_its_tab_and_hears_of_others(served: Served) -> None:
    await served.enter()
    async with served.tab("?width=100&height=30") as socket:
        assert (await first(socket))["size"] == [100, 30]
        await socket.send_json(["resize", {"width": 70, "height": 9}])
        assert json.loads(await heard(socket)) == {"type": "resize", "width": 70, "height": 9}


async def test_a_size_that_nobody_has_is_made_one_that_can_be_drawn(served: Served) -> None:
    await served.enter()
    async with served.tab("?width=99999&height=-4") as socket:
        assert (await first(socket))["size"] == [1000, 24]
        await socket.send_json(["resize", {"width": 10**12, "height": 0}])
        assert json.loads(await heard(socket)) == {"type": "resize", "width": 1000, "height": 1}


async def test_what_is_typed_arrives_and_what_nobody_can_mean_does_nothing(served: Served) -> None:
    await served.enter()
    async with served.tab() as socket:
        await first(socket)
        for nonsense in ("not JSON", "[" * 100_000, "7", '["stdin", 7]', '["resize", {}]', '["format", "c:"]'):
            await socket.send_str(nonsense)
        await socket.send_json(["stdin", "q ü"])
        assert await heard(socket) == "q ü".encode()
        await socket.send_json(["ping", "17"])
        assert await socket.receive_json(timeout=PATIENCE) == ["pong", "17"]


async def test_one_tab_too_many_is_told_so_and_gets_in_when_another_is_closed() -> None:
    async with page(most=1) as served:
        await served.enter()
        async with served.tab() as one:
            await first(one)
            async with served.tab() as other:
                assert b"1 tabs are open" in await until_closed(other)
        async with served.tab() as again:  # as when the page is loaded again
            await first(again)


async def test_a_closed_tab_ends_its_process_also_one_that_does_not_quit_when_told() -> None:
    for manner in ("draws", "stays"):
        async with page(manner, most=1) as served:
            await served.enter()
            async with served.tab() as socket:
                pid = (await first(socket))["pid"]
            async with served.tab() as socket:  # there is room again only when the first has ended
                await first(socket)
                assert not alive(pid)


async def test_when_the_server_ends_every_tab_is_closed_and_no_process_is_left() -> None:
    async with page("stays") as served:
        await served.enter()
        async with served.tab() as one, served.tab() as other:
            pids = [(await first(one))["pid"], (await first(other))["pid"]]
            served.stop.set()
            await asyncio.gather(until_closed(one), until_closed(other))
    assert [pid for pid in pids if alive(pid)] == []


async def test_a_process_that_fails_closes_its_tab_and_what_it_said_is_told_harmlessly() -> None:
    async with page("fails") as served:
        await served.enter()
        async with served.tab() as socket:
            await until_closed(socket)
    assert served.told[1:] == [r"no server \x1b[31mhere"]
