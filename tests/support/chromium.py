"""A real browser: headless Chromium, told over its DevTools what to open and type, and asked what its terminal shows."""

import asyncio
import json
import os
import re
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here (Debian: apt-get install chromium)")

_WORDS = (
    *("--headless=new", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1000,600", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
)

# xterm.js keeps its cells in an object that the page's script names `terminal` and shows to nobody.
_CATCH = """
globalThis.caught = new Promise(done => Object.defineProperty(Object.prototype, "terminal", {
  configurable: true,
  set(value) {
    Object.defineProperty(this, "terminal", {value, writable: true, configurable: true});
    done(value);
  },
}));
"""
_ROWS = """
  const cells = terminal.buffer.active, rows = [];
  for (let y = 0; y < terminal.rows; y++) rows.push(cells.getLine(cells.viewportY + y).translateToString(true));
"""
_NOW = "caught.then(terminal => {" + _ROWS + 'return rows.join("\\n")})'
_UNTIL = (
    "caught.then(terminal => new Promise(done => { const look = () => {"
    + _ROWS
    + 'if (rows.join("\\n").includes(%s)) done(rows.join("\\n"))}; terminal.onWriteParsed(look); look() }))'
)
_ENDED = """
new Promise(done => {
  const look = () => document.body.classList.contains("-closed") && done(document.body.innerText);
  new MutationObserver(look).observe(document.body, {attributeFilter: ["class"]});
  look();
})
"""


class Page:
    """One page of the browser, its messages answered one after another."""

    def __init__(self, devtools: ClientConnection, patience: float) -> None:
        self.asked: list[str] = []
        """Every address that the page asked for."""
        self.complaints: list[str] = []
        """What the browser refused or could not do."""
        self._devtools, self._patience = devtools, patience
        self._session: str | None = None
        self._number = 0
        self._loaded = False

    async def attach(self) -> None:
        """Make the page, blank."""
        target = (await self._call("Target.createTarget", url="about:blank"))["targetId"]
        self._session = (await self._call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        for domain in ("Network", "Log", "Runtime", "Page"):
            await self._call(f"{domain}.enable")
        await self._call("Page.addScriptToEvaluateOnNewDocument", source=_CATCH)

    async def open(self, url: str) -> None:
        """Go to an address and wait until its page is loaded."""
        self._loaded = False
        await self._call("Page.navigate", url=url)
        async with asyncio.timeout(self._patience):
            while not self._loaded:
                self._note(json.loads(await self._devtools.recv()))

    async def shows(self, text: str) -> str:
        """Wait until the terminal shows a text; return all its rows."""
        try:
            return str(await self.value(_UNTIL % json.dumps(text)))
        except TimeoutError as error:
            shown = await self.value(_NOW)
            raise AssertionError(f"instead of {text!r} the terminal shows:\n{shown}") from error

    async def has_ended(self) -> str:
        """Wait until the page says that the process has ended; return what it says."""
        return str(await self.value(_ENDED))

    async def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        for sign in text:
            await self._call("Input.dispatchKeyEvent", type="char", text=sign)

    async def resize(self, width: int, height: int) -> None:
        """Give the page another size in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self._call("Emulation.setDeviceMetricsOverride", **size)

    async def value(self, script: str) -> Any:
        """What a script comes to in the page."""
        said = await self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    async def picture(self) -> bytes:
        """What the page looks like, as PNG."""
        return b64decode((await self._call("Page.captureScreenshot"))["data"])

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        await self._devtools.send(json.dumps({"id": self._number, "method": method, "params": params, **session}))
        async with asyncio.timeout(self._patience):
            while (said := json.loads(await self._devtools.recv())).get("id") != self._number:
                self._note(said)
        assert "error" not in said, said
        answer: dict[str, Any] = said["result"]
        return answer

    def _note(self, said: dict[str, Any]) -> None:
        match said:
            case {"method": "Page.loadEventFired"}:
                self._loaded = True
            case {"method": "Network.requestWillBeSent", "params": {"request": {"url": url}}}:
                self.asked.append(url)
            case {"method": "Log.entryAdded", "params": {"entry": {"level": "error", "text": text}}}:
                self.complaints.append(text)
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": {"text": text}}}:
                self.complaints.append(text)


@asynccontextmanager
async def browser(folder: Path, patience: float = 15) -> AsyncIterator[Page]:
    """A browser with one page, its profile in a folder; it ends with the block."""
    assert CHROMIUM is not None
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    process = await asyncio.create_subprocess_exec(
        *(CHROMIUM, *_WORDS, *sandbox, f"--user-data-dir={folder}", "about:blank"),
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        async with connect(await _devtools(process, patience), max_size=None) as devtools:
            page = Page(devtools, patience)
            await page.attach()
            yield page
    finally:
        await _ended(process)


async def _devtools(process: Process, patience: float) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(patience):
        async for line in process.stderr:
            if found := re.search(rb"DevTools listening on (ws://\S+)", line):
                return found[1].decode()
    raise AssertionError("chromium ended before it could be told anything")


async def _ended(process: Process) -> None:
    """End the browser and the processes that it began, which are of its session."""
    process.terminate()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), 5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.communicate()
