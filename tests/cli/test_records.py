"""Our own records at the command line: what a user types, and what comes back in which form."""

import io
import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.servers import warm

SHEET = "tag_id,status,parent_id,expires_at,sessions_most,sites,places,note\r\n"


@pytest.fixture
def filled(db: Path) -> Path:
    """A database with a site, a tag and hostile words."""
    with sqlite3.connect(db) as connection:
        connection.executescript("""
            INSERT INTO site (site_id, name, time_zone, address, note, added_at) VALUES ('HQ', 'Head ' || char(27) || '[31moffice', 'Europe/Berlin', NULL, NULL, '2026-11-22T10:00:00.000Z');
            UPDATE charger SET site_id = 'HQ', labels = '{"floor":"2"}' WHERE charger_id = 'HQ-01';
            INSERT INTO tag VALUES ('=1+1', 'Accepted', NULL, NULL, 'x,"y"', '2026-11-22T10:00:00.000Z', 1, '["HQ"]',
                '[]');
            INSERT INTO violation VALUES ('HQ-01', 'Authorize', 'idTag', 'maxLength', 'too ' || char(27) || '[2J long', 's', 3,
                '2026-11-22T10:00:00.000Z', '2026-11-22T11:00:00.000Z');
        """)
    connection.close()
    return db


def test_a_charger_tells_its_site_and_labels_in_json(cli: Cli, filled: Path) -> None:
    first, second = json.loads(cli("--db", str(filled), "charger", "list", "--json").out)
    assert (first["site_id"], first["labels"], first["name"], first["note"]) == ("HQ", {"floor": "2"}, None, None)
    assert (second["site_id"], second["labels"]) == (None, {})


def test_foreign_words_never_reach_a_terminal_as_they_are(cli: Cli, filled: Path) -> None:
    for words in (("site", "list"), ("charger", "quirks"), ("site", "show", "HQ")):
        for form in ("table", "tsv", "csv"):
            assert "\x1b" not in cli("--db", str(filled), *words, "-o", form).out


def test_an_export_without_a_format_is_csv_that_no_spreadsheet_runs(cli: Cli, filled: Path) -> None:
    result = cli("--db", str(filled), "tag", "export")
    assert result.out == SHEET + '\'=1+1,Accepted,,,1,HQ,,"x,""y"""\r\n'


def test_a_check_on_the_bare_file_tells_the_rules(cli: Cli, filled: Path) -> None:
    told = json.loads(cli("--db", str(filled), "tag", "check", "=1+1", "--charger", "hq-02", "--json").out)
    assert (told["verdict"], told["decided_by"]) == ("Invalid", "place")
    assert {rule["rule"]: rule["ok"] for rule in told["rules"]}["sessions"] is True


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("tag", "show", "NOBODY"), 3),
        (("tag", "check", "=1+1", "--charger", "HQ-99"), 3),
        (("site", "show", "hx"), 3),
        (("charger", "quirks", "HQ-99"), 3),
        (("charger", "history", "HQ-01", "--since", "yesterday"), 2),
        (("charger", "history", "HQ-01", "--kind", "gossip"), 2),
        (("connector", "show", "HQ-01"), 2),
        (("connector", "show", "HQ-01:1"), 3),
        (("tag", "import", "absent.csv"), 2),
        (("tag", "rm", "=1+1"), 2),
        (("site", "rm", "HQ", "--yes"), 2),
        (("site", "add", "HQ"), 2),
    ],
)
def test_what_is_wrong_has_its_exit_code_and_a_hint(cli: Cli, filled: Path, words: tuple[str, ...], code: int) -> None:
    result = cli("--db", str(filled), *words)
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith("error: ") or "\nerror: " in result.err
    assert "hint:  " in result.err


def test_completion_knows_the_sites(
    process: Callable[..., "subprocess.CompletedProcess[str]"], filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPOCTL_DB", str(filled))
    assert process("_complete", "3", "cpoctl", "site", "show", "h").stdout.startswith("HQ\t")
    assert process("_complete", "5", "cpoctl", "charger", "edit", "HQ-01", "--site", "").stdout.startswith("HQ\t")


def test_a_sheet_goes_in_through_the_server_and_comes_out_again(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = tmp_path / "tags.csv"
    sheet.write_text("tag_id,sites\nA,MARS\nB,\n")
    monkeypatch.setenv("CPOCTL_SOCKET", str(tmp_path / "c.sock"))
    with warm(tmp_path):
        refused = cli("tag", "import", str(sheet))
        assert (refused.code, refused.out) == (2, "")
        assert (
            "1 of 2 lines cannot be imported, nothing was written\nwhy:   line 2, sites: no site MARS\n" in refused.err
        )
        assert "cpoctl tag import FILE --skip-bad" in refused.err
        monkeypatch.setattr("sys.stdin", io.StringIO(sheet.read_text()))
        told = json.loads(cli("tag", "import", "-", "--dry-run", "--json").out)
        assert (told["written"], told["added"], told["bad"]) == (False, 1, 1)
        assert told["problems"] == [
            {
                "line": 2,
                "target": "A",
                "column": "sites",
                "problem": "no site MARS",
                "hint": "cpoctl site list    all that are known",
            }
        ]
        assert told["changes"] == [{"line": 3, "target": "B", "change": "added", "columns": ["tag_id", "status"]}]
        assert cli("tag", "export").out == SHEET
        assert cli("site", "add", "MARS", "--time-zone", "UTC").out == "MARS\tAdded\t\n"
        assert cli("tag", "import", str(sheet)).code == 0
        assert cli("tag", "export").out == SHEET + "A,Accepted,,,,MARS,,\r\nB,Accepted,,,,,,\r\n"
        edited = cli("charger", "edit", "HQ-01", "--site", "MARS")
        assert (edited.code, edited.out) == (3, "")
        gone = cli("site", "rm", "MARS", "--confirm", "MARS")
        assert (gone.code, "hint:  cpoctl tag edit A --no-site MARS" in gone.err) == (10, True)
