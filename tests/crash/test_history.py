"""The history check finds what a faulty server would do; a check that cannot fail proves nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.history import Sample, Session, problems

_TABLES = """
CREATE TABLE session (
    session_id INTEGER PRIMARY KEY, charger_id TEXT, transaction_id TEXT,
    meter_start_wh INTEGER, stopped_at TEXT, meter_stop_wh INTEGER, energy_wh REAL
) STRICT;
CREATE TABLE meter_value (charger_id TEXT, session_id INTEGER, timestamp_raw TEXT, context TEXT, energy_wh REAL) STRICT;
INSERT INTO session VALUES (1, 'CP1', '77', 0, '2026-01-01T00:03:00Z', 300, 300);
INSERT INTO session VALUES (2, 'CP1', '78', 300, NULL, NULL, NULL);
INSERT INTO meter_value VALUES ('CP1', 1, 'T1', 'Sample.Periodic', 100);
INSERT INTO meter_value VALUES ('CP1', 1, 'T2', 'Sample.Periodic', 300);
"""


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[[str], Path]:
    """Return a maker of databases: the right one, then a statement that spoils it."""

    def make(fault: str) -> Path:
        path = tmp_path / "cpoctl.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(_TABLES + fault)
        return path

    return make


def _sent() -> list[Session]:
    """Return a finished session, and one whose start was acknowledged."""
    samples = [Sample("T1", 100, acked=True), Sample("T2", 300, acked=True)]
    return [
        Session("CP1", 0, transaction_id=77, samples=samples, meter_stop_wh=300, stop_acked=True),
        Session("CP1", 300, transaction_id=78),
    ]


def test_a_database_that_holds_everything_once_has_no_problems(faulty: Callable[[str], Path]) -> None:
    assert problems(_sent(), faulty("")) == []


def test_what_was_sent_and_not_acknowledged_may_be_missing(faulty: Callable[[str], Path]) -> None:
    sent = [*_sent(), Session("CP2", 0)]
    sent[1].samples.append(Sample("T3", 400))
    assert problems(sent, faulty("")) == []


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("DELETE FROM session WHERE session_id = 2", "acknowledged start is missing"),
        ("DELETE FROM meter_value WHERE timestamp_raw = 'T2'", "acknowledged meter value of T2 is missing"),
        ("UPDATE session SET stopped_at = NULL", "acknowledged stop is missing"),
        (
            "INSERT INTO session SELECT 9, charger_id, '79', 0, NULL, NULL, NULL FROM session WHERE session_id = 1",
            "stored 2 times",
        ),
        ("INSERT INTO meter_value SELECT * FROM meter_value WHERE timestamp_raw = 'T1'", "T1 is stored 2 times"),
        ("UPDATE session SET transaction_id = '1' WHERE session_id = 2", "acknowledged as 78, stored as 1"),
        ("UPDATE session SET stopped_at = 'T9' WHERE session_id = 2", "stopped, but no stop was sent"),
        ("UPDATE session SET meter_stop_wh = 299 WHERE session_id = 1", "stopped at 299 Wh instead of 300 Wh"),
        ("UPDATE session SET energy_wh = 200 WHERE session_id = 1", "200.0 Wh instead of 300 Wh"),
        ("UPDATE meter_value SET energy_wh = 1 WHERE timestamp_raw = 'T1'", "1.0 Wh at T1 instead of 100 Wh"),
        ("UPDATE meter_value SET session_id = 2 WHERE timestamp_raw = 'T1'", "T1 belongs to session 2"),
        ("INSERT INTO session VALUES (9, 'CP3', '80', 5, NULL, NULL, NULL)", "CP3 5: stored, but never sent"),
        ("INSERT INTO meter_value VALUES ('CP1', 2, 'T7', 'Sample.Periodic', 9)", "T7: stored, but never sent"),
        ("UPDATE session SET session_id = 9 WHERE session_id = 1", "CP1: sessions out of order"),
    ],
)
def test_a_fault_is_found(faulty: Callable[[str], Path], fault: str, found: str) -> None:
    assert any(found in problem for problem in problems(_sent(), faulty(fault)))


def test_a_damaged_file_is_found(faulty: Callable[[str], Path]) -> None:
    path = faulty("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'meter_value';")
    assert any(problem.startswith("integrity: ") for problem in problems([], path))
