"""permessage-deflate: for those who ask for it and speak 2.x. RELIABILITY F-19 to F-21 · RFC 7692"""

import json
from contextlib import suppress

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.typing import Subprotocol

from tests.csms.conftest import Make
from tests.support.csms import Csms
from tests.support.raw_charger import TEXT, masked

QUESTION = '[2,"1","Nonsense",{}]'
MEBIBYTE = 2**20
OF_2_X = ["ocpp2.0.1", "ocpp2.1"]


@pytest.fixture
async def open_csms(make_csms: Make) -> Csms:
    """A central system that lets everybody in."""
    made: Csms = await make_csms(unknown="accept")
    return made


def dialled(csms: Csms, subprotocol: str = "ocpp2.0.1") -> connect:
    """A charger that asks for compression with a large window, as the library does by itself."""
    return connect(
        f"ws://127.0.0.1:{csms.port}/CP-1",
        subprotocols=[Subprotocol(subprotocol)],
        extensions=[ClientPerMessageDeflateFactory(client_max_window_bits=True)],
    )


async def answer(charger: ClientConnection, question: str = QUESTION) -> list[object]:
    await charger.send(question)
    return list(json.loads(await charger.recv()))


async def ended(charger: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        await charger.recv()
    return charger.close_code


def agreed(charger: ClientConnection) -> str | None:
    assert charger.response is not None
    return charger.response.headers.get("Sec-WebSocket-Extensions")


@pytest.mark.parametrize("subprotocol", OF_2_X)
async def test_a_charger_of_2_x_that_asks_for_compression_gets_it_with_small_windows(
    open_csms: Csms, subprotocol: str
) -> None:  # F-20
    async with dialled(open_csms, subprotocol) as charger:
        assert agreed(charger) == (
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits=12"
        )
        assert (await answer(charger))[2] == "NotImplemented"


async def test_a_charger_of_1_6_does_not_get_it(open_csms: Csms) -> None:  # F-20
    async with dialled(open_csms, "ocpp1.6") as charger:
        assert agreed(charger) is None
        assert (await answer(charger))[2] == "NotImplemented"


async def test_a_charger_of_2_x_that_does_not_ask_does_not_get_it(open_csms: Csms) -> None:
    charger = await open_csms.dial("CP-1", [("Sec-WebSocket-Protocol", "ocpp2.0.1")])
    assert "sec-websocket-extensions" not in charger.response.headers


async def test_an_extension_that_nobody_knows_is_left_out(open_csms: Csms) -> None:
    offer = "x-webkit-deflate-frame, permessage-deflate; server_max_window_bits=4"
    headers = [("Sec-WebSocket-Protocol", "ocpp2.0.1"), ("Sec-WebSocket-Extensions", offer)]
    charger = await open_csms.dial("CP-1", headers)
    assert "sec-websocket-extensions" not in charger.response.headers


async def test_compressed_and_plain_messages_may_take_turns(open_csms: Csms) -> None:  # RFC 7692 §6
    async with dialled(open_csms) as charger:
        deflate = charger.protocol.extensions
        for number, extensions in enumerate([deflate, [], deflate, deflate, []]):
            charger.protocol.extensions = extensions
            await charger.send(f'[2,"{number}","Nonsense",{{"a":"{"x" * 500}"}}]')
            charger.protocol.extensions = deflate
            assert json.loads(await charger.recv())[1] == str(number)


async def test_a_compressed_message_may_come_in_fragments(open_csms: Csms) -> None:  # RFC 7692 §6.1
    async with dialled(open_csms) as charger:
        await charger.send([QUESTION[:5], QUESTION[5:9], QUESTION[9:]])
        assert json.loads(await charger.recv())[1] == "1"


@pytest.mark.parametrize("size", [10, 511, 512, 5000, 100_000])
async def test_what_we_send_arrives_whatever_its_size(open_csms: Csms, size: int) -> None:
    async with dialled(open_csms) as charger:
        message = json.dumps([2, "1", "DataTransfer", {"data": "x" * size}])
        for _ in range(2):
            open_csms.central.fleet.connections["cp-1"].socket.send(message.encode())
            assert await charger.recv() == message


@pytest.mark.parametrize("fragments", [1, 40])
async def test_a_compression_bomb_ends_the_connection_with_1009(open_csms: Csms, fragments: int) -> None:  # F-19, F-20
    async with dialled(open_csms) as charger:
        part = "a" * (16 * MEBIBYTE // fragments)  # a few KiB on the wire
        with suppress(ConnectionClosed):
            await charger.send(part if fragments == 1 else [part] * fragments)
        assert await ended(charger) == 1009


async def test_a_message_of_nearly_1_mib_is_read_when_it_is_compressed(open_csms: Csms) -> None:  # F-19
    async with dialled(open_csms) as charger:
        question = json.dumps([2, "1", "Nonsense", {"data": "x" * (MEBIBYTE - 100)}])
        assert (await answer(charger, question))[2] == "NotImplemented"


async def test_what_was_not_compressed_by_the_rules_ends_the_connection(open_csms: Csms) -> None:  # RFC 7692 §6.2
    async with dialled(open_csms) as charger:
        charger.transport.write(bytes([0xC1, 0x83]) + bytes(4) + b"\xff\xff\xff")
        assert await ended(charger) == 1002


@pytest.mark.parametrize("subprotocol", ["ocpp1.6", *OF_2_X])
async def test_compression_that_was_not_agreed_on_ends_the_connection_and_the_next_one_is_let_in_at_once(
    open_csms: Csms, subprotocol: str
) -> None:  # F-21, ocpp-go#358
    headers = [("Sec-WebSocket-Protocol", subprotocol)]
    for _ in range(3):
        charger = await open_csms.dial("CP-1", headers)
        await charger.bytes(bytes([0xC1]) + masked(TEXT, b"\xcaH\xcd\xc9\xc9\x07\x00")[1:])
        assert await charger.ended() == 1002
    charger = await open_csms.dial("CP-1", headers)
    await charger.say([2, "1", "Nonsense", {}])
    assert (await charger.answer("1"))[2] == "NotImplemented"
    await open_csms.until(lambda: len(open_csms.central.fleet.connections) == 1)
    ended = await open_csms.rows("SELECT close_reason FROM connection WHERE close_code = 1002")
    assert [row["close_reason"] for row in ended] == ["reserved bits must be 0"] * 3
