"""Proof of `session rebuild`: odd chargers of three versions, a server that is killed in the middle, then every session once more.

What live processing stored and what the journal says must be the same. Then rows are damaged behind the server's back: exactly
those are shown, and repaired. `python -m tests.bench.rebuilding --sessions 1000`

With `--beside`: what a rebuild costs the chargers instead, the p99 of session traffic alone and beside it. Budget: twice.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from cpoctl.clock import wire
from cpoctl.ocpp import Version
from tests.bench.contest import idling, paced, start, working_folder
from tests.bench.figures import Figures
from tests.bench.table import table, verdict
from tests.support.csms import BOOT, BOOT_2
from tests.support.raw_charger import RawCharger, dial
from tests.support.servers import Server, cpoctl, database

CHARGERS: Final = 12
VERSIONS: Final = (Version.V16, Version.V201, Version.V21)
READINGS: Final = 6
ROUNDS: Final = 3
DAMAGE: Final = {
    "energy": "UPDATE session SET energy_wh = coalesce(energy_wh, 0) + 1234 WHERE session_id = ?",
    "end": "UPDATE session SET stopped_at = '2026-01-01T00:00:00.000Z' WHERE session_id = ?",
    "meter": "UPDATE session SET meter_stop_wh = NULL, energy_wh = NULL, flags = '[\"meter_missing\"]' WHERE session_id = ?",
}
SPAN: Final = ("--from", "2020-01", "--to", "2027-12")
COLUMNS: Final = "session_id, started_at, stopped_at, meter_start_wh, meter_stop_wh, energy_wh, tag_id"


@dataclass
class Odd:
    """A charger that tells its sessions with whatever can go wrong, and repeats what was not answered."""

    name: str
    version: Version
    port: int
    chance: random.Random
    at: datetime
    wire: RawCharger | None = None
    register: float = 100_000.0
    told: Counter[str] = field(default_factory=Counter)
    open_two: tuple[Any, ...] | None = None

    async def say(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send a Call until it is answered, over a server that may die at any moment."""
        for _ in range(200):
            try:
                if self.wire is None:
                    headers = (("Sec-WebSocket-Protocol", self.version.subprotocol),)
                    self.wire = await dial(self.port, f"/{self.name}", headers)
                    boot = BOOT if self.version is Version.V16 else BOOT_2
                    await self.wire.call("BootNotification", boot)
                self.told[action] += 1
                return await self.wire.call(action, payload)
            except (OSError, TimeoutError, EOFError, AssertionError, asyncio.IncompleteReadError):
                self.wire = None
                await asyncio.sleep(0.1)
        raise TimeoutError(f"{self.name} was never answered")

    def later(self, seconds: float = 300) -> str:
        """The time of what it says next."""
        self.at += timedelta(seconds=seconds)
        return wire(self.at)

    async def session(self, number: int) -> None:
        """One session, odd in one way or another."""
        way = self.chance.choice(
            ("plain", "plain", "plain", "reset", "back", "leap", "kwh", "no end", "late", "orphan")
        )
        registers = self._registers(way)
        begin, readings, end = registers[0], registers[1:-1], registers[-1]
        if way == "no end":
            end = -1
        if self.version is Version.V16:
            await self._of_16(number, way, begin, readings, end)
        else:
            await self._of_2(number, way, begin, readings, end)

    def _registers(self, way: str) -> list[float]:
        steps = [round(self.chance.uniform(200, 3000)) for _ in range(READINGS + 1)]
        told = [self.register]
        for step in steps:
            told.append(told[-1] + step)
        self.register = told[-1]
        if way == "reset":
            told[4:] = [wh - told[4] for wh in told[4:]]
            self.register = told[-1]
        elif way == "back":
            told[3] -= 5000
        elif way == "leap":
            told[3] += 9e8
        elif way == "kwh":
            told[1:-1] = [wh / 1000 for wh in told[1:-1]]
        return told

    async def _of_16(self, number: int, way: str, begin: float, readings: list[float], end: float) -> None:
        evse, tag = 1 + number % 2, f"TAG-{number % 7}"
        start = {"connectorId": evse, "idTag": tag, "meterStart": round(begin), "timestamp": self.later()}
        transaction = (await self.say("StartTransaction", start))["transactionId"]
        values = [
            {
                "connectorId": evse,
                "transactionId": transaction,
                "meterValue": [{"timestamp": self.later(), "sampledValue": [{"value": str(wh)}]}],
            }
            for wh in readings
        ]
        stop = {"transactionId": transaction, "meterStop": round(end), "timestamp": self.later()}
        if way == "orphan":
            await self.say(
                "StopTransaction", {**stop, "transactionId": 2**31 - 1 - number, "timestamp": "2020-01-01T00:00:00Z"}
            )
        late = values.pop() if way in ("late", "no end") else None
        for value in values:
            await self.say("MeterValues", value)
        if self.chance.random() < 0.3 and self.wire is not None:
            await self.wire.hang_up()  # a new connection explains a register that begins anew
            self.wire = None
        await self.say("StopTransaction", stop)
        if self.chance.random() < 0.2:
            await self.say("StopTransaction", stop)
        if late is not None:
            await self.say("MeterValues", late)

    async def _of_2(self, number: int, way: str, begin: float, readings: list[float], end: float) -> None:
        def step(kind: str, seq: int, wh: float, context: str) -> dict[str, Any]:
            told: dict[str, Any] = {
                "eventType": kind,
                "timestamp": self.later(),
                "triggerReason": "Trigger",
                "seqNo": seq,
                "transactionInfo": {"transactionId": f"{self.name}-{number}"},
                "evse": {"id": 1 + number % 2, "connectorId": 1},
            }
            if wh >= 0:
                value = {"value": wh, "context": context, "measurand": "Energy.Active.Import.Register"}
                told["meterValue"] = [{"timestamp": told["timestamp"], "sampledValue": [value]}]
            if kind == "Started":
                told["idToken"] = {"idToken": f"TAG-{number % 7}", "type": "ISO14443"}
            return told

        steps = [step("Started", 0, begin, "Transaction.Begin")]
        steps += [step("Updated", seq, wh, "Sample.Periodic") for seq, wh in enumerate(readings, 1)]
        steps.append(step("Ended", len(steps), end, "Transaction.End"))
        if way == "late":  # steps in a wrong order
            self.chance.shuffle(steps)
        elif way == "orphan":
            del steps[0]
        for each in steps:
            await self.say("TransactionEvent", each)
            if self.chance.random() < 0.1:
                await self.say("TransactionEvent", each)


async def told(chargers: list[Odd], sessions: int) -> None:
    """All sessions of all chargers."""
    each = -(-sessions // len(chargers))

    async def one(charger: Odd) -> None:
        for number in range(each):
            await charger.session(number)

    await asyncio.gather(*(one(charger) for charger in chargers))


def rebuilt(folder: Path, *more: str) -> list[dict[str, Any]]:
    """What the command tells."""
    command = [sys.executable, "-m", "cpoctl", "session", "rebuild", *SPAN, "--json"]
    done = subprocess.run(
        [*command, *more, "--db", str(database(folder))],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def stood(folder: Path) -> dict[int, tuple[Any, ...]]:
    """The sessions as they are stored."""
    with closing(sqlite3.connect(database(folder), timeout=10)) as connection:
        return {row[0]: row for row in connection.execute(f"SELECT {COLUMNS} FROM session")}


def damaged(folder: Path, chance: random.Random) -> set[int]:
    """Break some rows, as no server would."""
    with closing(sqlite3.connect(database(folder), timeout=10)) as connection, connection:
        known = [row[0] for row in connection.execute("SELECT session_id FROM session WHERE energy_wh > 0")]
        broken = chance.sample(known, min(30, len(known) // 3))
        for place, session in enumerate(broken):
            connection.execute([*DAMAGE.values()][place % len(DAMAGE)], [session])
    return set(broken)


def peak_mib(pid: int) -> float:
    """The most memory that a process had."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _good(good: bool) -> str:
    return "yes" if good else "NO"


def prove(sessions: int, seed: int) -> bool:
    """Run it all; whether it was as it must be."""
    chance, rows = random.Random(seed), []
    with working_folder() as folder:
        server = Server(cpoctl(folder), folder=folder)
        port = server.port
        begin = datetime.now(UTC) - timedelta(days=200)
        chargers = [
            Odd(f"CP-{place:02}", VERSIONS[place % 3], port, random.Random(seed + place), begin)
            for place in range(CHARGERS)
        ]

        async def tell() -> None:
            nonlocal server
            telling = asyncio.create_task(told(chargers, sessions))
            for _ in range(2):
                await asyncio.sleep(3)
                if telling.done():
                    break
                server.kill()
                rows.append(("killed", f"after {len(stood(folder))} sessions", ""))
                server = await asyncio.to_thread(Server, cpoctl(folder, port), folder=folder)
            await telling

        asyncio.run(tell())
        try:
            before, memory = stood(folder), peak_mib(server.pid)
            began = time.monotonic()
            found = rebuilt(folder)
            took = time.monotonic() - began
            states = Counter(row["state"] for row in found)
            rows.append(("as it was lived", str(dict(states)), _good(states.keys() <= {"same"})))
            rows += [
                (f"  {row['session_id']} of {row['charger_id']}", f"{row['note']} {row['stored']} {row['rebuilt']}", "")
                for row in found
                if row["state"] != "same"
            ][:20]
            rows.append(("seconds for 1,000", f"{1000 * took / max(1, len(found)):.1f}", ""))
            rows.append(("memory before, after, MiB", f"{memory:.0f}, {peak_mib(server.pid):.0f}", ""))
            broken = damaged(folder, chance)
            shown = {int(row["session_id"]) for row in rebuilt(folder) if row["state"] == "differs"}
            rows.append(("damaged rows are shown", f"{len(shown)} of {len(broken)}", _good(shown == broken)))
            applied = rebuilt(folder, "--apply", "--reason", "proof", "--yes")
            repaired = {int(row["session_id"]) for row in applied if row["state"] == "applied"}
            rows.append(("and repaired", str(len(repaired)), _good(repaired == broken and stood(folder) == before)))
            states = Counter(row["state"] for row in rebuilt(folder))
            rows.append(("and are the same then", str(dict(states)), _good(states.keys() <= {"same"})))
        finally:
            server.stop()
    print(table("session rebuild", ("what", "found", "as it must be"), rows))
    return all(row[2] != "NO" for row in rows)


@contextmanager
def _rebuilding(folder: Path) -> Iterator[list[float]]:
    """Rebuild all sessions again and again, until the block is left; how many seconds each took that came to its end."""
    over, took = Event(), list[float]()
    command = [sys.executable, "-m", "cpoctl", "--db", str(database(folder)), "session", "rebuild", *SPAN, "-q"]

    def run() -> None:
        while not over.is_set():
            began = time.monotonic()
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                idling(process.pid)
                while process.poll() is None and not over.wait(0.1):
                    pass
                if over.is_set():
                    process.terminate()
                elif process.returncode:
                    raise RuntimeError(f"the rebuild ended with exit code {process.returncode}")
                else:
                    took.append(round(time.monotonic() - began, 1))

    thread = Thread(target=run)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join(30)


def beside(seconds: float) -> bool:
    """Measure session traffic alone, and beside rebuilds of what it told; whether that is within the budget."""
    with working_folder() as folder, start("cpoctl", folder) as server:
        paced(server, seconds)
        sessions, took, quiet, busy = len(stood(folder)), list[float](), list[Figures](), list[Figures]()
        for _ in range(ROUNDS):  # by turns: what else the machine does only ever takes away
            quiet.append(paced(server, seconds))
            with _rebuilding(folder) as some:
                busy.append(paced(server, seconds))
            took += some
    alone, during = (min(runs, key=lambda run: run.p99_ms) for runs in (quiet, busy))
    columns = ("rate", "p50_ms", "p99_ms", "max_ms", "errors", "left_out")
    runs = (("alone", alone), ("during the rebuild", during))
    rows = [(name, *(getattr(run, column) for column in columns)) for name, run in runs]
    head = ("session traffic", "calls/s", "p50 ms", "p99 ms", "max ms", "errors", "left out")
    print(table(f"{sessions:,} sessions are rebuilt", head, rows))
    print(f"      p99 of all rounds: {[run.p99_ms for run in quiet]} and {[run.p99_ms for run in busy]}")
    print(f"      rebuilds that came to their end took so many seconds: {took}")
    print(verdict("p99 during / alone", during.p99_ms / alone.p99_ms, 2))
    return during.p99_ms <= 2 * alone.p99_ms


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", action="store_true", help="measure session traffic beside a rebuild instead")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to measure each")
    given = parser.parse_args()
    sys.exit(not (beside(given.seconds) if given.beside else prove(given.sessions, given.seed)))


if __name__ == "__main__":
    main()
