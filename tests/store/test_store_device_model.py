"""Variables in the database: those of before the device model stay, and a later one adds to what was known."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cpoctl.store import rows
from cpoctl.store.sqlite import batch
from cpoctl.store.sqlite.migrate import migrate, migrations

WHEN = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE = 7
OLD = [
    ("CP-1", "HeartbeatInterval", "300", 0, "2026-11-22T10:00:00Z"),
    ("CP-1", "heartbeatinterval", "600", None, "2026-11-22T11:00:00Z"),
    ("CP-1", "NumberOfConnectors", "2", 1, "2026-11-22T10:00:00Z"),
    ("CP-1", "LedColour", None, None, "2026-11-22T10:00:00Z"),
]


def no_backup(database: Path, target: Path) -> None:
    """Nothing is lost here."""


def test_what_was_told_before_stays_and_of_two_spellings_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, WHEN, backup=no_backup, steps=migrations()[:BEFORE])
        connection.executemany("INSERT INTO variable VALUES (?, ?, ?, ?, ?)", OLD)
        migrate(connection, path, WHEN, backup=no_backup, steps=migrations())
        told = connection.execute("SELECT name, value, mutability, component FROM variable ORDER BY name").fetchall()
    assert told == [
        ("heartbeatinterval", "600", None, None),
        ("LedColour", None, None, None),
        ("NumberOfConnectors", "2", "ReadOnly", None),
    ]


def test_an_answer_adds_the_value_and_leaves_what_a_report_told(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as connection:
        migrate(connection, tmp_path / "a.db", WHEN, backup=no_backup, steps=migrations())
        first = rows.Variable("CP-1", "EVSE:1.Power", "1", "ReadOnly", "a", "EVSE:1", "decimal", "W", 0.0, 9.0, "x", 7)
        again = rows.Variable("cp-1", "evse:1.power", None, None, "b", "EVSE:1")
        connection.execute("BEGIN")
        batch.write(connection, [[first], [again]])
        connection.execute("COMMIT")
        (told,) = connection.execute("SELECT * FROM variable").fetchall()
    assert told == ("CP-1", "EVSE:1.Power", None, "ReadOnly", "b", "EVSE:1", "decimal", "W", 0.0, 9.0, "x", 7)
