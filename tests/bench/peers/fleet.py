"""A server's control API over a fleet that is only thought of, for the bench of the dashboard.

The snapshot, the list and the streams are the product's own; only chargers and traffic are made up, an exchange an event.
Each line on stdin is a wish, such as `200 any` or `20 seen`: so many events a second, at any chargers or at those that
lead the list.
"""

import argparse
import asyncio
import gc
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain.fleet import Evse, Link, LiveCharger, OpenSession
from cpoctl.foreground import loop_factory
from cpoctl.http.app import create_app
from cpoctl.http.feeds import Feeds
from cpoctl.http.serving import serve_api
from cpoctl.operations import Record
from tests.http.face import OPERATIONS, Face, database

LEADING = 30
"""So many chargers are broken: they stand above all others."""
_TURN = 0.02


class Fleet(Face):
    """Chargers of two EVSEs: broken ones, a fifth charging, some offline, the rest idle. `asleep`: offline for days."""

    def __init__(self, path: Path, size: int, *, asleep: bool) -> None:
        super().__init__(path)
        self._seq = 0
        self._sessions = self._frames = 0
        self._now = datetime.now(UTC)
        self._random = random.Random(7)  # the same traffic each time
        for number, charger in enumerate(self.live.chargers.values()):
            charger.model, charger.version, charger.firmware = "Wall 22", "1.6", "1.8.4"
            charger.last_seen = self._now - timedelta(days=2, hours=12) if asleep else self._now
            statuses = ("Available", "Available") if asleep else _statuses(number, size)
            charger.evses = {
                evse: Evse(evse, status, "NoError", since=stored(self._now - timedelta(hours=30)))
                for evse, status in enumerate(statuses, 1)
            }
            if not asleep and not _offline(number, size):
                charger.link = Link(number + 1, f"10.0.{number // 250}.{number % 250}:40000", "1.6", "none", self._at())
                for evse in charger.evses.values():
                    if evse.status == "Charging":
                        charger.sessions.update([self._session(evse.evse_id)])

    @property
    def latest_seq(self) -> int:
        """The newest number."""
        return self._seq

    async def events_since(self, seq: int, limit: int) -> list[Record]:
        """What has happened is over."""
        return []

    def happens(self, event: events.Event) -> None:
        """Apply an event and publish it, as after a commit."""
        self._seq += event.stored
        self.live.apply(event)
        self.bus.publish(self._seq if event.stored else None, event)
        self._frames += 1
        if self.bus.frames_wanted:
            self.bus.publish(None, _exchange(self._frames, event, self._at()))

    def anything(self) -> Iterator[events.Event]:
        """Twelve readings, four statuses, two begins and two ends of sessions, again and again, anywhere."""
        online = [charger for charger in self.live.chargers.values() if charger.connected][LEADING:]
        while True:
            yield from (
                self._reading(self._random.choice([c for c in self._some(online) if c.sessions] or online))
                for _ in range(12)
            )
            for status in ("Preparing", "Available", "SuspendedEV", "Charging"):
                yield _status(self._random.choice(online), status, self._at())
            yield from (self._begin(self._random.choice(online)) for _ in range(2))
            yield from (_end(self._random.choice([c for c in online if c.sessions]), self._at()) for _ in range(2))

    def leading(self) -> Iterator[events.Event]:
        """Readings of the chargers at the top of the list, by turns."""
        top = list(self.live.chargers.values())[:LEADING]
        while True:
            yield from (self._reading(charger) for charger in top[:20])

    def _some(self, chargers: list[LiveCharger]) -> list[LiveCharger]:
        return self._random.sample(chargers, min(20, len(chargers)))

    def _session(self, evse_id: int) -> tuple[str, OpenSession]:
        self._sessions += 1
        number, at = self._sessions, self._at()
        return str(number), OpenSession(number, evse_id, str(number), f"TAG-{number}", "Accepted", at, 0.0, 0.0, 11e3)

    def _reading(self, charger: LiveCharger) -> events.Event:
        session = next(iter(charger.sessions.values()), None)
        energy = (session.energy_wh or 0) if session else 0
        return events.MeterChanged(
            charger_id=charger.charger_id,
            evse_id=session.evse_id if session else 1,
            transaction_id=session.transaction_id if session else None,
            taken_at=self._at(),
            energy_wh=energy + 250,
            power_w=float(self._random.randrange(7_000, 22_000)),
            soc_percent=float(self._random.randrange(100)),
        )

    def _begin(self, charger: LiveCharger) -> events.Event:
        key, session = self._session(1)
        return events.SessionStarted(
            charger_id=charger.charger_id, session_id=session.session_id, evse_id=1, transaction_id=key,
            tag_id=session.tag_id, tag_status="Accepted", started_at=self._at(), started_raw=self._at(),
            meter_start_wh=0.0, meter_start_raw="0",
        )  # fmt: skip

    def _at(self) -> str:
        return stored(datetime.now(UTC))


def _exchange(number: int, event: events.Event, at: str) -> events.Event:
    """The frames in which a charger of 1.6 may have told it: 400 signs, as a reading of a few values has."""
    value = '{"value":"%d","context":"Sample.Periodic","measurand":"%s","unit":"%s","location":"Outlet"}'
    values = ",".join(value % (number, *what) for what in (("Energy.Active.Import.Register", "Wh"), ("SoC", "Percent")))
    carried = (
        f'{{"connectorId":1,"transactionId":{number},"meterValue":[{{"timestamp":"{at}","sampledValue":[{values}]}}]}}'
    )
    name = f"{number:08x}-4d4f-4b1e-9a53-1f0c2b7a6d10"
    return events.FrameLogged(
        charger_id=event.charger_id, journal_id=number, at=at, sender="charger", action="MeterValues", message_id=name,
        request=f'[2,"{name}","MeterValues",{carried}]', answer=f'[3,"{name}",{{}}]', outcome="result", latency_ms=1.25,
    )  # fmt: skip


def _offline(number: int, size: int) -> bool:
    return number >= size - size // 20


def _statuses(number: int, size: int) -> tuple[str, str]:
    if number < LEADING:
        return "Faulted", "Charging"
    return ("Charging" if number < size // 5 else "Available"), "Available"


def _status(charger: LiveCharger, status: str, at: str) -> events.Event:
    return events.StatusChanged(
        charger_id=charger.charger_id, evse_id=2, status=status, error_code="NoError", info=None, vendor_id=None,
        vendor_error_code=None, since=at,
    )  # fmt: skip


def _end(charger: LiveCharger, at: str) -> events.Event:
    session = next(iter(charger.sessions.values()))
    return events.SessionStopped(
        charger_id=charger.charger_id, session_id=session.session_id, evse_id=session.evse_id,
        transaction_id=session.transaction_id, started_at=session.started_at, stopped_at=at, energy_wh=4_000.0,
        reason="Local",
    )  # fmt: skip


def _recorded(path: Path, size: int) -> Path:
    """A database with the chargers' records and their EVSEs."""
    names = [f"HQ-{number:05d}" for number in range(size)]
    with closing(sqlite3.connect(database(path, names))) as connection, connection:
        connection.execute("UPDATE charger SET model = 'Wall 22', version = '1.6', firmware = '1.8.4'")
        connection.executemany(
            "INSERT INTO evse (charger_id, evse_id, status, since) VALUES (?, ?, 'Available', '2026-11-22T10:00:00.000Z')",
            [(name, evse) for name in names for evse in (1, 2)],
        )
    return path


async def _traffic(fleet: Fleet) -> None:
    """Do what the lines on stdin wish for, until there are no more."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    kinds = {"any": fleet.anything(), "seen": fleet.leading()}
    wish: asyncio.Task[bytes] = asyncio.ensure_future(lines.readline())
    rate, kind, due = 0.0, kinds["any"], 0.0
    while True:
        await asyncio.wait([wish], timeout=_TURN if rate else None)
        if wish.done():
            if not (words := wish.result().decode().split()):
                return
            rate, kind, due = float(words[0]), kinds[words[1]], asyncio.get_running_loop().time()
            wish = asyncio.ensure_future(lines.readline())
        now = asyncio.get_running_loop().time()
        while rate and due <= now:
            fleet.happens(next(kind))
            due += 1 / rate


async def _serve(options: argparse.Namespace) -> None:
    fleet = Fleet(_recorded(options.folder / "fleet.db", options.chargers), options.chargers, asleep=options.asleep)
    served = await serve_api(create_app(OPERATIONS, fleet, Feeds()), options.folder / "s")
    gc.collect()
    gc.freeze()  # as the server itself does
    print("ready", flush=True)
    await _traffic(fleet)
    await served.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chargers", type=int, default=10_000)
    parser.add_argument("--asleep", action="store_true")
    asyncio.Runner(loop_factory=loop_factory()).run(_serve(parser.parse_args()))
