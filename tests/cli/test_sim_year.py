"""`cpoctl sim year`: a database full of history, and what went in."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_it_writes_a_database_that_the_other_commands_read_and_tells_what_is_in_it(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "small.db"
    made = cli("sim", "year", str(path), "--chargers", "1", "--days", "2", "--until", "2026-11-01", "--json")
    assert made.code == 0, made.err
    told = json.loads(made.out)
    assert (told["chargers"], told["begins_at"]) == (1, "2026-10-30T00:00:00.000Z")
    assert "visits written" in made.err
    listed = cli("--db", str(path), "session", "list", "--json")
    assert len(json.loads(listed.out)) == told["sessions"] > 0
    again = cli("sim", "year", str(path), "--days", "1")
    assert (again.code, "exists already" in again.err) == (10, True)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--chargers", "0"),
        ("--days", "4000"),
        ("--sessions", "-1"),
        ("--samples", "10s"),
        ("--samples", "often"),
        ("--until", "soon"),
        ("--until", "2026-11-01T12:00"),
    ],
)
def test_what_cannot_be_meant_writes_nothing(cli: Cli, tmp_path: Path, option: str, value: str) -> None:
    refused = cli("sim", "year", str(tmp_path / "none.db"), option, value)
    assert (refused.code, option in refused.err) == (2, True)
    assert list(tmp_path.glob("none.db*")) == []
