"""The SQLite file that the peers keep sessions and meter values in, as durable as cpoctl's."""

import sqlite3
from pathlib import Path

INSERT_SESSION = """
INSERT INTO session (session_id, charger_id, evse_id, tag_id, started_at, meter_start_wh) VALUES (?, ?, ?, ?, ?, ?)
"""
STOP_SESSION = "UPDATE session SET stopped_at = ?, meter_stop_wh = ?, reason = ? WHERE session_id = ?"
INSERT_VALUE = """
INSERT INTO meter_value (charger_id, evse_id, session_id, timestamp_raw, measurand, unit, value)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def create(path: Path) -> sqlite3.Connection:
    """Open the database, making it if need be: WAL, synchronous=FULL, transactions by hand, usable from a writer thread."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"))
    return connection
