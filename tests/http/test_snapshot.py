"""The snapshot: true for one moment however long it takes, with the energy of the day where that is asked for."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpoctl import events
from cpoctl.client.unix import UnixClient
from cpoctl.domain.fleet import Evse, LiveCharger, LiveFleet, OpenSession
from cpoctl.errors import UsageProblem
from cpoctl.http.energy import ENDED
from cpoctl.http.snapshot import Copy
from cpoctl.operations import Query
from tests.http.face import Face, Running, database, running

AT = "2026-11-22T10:00:00.000Z"
MIDNIGHT = "2026-11-22T00:00:00Z"


def session(charger_id: str, wh: float | None, stopped_at: str, number: int) -> tuple[Any, ...]:
    return (number, charger_id, 1, str(number), 0, "ANNA", "Accepted", AT, AT, AT, "0", 0, stopped_at, wh)


def stopped(charger_id: str, wh: float) -> events.SessionStopped:
    return events.SessionStopped(
        charger_id=charger_id, session_id=9, evse_id=1, transaction_id="9", started_at=AT, stopped_at=AT, energy_wh=wh,
        reason=None,
    )  # fmt: skip


class Busy(Face):
    """A server at which sessions end while it sums up those that have ended."""

    async def query(self, query: Query) -> list[Any]:
        """The first end that is told is in the sums already, the second is not."""
        rows = await super().query(query)
        for number, event in enumerate((stopped("HQ-01", 1000.0), stopped("hq-02", 70.0)), 5):
            self.bus.publish(number, event)
        return rows

    @property
    def latest_seq(self) -> int:
        """The newest number."""
        return 6


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """A database with sessions that ended, the newest with the event 5."""
    path = database(tmp_path / "ended.db", ("HQ-01", "HQ-02", "HQ-03"))
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO session (session_id, charger_id, evse_id, transaction_id, issued, tag_id, tag_status, started_at,"
            " started_raw, start_received_at, meter_start_raw, keyed, stopped_at, energy_wh)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                session("HQ-01", 400.0, "2026-11-21T23:59:59.999Z", 1),
                session("HQ-01", 500.0, "2026-11-22T00:00:00.000Z", 2),
                session("hq-01", 1000.0, AT, 3),
                session("HQ-03", None, AT, 4),
            ],
        )
        connection.execute("INSERT INTO event VALUES (5, ?, 'SessionStopped', 'HQ-01', '{}')", (AT,))
    connection.close()
    return path


@pytest.fixture
def busy(ended: Path, tmp_path: Path) -> Iterator[Running]:
    with running(ended, tmp_path / "s", kind=Busy) as api:
        yield api


def test_energy_counts_each_session_that_ended_since_once(busy: Running) -> None:
    told = UnixClient(busy.socket).request("GET", f"/v1/snapshot?since={MIDNIGHT}")
    energy = {name.upper(): wh for name, wh in told["energy_wh"].items()}
    assert energy == {"HQ-01": 1500.0, "HQ-02": 70.0, "HQ-03": 0.0}
    assert "energy_wh" not in UnixClient(busy.socket).request("GET", "/v1/snapshot")


@pytest.mark.parametrize("since", ["yesterday", "2026-11-22T00:00:00", "0001-01-01T00:00:00%2B14:00", ""])
def test_what_is_no_instant_is_refused(api: Running, since: str) -> None:
    with pytest.raises(UsageProblem, match="is not an instant such as 2026-11-22T00:00:00Z"):
        UnixClient(api.socket).request("GET", f"/v1/snapshot?since={since}")


def test_the_energy_of_a_day_is_found_without_reading_the_years_before(ended: Path) -> None:
    connection = sqlite3.connect(ended)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {ENDED}", (MIDNIGHT,))]
    connection.close()
    assert plan[0] == "SEARCH session USING INDEX session_ended (stopped_at>?)"


def test_what_happens_while_a_large_fleet_is_told_is_not_in_the_snapshot() -> None:
    live = LiveFleet()
    for number in range(1000):
        charger = live.add(LiveCharger(f"CP-{number}", evses={1: Evse(1, "Charging")}))
        charger.sessions["9"] = OpenSession(number, 1, "9", "ANNA", "Accepted", AT, 0.0)
    with Copy(live) as copy:
        slices = copy.slices()
        parts = [next(slices)]
        for name in ("CP-0", "CP-999", "CP-998"):
            live.apply(stopped(name, 1.0))
        live.apply(events.ChargerRemoved(charger_id="CP-997"))
        live.apply(events.ChargerAdded(charger_id="CP-1000", registration="Accepted", known=True))
        parts += slices
    chargers = [charger for part in parts for charger in json.loads(b"[" + part + b"]")]
    assert [charger["charger_id"] for charger in chargers] == [f"CP-{number}" for number in range(1000)]
    assert [json.loads(told)["session_id"] for told in copy.sessions] == list(range(1000))
    assert live.before_change == []
