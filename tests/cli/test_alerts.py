"""`alert list` in a script: the rows on stdout, and with --exit-code whether anybody has to be called. UX §4.5"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

AT = "2026-11-22T13:00:00.000Z"


@pytest.fixture
def faulty(db: Path) -> Path:
    """A database with two open alerts, one of them acknowledged; its charger writes what hurts a terminal."""
    with closing(sqlite3.connect(db)) as file:
        for number, acked in ((1, AT), (2, None)):
            told = (number, "evse-faulted", "critical", "HQ-01", number, AT, AT, "E-1\x1b[2J\u202e[b]", 1, acked)
            file.execute(
                "INSERT INTO alert (alert_id, rule, severity, charger_id, evse_id, opened_at, since, what, openings,"
                " acked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                told,
            )
        file.commit()
    return db


def test_an_alert_that_nobody_has_acknowledged_fails_the_check_and_is_told_all_the_same(cli: Cli, faulty: Path) -> None:
    found = cli("--db", str(faulty), "alert", "list", "--exit-code", "--json")
    assert found.code == 11
    assert [row["alert_id"] for row in json.loads(found.out)] == ["1", "2"]
    assert "1 open alert that nobody has acknowledged" in found.err


def test_the_check_is_about_the_rows_that_are_picked(cli: Cli, faulty: Path) -> None:
    assert cli("--db", str(faulty), "alert", "list", "--exit-code", "--where", "evse_id=1").code == 0
    assert cli("--db", str(faulty), "alert", "list").code == 0


def test_what_a_charger_says_of_its_fault_cannot_hurt_a_terminal(cli: Cli, faulty: Path) -> None:
    for words in (("alert", "list"), ("alert", "show", "1"), ("alert", "list", "-o", "table")):
        said = cli("--db", str(faulty), *words).out
        assert "\x1b" not in said
        assert "\u202e" not in said
        assert "E-1" in said
