"""The README's way of a technician, walked: its own commands, in its order, with a simulated charger at the other end."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cpoctl.simulator import Happening, RealTime, VirtualCharger
from tests.house.places import README

_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
SPEED = 200.0  # the charger waits half a minute between boots while it is not approved


def steps() -> list[str]:
    """The shell lines of the section."""
    section = README.read_text(encoding="utf-8").partition("## A technician")[2].partition("\n## ")[0]
    return [line.partition("   ")[0] for block in _BLOCK.findall(section) for line in block.splitlines()]


class Desk:
    """A technician's terminal: commands run as they are written, on folders of their own."""

    def __init__(self, folder: Path) -> None:
        (folder / "bin").mkdir()
        launcher = folder / "bin" / "cpoctl"
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cpoctl "$@"\n', encoding="utf-8")
        launcher.chmod(0o755)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CPOCTL_", "XDG_"))}
        places = {
            f"XDG_{name}": str(folder / name) for name in ("DATA_HOME", "STATE_HOME", "CONFIG_HOME", "RUNTIME_DIR")
        }
        self.folder = folder
        self._env = {**clean, **places, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}

    async def begin(self, line: str) -> asyncio.subprocess.Process:
        """Start a command that goes on."""
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_shell(f"exec {line}", stdout=pipe, stderr=pipe, env=self._env)

    async def run(self, line: str) -> str:
        """Run a command to its end; it must succeed."""
        command = await self.begin(line.replace("/var/backups", str(self.folder)))
        out, err = await command.communicate()
        assert command.returncode == 0, f"{line}: {err.decode()}"
        return out.decode()

    @asynccontextmanager
    async def serving(self, line: str) -> AsyncIterator[str]:
        """Run the server on a free port; gives the address that it tells."""
        server = await self.begin(f"{line} --listen 127.0.0.1:0")
        try:
            assert server.stderr is not None
            ready = (await server.stderr.readline()).decode()
            found = re.match(r"ready: chargers connect to (\S+)<charger id>, operators use \S+", ready)
            assert found, ready
            yield found[1]
        finally:
            server.terminate()
            await server.communicate()


class Witness:
    """Waits for what happens at the charger."""

    def __init__(self) -> None:
        self._seen: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self, happening: Happening) -> None:
        """Take note."""
        self._seen.put_nowait(f"{happening.what} {happening.detail}".strip())

    async def sees(self, what: str) -> None:
        """Wait for it; what came before is over."""
        while await self._seen.get() != what:
            pass


async def test_every_step_of_the_technician_works(tmp_path: Path) -> None:
    desk, witness = Desk(tmp_path), Witness()
    serve, tail, unknown, approve, *rest = steps()
    async with asyncio.timeout(55), desk.serving(serve) as url:
        watching = await desk.begin(tail)
        async with VirtualCharger(url, "GARAGE-1", time=RealTime(SPEED), metering=True, on_event=witness) as charger:
            await charger.connect()
            coming = asyncio.create_task(charger.come_back())
            await witness.sees("booted Pending")
            assert "GARAGE-1" in await desk.run(unknown)
            await desk.run(approve)
            await coming
            await charger.plug_in()
            said = {line: await followed(line, desk, witness) for line in rest}
        watching.terminate()
        frames, _ = await watching.communicate()

    listed = next(text for line, text in said.items() if line == "cpoctl session list")
    assert "ANNA-K" in listed
    assert b"BootNotification" in frames
    assert (tmp_path / "cpoctl.db").stat().st_size > 0


async def followed(line: str, desk: Desk, witness: Witness) -> str:
    """Run a step, and wait for what it brings about at the charger."""
    said = await desk.run(line)
    after = {"session start": "Charging", "session stop": "Finishing", "charger reset": "booted Accepted"}
    for words, effect in after.items():
        if line.startswith(f"cpoctl {words} "):
            await witness.sees(effect)
    return said
