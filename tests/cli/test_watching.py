"""Watching from the command line: it ends with what is watched, and a pipe gets a JSON object a line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.http.face import Running

ENDED = """
INSERT INTO session (session_id, charger_id, evse_id, transaction_id, issued, tag_id, tag_status, started_at, started_raw,
  start_received_at, meter_start_wh, meter_start_raw, keyed, stopped_at, energy_wh, stop_reason)
VALUES (42, 'HQ-01', 1, '7', 1, 'ANNA', 'Accepted', '2026-11-22T10:00:00.000Z', '', '2026-11-22T10:00:00.000Z', 0, '0', 1,
  '2026-11-22T11:02:00.000Z', 12340, 'EVDisconnected')
"""


@pytest.fixture
def ended(db: Path) -> None:
    """Session 42 has ended."""
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute(ENDED)


def test_a_session_that_has_ended_is_told_and_that_is_all(cli: Cli, ended: None, api: Running) -> None:
    result = cli("session", "watch", "42")
    assert (result.code, result.err) == (0, "")
    row = json.loads(result.out)
    assert (row["state"], row["energy_wh"], row["duration_s"], row["note"]) == ("closed", 12340, 3720, "EVDisconnected")


def test_an_unknown_session_cannot_be_watched(cli: Cli, ended: None, api: Running) -> None:
    result = cli("session", "watch", "43")
    assert (result.code, result.out) == (3, "")
    assert "no session 43" in result.err


def test_without_a_server_there_is_nothing_to_watch(cli: Cli, ended: None) -> None:
    result = cli("session", "watch", "42")
    assert (result.code, result.out) == (5, "")


def test_a_condition_that_does_not_exist_is_told_with_those_that_do(cli: Cli, api: Running) -> None:
    result = cli("charger", "wait", "HQ-01", "--for", "ready")
    assert result.code == 2
    assert "--for: ready is none of online, offline, available, charging, faulted, idle, boot" in result.err
