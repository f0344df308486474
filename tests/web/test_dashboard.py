"""The dashboard in a real browser: `cpoctl dashboard --web` against a whole server with a charger."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from cpoctl.cli import in_browser
from cpoctl.cli.choices import Choices
from cpoctl.errors import UsageProblem
from tests.support.chromium import browser, needs_chromium
from tests.support.raw_charger import dial
from tests.support.servers import warm

PATIENCE = 20
BOOT = {"chargePointVendor": "Vendor", "chargePointModel": "Model"}


@asynccontextmanager
async def dashboard(folder: Path) -> AsyncIterator[str]:
    """`cpoctl dashboard --web` for the server of a folder; the address with the key."""
    command = ("-m", "cpoctl", "dashboard", "--web", "--listen", "127.0.0.1:0", "--server", f"unix:{folder}/c.sock")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    try:
        assert process.stderr is not None
        told = await asyncio.wait_for(process.stderr.readline(), PATIENCE)
        assert told.startswith(b"open http://127.0.0.1:"), told
        yield told.decode().removeprefix("open ").strip()
    finally:
        process.terminate()
        _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, said) == (0, b"")


@pytest.mark.parametrize("listen", ["8790", ":8790", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"])
def test_a_place_to_listen_that_nobody_can_mean_is_refused(listen: str) -> None:
    with pytest.raises(UsageProblem, match="is not HOST:PORT"):
        in_browser.show(Choices(), listen, must_be_there=lambda: None)


@needs_chromium
async def test_the_dashboard_is_in_the_browser_for_who_has_the_key_and_reads_only(tmp_path: Path) -> None:
    with warm(tmp_path) as server:
        charger = await dial(server.port, "/HQ-07")
        await charger.call("BootNotification", BOOT)
        async with dashboard(tmp_path) as address, browser(tmp_path / "profile") as page:
            async with httpx.AsyncClient() as stranger:
                assert (await stranger.get(address.partition("?")[0])).status_code == 403
            await page.open(address)
            assert "read-only" in await page.shows("HQ-07")
            await page.type("2")
            await page.shows("2 Sessions")
            assert page.complaints == []
        charger.drop()
