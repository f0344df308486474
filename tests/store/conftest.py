"""A database of its own for each test, and rows that read like what chargers send."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cpoctl.store import rows
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.store import SqliteStore
from tests.support.databases import empty_database

NOW = "2026-11-22T14:02:11.113Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cpoctl.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = open_store(empty_database(path))
    yield opened
    await opened.close()


def start(session_id: int, *, raw: str = "2026-11-22T14:02:11Z", charger: str = "CP-7") -> rows.SessionStart:
    return rows.SessionStart(
        session_id=session_id,
        charger_id=charger,
        evse_id=1,
        connector_id=None,
        transaction_id=str(session_id),
        issued=1,
        tag_id="TAG",
        tag_status="Accepted",
        reservation_id=None,
        started_at=NOW,
        started_raw=raw,
        start_received_at=NOW,
        meter_start_wh=0.0,
        meter_start_raw="0",
        keyed=1,
        flags="[]",
    )


def stop(session_id: int, *, energy: float = 1500.0, flags: str = "[]") -> rows.SessionStop:
    return rows.SessionStop(NOW, "raw", NOW, energy, "1500", energy, "Local", None, None, flags, session_id)


def sample(raw: str, *, charger: str = "CP-7", **values: Any) -> rows.MeterValue:
    blank = rows.MeterValue(charger, 1, 5, raw, "", NOW, NOW, None, None, None, None, None, None, None)
    return blank._replace(**values)


def frame(
    number: int, *, action: str = "MeterValues", at: str = NOW, size: int = 2, charger: str = "CP-7"
) -> rows.Journal:
    text = "x" * size
    return rows.Journal(number, at, charger, 1, "charger", action, f"m{number}", text, text, "result", 1.5, None)


class Answers:
    """Collects what `done` is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[int, Exception | None]] = []
        self._changed = asyncio.Event()

    def done(self, number: int) -> Any:
        def tell(error: Exception | None) -> None:
            self.told.append((number, error))
            self._changed.set()

        return tell

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.told) < count:
                self._changed.clear()
                await self._changed.wait()
