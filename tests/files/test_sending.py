"""Images that leave from a process of its own: whole, bounded, and cut where one of both processes ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import httpx
import pytest

from cpoctl.files.sender import JOB, TOLD
from cpoctl.store import Record
from tests.files.conftest import IMAGE, WITHIN, Make, Place

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="connections are passed on by Linux alone")
_over_each_form = pytest.mark.parametrize("form", ["http", "ftp"])
_LARGE = IMAGE * 64  # far more than the buffers of a connection


def _senders() -> list[int]:
    """The processes that send for this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and b"cpoctl.files.sender" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


@asynccontextmanager
async def _fetching(place: Place, form: str, image: Record | None = None) -> AsyncIterator[asyncio.StreamReader]:
    """A charger that has begun to fetch a large image, and reads no further by itself."""
    image = image or await place.image(_LARGE, "large.bin")
    where = urlsplit((await place.offer("firmware", form, image)).url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    data = reader
    if form == "http":
        writer.write(f"GET {where.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
    else:
        await reader.readline()
        for words in (f"USER {where.username}", f"PASS {where.password}", "TYPE I", "EPSV"):
            writer.write(f"{words}\r\n".encode())
            answer = (await reader.readline()).decode()
        data, opened = await asyncio.open_connection(where.hostname, int(answer.split("|")[-2]))
        writer.write(f"RETR {where.path}\r\n".encode())
    await data.readexactly(1 << 20)  # more than the first block: the sender has it
    yield data
    if data is not reader:
        opened.close()
    writer.close()


async def _rest(reader: asyncio.StreamReader) -> int:
    """How many bytes still come."""
    count = 0
    try:
        async with asyncio.timeout(WITHIN):
            while block := await reader.read(1 << 16):
                count += len(block)
    except ConnectionError:
        pass
    return count


@_over_each_form
async def test_a_large_image_leaves_whole(place: Place, form: str) -> None:
    async with _fetching(place, form) as reader:
        assert len(_senders()) == 1
        assert await _rest(reader) == len(_LARGE) - (1 << 20)
    told = await place.finished()
    assert (told.state, told.bytes) == ("whole", len(_LARGE))


@_over_each_form
async def test_a_sender_that_dies_cuts_what_it_sent_and_another_one_follows(place: Place, form: str) -> None:
    async with _fetching(place, form) as reader:
        (pid,) = _senders()
        os.kill(pid, signal.SIGKILL)
        assert await _rest(reader) < len(_LARGE) - (1 << 20)
    told = await place.finished()
    assert (told.state, told.error) == ("cut", "the process that sends has ended")
    offer = await place.offer("firmware", "http", await place.image())
    async with httpx.AsyncClient() as client:
        assert (await client.get(offer.url)).content == IMAGE
    assert _senders() not in ([], [pid])


@_over_each_form
async def test_a_charger_that_hangs_up_ends_its_transfer_and_no_other(place: Place, form: str) -> None:
    image = await place.image(_LARGE, "large.bin")
    async with _fetching(place, form, image) as other:
        async with _fetching(place, form, image):
            pass
        told = await place.finished()
        assert (told.state, told.error) == ("cut", "the charger ended the connection")
        assert await _rest(other) == len(_LARGE) - (1 << 20)
    assert (await place.finished()).state == "whole"


@_over_each_form
async def test_a_server_that_stops_takes_its_sender_along(place: Place, form: str) -> None:
    async with _fetching(place, form) as reader:
        (pid,) = _senders()
        await place.exchange.close()
        assert await _rest(reader) < len(_LARGE) - (1 << 20)
        assert pid not in _senders()
    assert (await place.finished()).error == "the server stopped"


@_over_each_form
async def test_an_image_that_shrinks_is_cut(place: Place, form: str) -> None:
    async with _fetching(place, form) as reader:
        (image,) = (place.folder / "images").rglob("[0-9a-f]*")
        os.truncate(image, 24 << 20)
        assert await _rest(reader) < len(_LARGE) - (1 << 20)
    told = await place.finished()
    assert (told.state, told.error) == ("cut", "the image is shorter than it was")


@_over_each_form
async def test_downloads_keep_to_their_rate(make_place: Make, form: str) -> None:
    place = await make_place(download_mb_s=16)
    began = monotonic()
    async with _fetching(place, form) as reader:
        await _rest(reader)
    assert (await place.finished()).state == "whole"
    assert monotonic() - began > 0.9 * len(_LARGE) / 16e6


def test_a_sender_ends_with_its_server(tmp_path: Path) -> None:
    """However the server ended: its end of their connection closes."""
    image = tmp_path / "image"
    image.write_bytes(_LARGE)
    server, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours, chargers = socket.socketpair()
    start = "import sys; from cpoctl.files.sender import main; main(*sys.argv[1:])"
    command = [sys.executable, "-c", start, str(there.fileno()), "0"]
    with ours, chargers, subprocess.Popen(command, pass_fds=[there.fileno()]) as process:
        there.close()
        ours.setblocking(False)
        with image.open("rb") as file:
            socket.send_fds(server, [JOB.pack(7, 5, 1000)], [ours.fileno(), file.fileno()])
            assert TOLD.unpack(server.recv(TOLD.size)) == (7, 1000, 0)
            assert chargers.recv(2000) == _LARGE[5:1005]
            socket.send_fds(server, [JOB.pack(8, 0, len(_LARGE))], [ours.fileno(), file.fileno()])
        ours.close()
        assert chargers.recv(1000)
        server.close()
        assert process.wait(WITHIN) == 0
        while chargers.recv(1 << 20):
            pass  # what was on its way, and then its end
