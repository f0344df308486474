"""`--out -` hands a file to a pipe: nothing but its bytes is on standard output."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SIGNED = """
INSERT INTO session (session_id, charger_id, evse_id, transaction_id, issued, tag_id, tag_status, started_at, started_raw,
    start_received_at, meter_start_raw, keyed) VALUES (1, 'HQ-01', 1, '7', 1, 'A', 'Accepted', 'x', '', 'x', '', 0);
INSERT INTO signed_value (charger_id, evse_id, session_id, taken_raw, nature, encoding, raw, sha256, received_at)
VALUES ('HQ-01', 1, 1, '', 'Start', '', x'666f6f', 'x', '2026-11-22T13:00:00.000Z');
"""


def test_a_file_on_standard_output_stands_there_alone(db: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    monkeypatch.setenv("CPOCTL_DB", str(db))
    with closing(sqlite3.connect(db)) as made, made:
        made.executescript(SIGNED)
    said = cli("session", "signed", "1", "--out", "-")
    assert (said.code, said.out) == (0, "foo")
