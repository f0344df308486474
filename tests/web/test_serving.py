"""The page as a process: where it may listen, how it ends, and what a real browser shows of it."""

import asyncio
import os
import select
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from cpoctl.errors import Conflict, UsageProblem
from cpoctl.web.serving import serve_in_browser
from tests.support.chromium import browser, needs_chromium
from tests.web.conftest import FAKE, PATIENCE, Served, alive, first

SHOWN = Path(__file__).with_name("shown_app.py")


@asynccontextmanager
async def running(*words: str) -> AsyncIterator[tuple[Process, str]]:
    """A process that serves the page, and the address with the key."""
    command = (sys.executable, "-m", "tests.web.process", "0", *words)
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    try:
        assert process.stderr is not None
        told = await asyncio.wait_for(process.stderr.readline(), PATIENCE)
        yield process, told.decode().strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def child(pid: int) -> int:
    """The one process that a process has begun."""
    [began] = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(began)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "evil.example"])
def test_an_address_that_others_reach_is_refused_with_the_way_to_do_it(host: str) -> None:
    with pytest.raises(UsageProblem, match="this machine only") as refused:
        serve_in_browser(["true"], host, 8790, print)
    assert "ssh -L 8790:127.0.0.1:8790" in refused.value.hints[1]


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match=f"127.0.0.1:{port}: Address already in use"):
            serve_in_browser(["true"], "127.0.0.1", port, print)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_server_and_what_runs_behind_its_tabs(number: signal.Signals) -> None:
    async with (
        running("-S", str(FAKE), "draws") as (process, told),
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        served = Served([told], session)
        await served.enter()
        async with served.tab() as tab:
            pid = (await first(tab))["pid"]
            process.send_signal(number)
            await tab.receive(timeout=PATIENCE)
        assert (await asyncio.wait_for(process.wait(), PATIENCE), alive(pid)) == (0, False)


async def test_a_killed_server_leaves_no_process_behind() -> None:
    async with running(str(SHOWN)) as (process, told), ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        served = Served([told], session)
        await served.enter()
        async with served.tab() as tab:
            await tab.receive_bytes(timeout=PATIENCE)
            behind = os.pidfd_open(child(process.pid))
            process.kill()
            ended, _, _ = await asyncio.to_thread(select.select, [behind], [], [], PATIENCE)
            os.close(behind)
    assert ended == [behind]


@needs_chromium
async def test_a_real_browser_shows_the_app_takes_keys_and_says_when_it_has_ended(tmp_path: Path) -> None:
    async with running(str(SHOWN)) as (_, told), browser(tmp_path) as page:
        address = told.removeprefix("open ")
        without = address.partition("?key=")[0]
        await page.open(without)
        assert "wants its key" in str(await page.value("document.body.innerText"))
        page.complaints.clear()  # of the 403
        await page.open(address)
        assert "Fleet: HQ-07 ● 7.4 kW ▁▂▃" in await page.shows("HQ-07")
        assert await page.value("[location.href, document.cookie]") == [without, ""]
        await page.resize(720, 480)
        await page.shows("▊" + "▔" * 70)
        await page.type("hello\r")
        await page.shows("typed hello at 80x22")
        await page.type("bye\r")
        assert "has ended. Open it again" in await page.has_ended()
        assert [url for url in page.asked if not url.startswith((without, without.replace("http", "ws")))] == []
        assert page.complaints == []
