"""A database that reports read, written by hand: sites in four zones, sessions, prices, statuses."""

import random
import sqlite3
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cpoctl.domain.owners import ALWAYS, begins_at
from cpoctl.store.sqlite.reading import OfflineReader
from tests.support.databases import empty_database

ZONES = {"": "UTC", "hq": "Europe/Berlin", "ny": "America/New_York", "ktm": "Asia/Kathmandu"}
BEGAN = "2026-01-01T00:00:00.000Z"


class Books:
    """A database that is written by hand and read by reports."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(empty_database(path), isolation_level=None)
        self.db.execute("PRAGMA synchronous = OFF")
        self.reader = OfflineReader(path)
        self.read = self.reader.read
        for site, zone in ZONES.items():
            if site:
                self.add("site", site_id=site, name=site, time_zone=zone, added_at=BEGAN)
            self.add(
                "charger",
                charger_id=f"CP-{site}",
                registration="Accepted",
                known=1,
                added_at=BEGAN,
                site_id=site or None,
            )
        self.add("run", started_at=BEGAN, alive_at="2027-01-01T00:00:00.000Z", version="1", pid=1)

    def add(self, table: str, **values: Any) -> int:
        """A row; its number."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        return self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values())).lastrowid or 0

    def session(self, site: str, began: str, ended: str | None, wh: float | None, tag: str = "T", **more: Any) -> int:
        """A session at a site."""
        told: dict[str, Any] = {
            "charger_id": f"CP-{site}", "evse_id": 1, "transaction_id": str(random.random()), "issued": 1, "tag_id": tag, "keyed": 0, "stopped_at": ended,
            "tag_status": "Accepted", "started_at": began, "started_raw": began, "start_received_at": began, "meter_start_raw": "", "energy_wh": wh,
        }  # fmt: skip
        return self.add("session", **told | more)


def owned(books: Books, site: str, owner: str | None, day: str = ALWAYS) -> None:
    """Whose a site is from a day on."""
    begins = begins_at(day, ZoneInfo(ZONES[site]))
    books.add("site_owner", site_id=site, owner_id=owner, valid_from=day, begins_at=begins, set_at=BEGAN, actor="me")


def priced(books: Books, site: str, day: str, net_e4: int, currency: str = "EUR") -> None:
    """A session with a price of 20 % VAT."""
    session = books.session(site, f"{day}T10:00:00.000Z", f"{day}T11:00:00.000Z", 10_000)
    books.add(
        "session_price", session_id=session, net_e4=net_e4, vat_e4=net_e4 // 5, gross_e4=net_e4 + net_e4 // 5,
        currency=currency, tariff_id="day", version="1", priced_at=BEGAN, actor="automatic", bill="{}",
    )  # fmt: skip


def told(books: Books, status: str, at: str, code: str | None = None, *, evse: int = 1, heard: str = "") -> None:
    """A status of the charger without a site."""
    books.add(
        "status_change",
        charger_id="CP-",
        evse_id=evse,
        status=status,
        error_code=code,
        happened_at=at,
        timestamp_raw=at,
        received_at=heard or at,
    )


def broken(books: Books) -> None:
    """A charger that has a fault for two days of October, is connected else, and was heard in September."""
    books.add("evse", charger_id="CP-", evse_id=1, status="Available", since=BEGAN)
    books.add(
        "connection", charger_id="CP-", opened_at="2026-09-01T00:00:00.000Z", address="", version="1.6", auth="none"
    )
    told(books, "Available", "2026-09-01T00:00:01.000Z")
    told(books, "Faulted", "2026-10-10T00:00:00.000Z", "GroundFailure")
    told(books, "Available", "2026-10-12T00:00:00.000Z")
