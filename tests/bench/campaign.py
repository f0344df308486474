"""A campaign of firmware over many chargers, a fifth of which cannot do it, while the server is killed in the middle.

It halts at its threshold, and nothing more goes out. Resumed by another threshold it goes on; then the server is ended
by SIGKILL and started again, and it goes on by itself. In the end the chargers say how often each was asked to flash
itself: never twice. `python -m tests.bench.campaign --chargers 500`
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cpoctl.simulator import Backoff, RealTime, VirtualCharger
from tests.bench.contest import allow_many_files, working_folder
from tests.bench.table import table, verdict
from tests.crash.operator import OperatorShell
from tests.support.servers import Server, cpoctl

BATCH_SHARE: Final = 12  # so many batches would be all chargers
SPEED: Final = 20.0  # of the chargers' own steps
WITHIN_S: Final = 240.0
STAGGER: Final = 50
READY_WITHIN_S: Final = 90.0


@dataclass
class Fleet:
    """Simulated chargers that outlive the server, and what each was asked to do."""

    url: str
    count: int
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        clock, names = RealTime(SPEED), [f"CP-{number:03}" for number in range(self.count)]
        self.chargers = [self._charger(name, clock, bad=number % 5 == 4) for number, name in enumerate(names)]

    def _charger(self, name: str, clock: RealTime, *, bad: bool) -> VirtualCharger:
        def heard(sender: str, frame: str) -> None:
            if sender == "csms" and '"UpdateFirmware"' in frame[:80]:
                self.asked[name] += 1

        return VirtualCharger(
            self.url, name, model="BX-2" if bad else "AC-22", firmware="1.0.0", time=clock,
            misbehave="UpdateFirmware=no-effect" if bad else "",
            backoff=Backoff(first_s=0.5, longest_s=3.0), on_frame=heard,
        )  # fmt: skip

    async def come(self) -> None:
        """Connect, so many at a time, and wait until the server has accepted them all."""
        for begin in range(0, self.count, STAGGER):
            batch = self.chargers[begin : begin + STAGGER]
            await asyncio.gather(*(charger.dial_again() for charger in batch))
            await asyncio.gather(*(charger.accepted.wait() for charger in batch))

    async def leave(self) -> None:
        """Disconnect."""
        await asyncio.gather(*(charger.disconnect() for charger in self.chargers), return_exceptions=True)


@dataclass
class Operator:
    """Who starts, resumes and looks."""

    shell: OperatorShell

    async def run(self, *words: str) -> str:
        """Run a command, which must succeed."""
        done = await asyncio.to_thread(self.shell.run, *words)
        if done.returncode:
            raise SystemExit(f"cpoctl {' '.join(words)}: {done.stderr}")
        return done.stdout

    async def show(self) -> dict[str, Any]:
        """How the campaign stands."""
        found: dict[str, Any] = json.loads(await self.run("campaign", "list", "--json"))[0]
        return found

    async def until(self, what: str, reached: Any) -> dict[str, Any]:
        """Wait until the campaign is as it should be."""
        end = time.monotonic() + WITHIN_S
        while not reached(shown := await self.show()):
            if time.monotonic() > end:
                raise SystemExit(f"not {what} within {WITHIN_S:g} s: {shown}")
            await asyncio.sleep(0.5)
        return shown


def main() -> None:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chargers", type=int, default=500)
    count = parser.parse_args().chargers
    allow_many_files(count)
    with working_folder() as folder:
        asyncio.run(_campaign(folder, count))


async def _campaign(folder: Path, count: int) -> None:
    began, lines = time.monotonic(), []
    operator = Operator(OperatorShell(folder))

    def note(what: str, shown: dict[str, Any]) -> None:
        states = ("ok", "failed", "unknown", "sent", "pending")
        seconds = round(time.monotonic() - began, 1)
        lines.append((what, seconds, *(shown[state] for state in states), sum(fleet.asked.values())))
        print(f"{what}: {seconds} s, {shown['state']}: {shown['why']}", flush=True)

    server = Server(cpoctl(folder), folder=folder, timeout=READY_WITHIN_S)
    fleet = Fleet(server.url, count)
    try:
        await fleet.come()
        batch = max(4, count // BATCH_SHARE)
        await _draft(folder, operator, batch)
        await operator.run("campaign", "start", "c", "--confirm", "c")
        shown = await operator.until("halted", lambda row: row["state"] == "halted")
        note("halted", shown)
        shown = await operator.until("calm", lambda row: row["sent"] == 0)
        note("calm", shown)
        held = sum(fleet.asked.values())
        await operator.run("campaign", "resume", "c", "--threshold", "100%", "--confirm", "c")
        await operator.until("under way", lambda row: row["sent"] >= batch // 2 and row["ok"] > count // 3)
        note("killed", await operator.show())
        server.kill()
        server = await asyncio.to_thread(Server, cpoctl(folder, server.port), folder=folder, timeout=READY_WITHIN_S)
        note("started again", await operator.show())
        note("over", await operator.until("over", lambda row: row["state"] == "finished"))
    finally:
        await fleet.leave()
        server.kill()
    head = ("", "s", "ok", "failed", "unknown", "under way", "pending", "UpdateFirmware")
    print(table(f"campaign over {count} chargers, a fifth of which cannot do it", head, lines))
    print(f"asked when it was calm: {held}; how often chargers were asked: {dict(Counter(fleet.asked.values()))}")
    print(verdict("most UpdateFirmware to one charger", max(fleet.asked.values()), 1))


async def _draft(folder: Path, operator: Operator, batch: int) -> None:
    image = folder / "fw-9.9.0.bin"
    image.write_bytes(bytes(range(256)) * 400)
    await operator.run("image", "add", str(image), "--version", "9.9.0")
    options = ("--file", image.name, "--batch", str(batch), "--threshold", "10%", "--quiet")
    await operator.run("campaign", "firmware", "c", "--all", *options)


if __name__ == "__main__":
    main()
