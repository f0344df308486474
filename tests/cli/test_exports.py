"""Exports and reports on the command line: files, templates, forms, exit codes. RELIABILITY O-05"""

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cpoctl.cli.choices import Choices
from cpoctl.clock import parsed
from cpoctl.formats import Packed, Rows, Sheet
from cpoctl.formats import csv as csv_format
from cpoctl.formats._cells import typed
from cpoctl.operations.session._columns import COLUMNS, ExportRow
from cpoctl.operations.session.export import offsets
from cpoctl.table import Column, Field, fields
from tests.cli.conftest import Cli

OCTOBER = ("--from", "2026-10")
TEMPLATE = """
delimiter = ";"
decimal = ","
dates = "%d.%m.%Y"
bom = true
[[column]]
field = "session_id"
header = "Beleg"
[[column]]
field = "end_local"
header = "Datum"
[[column]]
field = "gross"
digits = 2
[[column]]
header = "Konto"
text = "4400"
"""


@pytest.fixture
def kept(db: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    """A database with three sessions of October, one of a hostile tag, one with a price, in Berlin."""
    monkeypatch.setenv("CPOCTL_DB", str(db))
    with closing(sqlite3.connect(db)) as made, made:
        made.execute("UPDATE run SET alive_at = '2027-01-01T00:00:00.000Z'")
        made.execute("INSERT INTO site (site_id, name, time_zone, added_at) VALUES ('hq', 'H', 'Europe/Berlin', 'x')")
        made.execute("UPDATE charger SET site_id = 'hq'")
        for number, (tag, end) in enumerate(
            [("A", "2026-10-03T10:00"), ('=1+1,"x"\n\x1f', "2026-10-25T00:30"), ("-5", "2026-10-31T22:59")], 1
        ):
            made.execute(
                "INSERT INTO session (session_id, charger_id, evse_id, transaction_id, issued, tag_id, tag_status, started_at, started_raw,"
                " start_received_at, meter_start_raw, meter_start_wh, keyed, stopped_at, energy_wh) VALUES"
                " (?, 'HQ-01', 1, ?, 1, ?, 'Accepted', '2026-10-01T00:00:00.000Z', '', 'x', '', -7, 0, ?, 12345)",
                (number, str(number), tag, f"{end}:00.000Z"),
            )
        made.execute(
            "INSERT INTO session_price (session_id, net_e4, vat_e4, gross_e4, currency, tariff_id, version, priced_at, actor, bill)"
            " VALUES (1, -10000, -1900, -11950, 'EUR', 'day', '1', 'x', 'automatic', '{}')"
        )
        return made


def read(text: str) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_million_quick_lines_say_what_careful_ones_do(cli: Cli, kept: sqlite3.Connection) -> None:
    quick = cli("session", "export", *OCTOBER)
    careful = cli("session", "export", *OCTOBER, "--limit", "9")
    assert quick.out == careful.out
    assert [row["tag_id"] for row in read(quick.out)] == ["A", '\'=1+1,"x"\\x0a\\x1f', "'-5"]
    assert [row["end_local"] for row in read(quick.out)] == [
        "2026-10-03T12:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-31T23:59:00+01:00",
    ]  # fmt: skip
    assert (
        read(quick.out)[0] | {"meter_start_wh": "-7", "gross": "-1.1950", "energy_kwh": "12.345"} == read(quick.out)[0]
    )


def test_a_nul_ends_no_line(cli: Cli, kept: sqlite3.Connection, db: Path) -> None:
    with closing(sqlite3.connect(db)) as made, made:
        made.execute("UPDATE session SET tag_id = ? WHERE session_id = 2", ["a\0b"])
    assert [row["tag_id"] for row in read(cli("session", "export", *OCTOBER).out)] == ["A", r'"a\u0000b"', "'-5"]


def test_lines_that_need_no_care_are_written_as_they_come() -> None:
    columns = [Field("a", Column("A")), Field("b", Column("B"))]
    packed = Packed([["1\x1fx", "-2\x1fy"], ["3\x1f=z"]], frozenset({"a"}))
    told = "".join(csv_format.render(Sheet(Rows(columns, [], packed=packed), columns)))
    assert told == "a,b\r\n1,x\r\n-2,y\r\n3,'=z\r\n"


def test_json_lines_tell_numbers_as_numbers_and_money_as_text(cli: Cli, kept: sqlite3.Connection) -> None:
    first = json.loads(cli("session", "export", *OCTOBER, "-o", "jsonl").out.splitlines()[0])
    assert (first["energy_wh"], first["gross"], first["stop_reason"]) == (12345, "-1.1950", None)


def test_columns_are_told_in_the_order_wanted(cli: Cli, kept: sqlite3.Connection) -> None:
    assert cli("session", "export", *OCTOBER, "--columns", "energy_kwh,session_id").out.splitlines()[1] == "12.345,1"
    told = cli("session", "export", *OCTOBER, "--columns", "energy,session_id")
    assert (told.code, "did you mean energy_" in told.err) == (2, True)


def test_a_template_says_columns_headers_and_forms(cli: Cli, kept: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text(TEMPLATE)
    said = cli(
        "session", "export", *OCTOBER, "--template", str(tmp_path / "t.toml"), "--out", str(tmp_path / "x-{month}.csv")
    )
    assert (said.code, said.out) == (0, "")
    assert (tmp_path / "x-2026-10.csv").read_bytes().decode("utf-8").splitlines()[:2] == [
        "\ufeffBeleg;Datum;gross;Konto", "1;03.10.2026;-1,20;4400",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[column]]\nfield = 'gros'", "did you mean gross"),
        ("[[column]]\nheader = 'x'", "needs either field or text"),
        ("decimal = 1\n[[column]]\nfield = 'gross'", "decimal cannot be 1"),
        ("colum = 1", "did you mean column"),
        ("= 1", "is no TOML"),
        ("delimiter = ';'\ndecimal = ';'\n[[column]]\nfield = 'gross'", "decimal: ';' is no sign"),
        ("delimiter = ','\ndecimal = ','\n[[column]]\nfield = 'gross'", "decimal: ',' stands between the cells"),
        ("dates = '%Q'\n[[column]]\nfield = 'end_utc'", "dates: %Q in '%Q' is no part of a date"),
        ("[[column]]\nfield = 'end_utc'\ndate = '%d.%'", "column 1: date: % in '%d.%' is no part"),
        ("[[column]]\nfield = 'gross'\n[[column]]\nfield = 'gross'", "calls two columns 'gross'"),
    ],
)
def test_a_wrong_template_is_told_by_its_column(
    cli: Cli, kept: sqlite3.Connection, tmp_path: Path, text: str, wrong: str
) -> None:
    (tmp_path / "t.toml").write_text(text)
    said = cli("session", "export", *OCTOBER, "--template", str(tmp_path / "t.toml"))
    assert said.code == 2
    assert wrong in said.err


def test_what_must_be_there_is_one_of_the_words_that_there_are(cli: Cli, kept: sqlite3.Connection) -> None:
    said = cli("report", "completeness", "--from", "2026-10", "--of", "sessions", "--of", "nope")
    assert said.code == 2
    assert "nope is none of energy, power, prices, sessions, statuses" in said.err


def test_a_dry_run_of_pricing_reads_the_file_and_tells_the_sum_or_each_session(
    cli: Cli, kept: sqlite3.Connection
) -> None:
    dry = ("session", "reprice", *OCTOBER, "--reason", "x", "--dry-run")
    told = {row["currency"]: row for row in json.loads(cli(*dry, "--json").out)}
    assert (told["EUR"]["kept"], told["EUR"]["before"], told["EUR"]["after"]) == (1, "-1.1950", "-1.1950")
    assert (told["-"]["unpriced"], told["-"]["reasons"]) == (2, ["2 no tariff held when they began"])
    each = read(cli(*dry, "--each").out)
    assert [(row["session_id"], row["changed"], row["gross_before"]) for row in each] == [
        ("1", "false", "-1.1950"), ("2", "false", ""), ("3", "false", ""),
    ]  # fmt: skip
    assert [row["session_id"] for row in read(cli(*dry, "--each", "--where", "gross_before=-1.1950").out)] == ["1"]


def test_the_same_input_gives_the_same_bytes(cli: Cli, kept: sqlite3.Connection, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        assert cli("report", "energy", *OCTOBER, "--out", str(tmp_path / name)).code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes() != b""


@pytest.mark.parametrize("through", ["file", "server"])
def test_paper_says_what_stderr_says(
    cli: Cli, kept: sqlite3.Connection, tmp_path: Path, through: str, request: pytest.FixtureRequest
) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as db, db:
        db.execute("UPDATE session SET energy_wh = NULL WHERE session_id = 3")
    if through == "server":
        request.getfixturevalue("api")
    said = cli("session", "export", *OCTOBER, "--out", str(tmp_path / "a.html"))
    remark = "sessions that are of unknown energy, and count without any: 1 (HQ-01; 2026-10-31)"
    assert (said.code, f"note: {remark}\n" in said.err) == (9, True)
    assert remark in (tmp_path / "a.html").read_text()
    assert cli("report", "energy", *OCTOBER, "--out", str(tmp_path / "b.md")).code == 9
    assert "count without any: 1" in (tmp_path / "b.md").read_text()


def test_the_files_name_says_its_format_and_month(cli: Cli, kept: sqlite3.Connection, tmp_path: Path) -> None:
    assert (
        cli("report", "sessions", *OCTOBER, "--by", "total", "--out", str(tmp_path / "{report}-{month}.json")).code == 0
    )
    assert json.loads((tmp_path / "sessions-2026-10.json").read_text())[0]["sessions"] == 3
    said = cli("report", "sessions", *OCTOBER, "--out", str(tmp_path / "{moth}.csv"))
    assert (said.code, "did you mean month" in said.err) == (2, True)


@pytest.mark.parametrize("name", ["energy_kwh", "net", "vat", "gross"])
def test_a_workbook_can_add_up_what_sessions_used_and_cost(name: str) -> None:
    column = next(field for field in fields(ExportRow) if field.name == name)
    assert typed("12.3450", column) == Decimal("12.3450")


@pytest.mark.parametrize(
    ("out", "name"),
    [("a.parquet", "parquet"), ("/srv/a.CSV", "csv"), ("/srv/x.d/a", None), ("a-2026.10", None), ("{month}", None)],
)
def test_the_ending_of_a_file_says_its_format(out: str, name: str | None) -> None:
    assert Choices(out=out).format == name


def test_a_file_is_written_whole_or_not_at_all(cli: Cli, kept: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("what was there")
    said = cli("session", "export", *OCTOBER, "--sort", "nothing", "--out", str(tmp_path / "a.csv"))
    assert said.code == 2
    assert (tmp_path / "a.csv").read_text() == "what was there"
    assert list(tmp_path.glob(".a.csv*")) == []
    assert cli("report", "energy", *OCTOBER, "--out", str(tmp_path / "no" / "a.csv")).code == 1


def test_incomplete_data_is_told_whole_with_a_code_of_its_own(cli: Cli, kept: sqlite3.Connection, db: Path) -> None:
    with closing(sqlite3.connect(db)) as made, made:
        made.execute("UPDATE session SET energy_wh = NULL WHERE session_id = 1")
    said = cli("report", "energy", *OCTOBER, "--by", "total", "--json")
    assert json.loads(said.out)[0]["unknown"] == 1
    assert said.code == 9
    assert "unknown energy" in said.err


def test_a_report_is_drawn_in_the_terminal(cli: Cli, kept: sqlite3.Connection) -> None:
    drawn = cli("report", "energy", *OCTOBER, "--by", "weekday", "--plot")
    assert drawn.out.startswith("energy by weekday (kWh)\n")
    assert "Sat" in drawn.out
    assert cli("charger", "list", "-o", "plot").code == 2


@pytest.mark.parametrize("report", ["energy", "revenue", "uptime", "reliability", "demand", "power", "tags"])
def test_a_chart_of_a_period_without_data_is_no_error(cli: Cli, kept: sqlite3.Connection, report: str) -> None:
    drawn = cli("report", report, "--from", "2020-10", "-o", "plot")
    assert drawn.code in (0, 9), drawn.err
    assert drawn.out.splitlines()[1:] == ["2020-10, time of each site", "no data in this period"]


def test_a_chart_of_some_rows_says_which(cli: Cli, kept: sqlite3.Connection) -> None:
    drawn = cli("report", "energy", *OCTOBER, "--plot", "--where", "sessions>0", "--limit", "1", "--sort", "-sessions")
    assert drawn.out.splitlines()[1].endswith(" kWh, sessions>0, first 1 by -sessions")


def test_offsets_change_at_the_second_at_which_the_clocks_do() -> None:
    found = offsets(ZoneInfo("Europe/Berlin"), parsed("2026-01-01T00:00:00.000Z"), parsed("2026-12-31T00:00:00.000Z"))
    assert [(since.isoformat()[:19], offset) for since, offset in found] == [
        ("2026-01-01T00:00:00", timedelta(hours=1)),
        ("2026-03-29T01:00:00", timedelta(hours=2)),
        ("2026-10-25T01:00:00", timedelta(hours=1)),
    ]


def test_every_column_is_a_field_of_the_row() -> None:
    assert [field.name for field in fields(ExportRow)] == [column.name for column in COLUMNS]
