"""A server that is killed: what waited for a charger is delivered by the next one, what was sent is not sent again. RELIABILITY §2.1"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.csms import BOOT
from tests.support.raw_charger import dial
from tests.support.servers import warm


def _say(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """A command, while it runs."""
    place = ["--server", f"unix:{folder / 'c.sock'}"]
    return subprocess.Popen([sys.executable, "-m", "cpoctl", *place, *words], stdout=subprocess.PIPE, text=True)


async def _said(folder: Path, *words: str) -> str:
    """What a command has said."""
    command = _say(folder, *words)
    out, _ = await asyncio.to_thread(command.communicate, timeout=30)
    return out


async def _results(folder: Path) -> dict[str, str]:
    task: dict[str, Any] = json.loads(await _said(folder, "task", "show", "3", "--json"))
    return {row["target"]: row["status"] for row in task["results"]}


async def test_after_a_kill_what_waited_is_delivered_and_what_was_sent_is_unknown(tmp_path: Path) -> None:
    with warm(tmp_path) as server:
        for name in ("HERE", "AWAY"):
            await _said(tmp_path, "charger", "add", name)
        charger = await dial(server.port, "/HERE")
        await charger.call("BootNotification", BOOT)
        command = _say(tmp_path, "charger", "reset", "HERE", "AWAY", "--yes", "--queue")
        assert (await charger.asked())[2] == "Reset"
        queue: list[Any] = []
        async with asyncio.timeout(20):
            while not queue:
                queue = json.loads(await _said(tmp_path, "charger", "queue", "--json"))
        server.kill()
        await charger.ended()
        await charger.hang_up()
        await asyncio.to_thread(command.communicate, timeout=30)
    with warm(tmp_path) as server:
        assert await _results(tmp_path) == {"HERE": "Unknown", "AWAY": "Waiting"}
        here, away = await dial(server.port, "/HERE"), await dial(server.port, "/AWAY")
        await here.call("BootNotification", BOOT)
        await away.call("BootNotification", BOOT)
        assert (await away.reply({"status": "Accepted"}))[2] == "Reset"
        await _said(tmp_path, "task", "wait", "3")
        assert await _results(tmp_path) == {"HERE": "Unknown", "AWAY": "Accepted"}
        assert here.unasked == 0
        await here.hang_up()
        await away.hang_up()
