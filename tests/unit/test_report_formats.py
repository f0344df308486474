"""Formats for people and programs that read no text: workbook, columns, page, document, pictures."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pyarrow.parquet
import pytest
from PIL import Image

from cpoctl import formats, plugins
from cpoctl.charts import NO_DATA, Chart, Series
from cpoctl.domain.currencies import amount
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.formats import INCOMPLETE, Remark, Sheet, _needed, pdf, xlsx
from cpoctl.table import Column, fields, kwh


@dataclass(frozen=True)
class Row:
    """A row with everything that a report may hold."""

    site: Annotated[str | None, Column("SITE")]
    energy_wh: Annotated[int, Column("kWh", 1, "right", kwh)]
    share: Annotated[float | None, Column("SHARE %", 1, "right")]
    net: Annotated[str | None, Column("NET", 1, "right")]
    ended_at: Annotated[str | None, Column("ENDED")]


_HOSTILE = "=HYPERLINK(1) <script>alert(1)</script> \x1b[31m"
ROWS: Sequence[dict[str, Any]] = (
    {"site": _HOSTILE, "energy_wh": 12_345, "share": 0.5, "net": "3.4500", "ended_at": "2026-10-01T10:00:00Z"},
    {"site": None, "energy_wh": 0, "share": None, "net": None, "ended_at": None},
)
BARS = Chart("energy $x_1$", ["Mon", "Tue <b>"], [Series("energy", [1.0, None])], "kWh")
HEAT = Chart("busy", ["00", "01"], [Series("Mon", [1.0, None]), Series("Tue", [0.0, 3.0])], "%", "heat", 100)


def told(name: str, chart: Chart | None = BARS, rows: Sequence[dict[str, Any]] = ROWS) -> bytes:
    """The rows in a format, as bytes."""
    sheet = Sheet(rows, fields(Row), title="cpoctl report energy", chart=chart)
    parts = plugins.load(formats, name).render(sheet)
    return b"".join(part.encode() if isinstance(part, str) else part for part in parts)


@pytest.mark.parametrize("name", ["xlsx", "parquet", "html", "pdf", "svg", "png"])
def test_the_same_rows_give_the_same_bytes(name: str) -> None:
    assert told(name) == told(name)


@pytest.mark.parametrize(
    "chart", [HEAT, Chart("x", (), ()), Chart("x", "ab", [Series("a", [1, 2]), Series("b", [3, 4])])]
)
def test_the_same_chart_gives_the_same_bytes(chart: Chart) -> None:
    assert told("svg", chart) == told("svg", chart)


def test_in_a_workbook_numbers_and_amounts_are_numbers_and_a_text_is_no_formula() -> None:
    book = zipfile.ZipFile(io.BytesIO(told("xlsx")))
    page = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert re.search(r'<c r="B2"[^>]*><v>12345</v>', page)
    assert re.search(r'<c r="D2"[^>]*><v>3\.45\d*</v>', page)
    assert re.search(r'<c r="E2"[^>]*><v>46296\.41\d*</v>', page)  # days since 1900: a date
    assert "ended_at (UTC)" in page


def test_a_workbook_that_cannot_hold_all_says_what_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    with pytest.raises(UsageProblem, match="at the most") as error:
        told("xlsx")
    assert "csv" in error.value.hints[0]


def test_parquet_has_types_and_amounts_are_exact() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(told("parquet")))
    assert table.to_pylist()[0] == {
        "site": _HOSTILE.replace("\x1b", "\\x1b"),
        "energy_wh": 12_345,
        "share": 0.5,
        "net": Decimal("3.45"),
        "ended_at": datetime(2026, 10, 1, 10, tzinfo=UTC),
    }
    assert table.to_pylist()[1]["net"] is None


@dataclass(frozen=True)
class Told:
    """What a charger told, and what we made of it."""

    begin: Annotated[str | None, Column("BEGIN")]
    ended_at: Annotated[str | None, Column("ENDED")]
    begin_utc: Annotated[str | None, Column("UTC", form="%Y-%m-%d")]
    begin_local: Annotated[str | None, Column("LOCAL", form="%Y-%m-%d", beside="zone")]
    session_id: Annotated[str | None, Column("SESSION", align="right")]
    net: Annotated[str | None, Column("NET", align="right")]


@pytest.mark.parametrize("told", ["2026-10-01T10:00:00Z", "yesterday", "", None])
@pytest.mark.parametrize("ours", ["2026-10-01T10:00:00.000Z", None])
def test_the_type_of_a_column_of_parquet_does_not_depend_on_what_is_in_it(told: str | None, ours: str | None) -> None:
    record = {
        "begin": told, "ended_at": ours, "begin_utc": ours, "begin_local": ours, "session_id": ours and "7",
        "net": ours and "1.50",
    }  # fmt: skip
    content = b"".join(plugins.load(formats, "parquet").render(Sheet([record], fields(Told))))
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    assert [str(kind) for kind in table.schema.types] == [
        "string", "timestamp[us, tz=UTC]", "timestamp[us, tz=UTC]", "string", "string", "decimal128(24, 6)",
    ]  # fmt: skip
    assert table.to_pylist()[0]["begin"] == told


def test_parquet_without_rows_has_its_columns() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(told("parquet", rows=())))
    assert table.column_names == ["site", "energy_wh", "share", "net", "ended_at"]
    assert table.num_rows == 0


@pytest.mark.parametrize("chart", [BARS, HEAT, None])
def test_a_page_loads_nothing_and_runs_nothing(chart: Chart | None) -> None:
    page = told("html", chart).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page
    assert not re.search(r"(src|href)=[\"'](?!#)|url\((?!#)|data:", page)
    assert page.count("<svg") == (chart is not None)
    assert "12.35" in page  # as a reader wants it: kWh


def test_a_picture_says_names_as_they_are() -> None:
    drawing = told("svg").decode()
    assert "energy $x_1$" in drawing
    assert "Tue &lt;b&gt;" in drawing


@pytest.mark.parametrize(("at", "page"), [(50, 1), (250, 2)])
def test_a_high_chart_stays_below_the_heading_and_above_the_number_of_the_page(at: int, page: int) -> None:
    drawn = io.BytesIO()
    Image.new("L", (100, 300)).save(drawn, "png")
    document = pdf._document(Sheet(ROWS, fields(Row)))
    document.set_y(at)
    pdf._chart(document, drawn.getvalue())
    assert document.page == page
    assert document.get_y() - 4 <= document.h - document.b_margin
    document.output()  # which closes its fonts


def test_a_document_has_pages() -> None:
    assert told("pdf").startswith(b"%PDF-")


@pytest.mark.parametrize(("name", "rows"), [("svg", ROWS), ("png", ROWS), ("plot", ROWS), ("plot", ())])
def test_a_picture_of_what_has_no_chart_is_refused(name: str, rows: Sequence[dict[str, Any]]) -> None:
    with pytest.raises(UsageProblem, match=r"no (chart|plot)"):
        told(name, None, rows)


EMPTY = (
    Chart("energy by day", (), (), "kWh", about="2026-10"),
    Chart("uptime", ["a"], [Series("%", [None])], "%", about="2026-10"),
    Chart("busy", ["00"], [Series("Mon", [None])], "%", "heat", about="2026-10"),
)


@pytest.mark.parametrize("chart", EMPTY, ids=lambda chart: chart.title)
@pytest.mark.parametrize("name", ["svg", "plot", "html"])
def test_a_chart_of_nothing_says_so_and_has_no_scale(name: str, chart: Chart) -> None:
    drawing = told(name, chart).decode()
    assert chart.title in drawing
    assert "2026-10" in drawing
    assert NO_DATA in drawing
    assert "tick_" not in drawing


def test_a_picture_says_of_what_it_is() -> None:
    told_of = replace(BARS, about="2026-10, site HQ, time of each site, total 1.00 kWh")
    assert told_of.about in told("svg", told_of).decode()
    assert told_of.about in told("plot", told_of).decode().splitlines()


def test_each_series_has_axes_of_its_own() -> None:
    both = Chart(
        "revenue", (), [Series("CHF, total 2", [2.0], ["HQ"]), Series("EUR, total 9", [4.0, 5.0], ["HQ", "NY"])]
    )
    drawing = told("svg", both).decode()
    assert drawing.count('id="axes_') == 2
    assert drawing.index("CHF, total 2") < drawing.index("EUR, total 9")
    assert told("plot", both).decode().count("HQ") == 2


def widths(chart: Chart) -> list[float]:
    """How wide the bars of a picture are, as a share of it."""
    shapes = re.findall(r'<path d="M ([0-9.]+) [0-9.]+ \nL ([0-9.]+) [^"]*z\n" clip-path', told("svg", chart).decode())
    return [round((float(right) - float(left)) / 720, 2) for left, right in shapes]


def test_a_lonely_bar_is_no_wider_than_one_of_ten() -> None:
    assert widths(BARS)[0] <= widths(Chart("x", ["x"] * 10, [Series("x", [1.0] * 10)]))[0] < 0.1


def test_a_label_left_out_has_a_tick() -> None:
    days = [str(at) for at in range(100, 200)]
    drawing = told("svg", Chart("x", days, [Series("x", [1.0] * 100)])).decode()
    labels = re.findall(r">(1\d\d)</text>", drawing)
    assert labels == days[::4]
    assert len(re.findall(r'id="xtick_', drawing)) == 100  # the longer ones among them


def test_a_year_of_days_is_one_outline_with_gaps() -> None:
    days = Chart("x", [str(at) for at in range(365)], [Series("x", [1.0] * 200 + [None] + [2.0] * 164)])
    assert len(told("svg", days)) < 60_000


def test_shares_that_look_alike_are_told_as_numbers() -> None:
    drawing = told("svg", Chart("uptime", ["a", "b"], [Series("%", [99.8, 93.034])], "%")).decode()
    assert "99.80" in drawing
    assert "93.03" in drawing


@dataclass(frozen=True)
class Sum:
    """A row of what adds up, and of what does not."""

    of: Annotated[str, Column("OF")]
    currency: Annotated[str, Column("CURRENCY")]
    sessions: Annotated[int, Column("SESSIONS", 1, "right", adds=True)]
    vain: Annotated[int | None, Column("VAIN", 1, "right", adds=True)]
    gross: Annotated[str, Column("GROSS", 1, "right", amount, "currency", adds=True)]
    percent: Annotated[float, Column("%", 1, "right")]


def summed(name: str, *rows: tuple[Any, ...], headers: bool | None = None) -> str:
    """Such rows in a format."""
    records = [dict(zip([field.name for field in fields(Sum)], row, strict=True)) for row in rows]
    parts = plugins.load(formats, name).render(Sheet(records, fields(Sum), headers=headers))
    return b"".join(part.encode() if isinstance(part, str) else part for part in parts).decode(errors="replace")


HERE, THERE, FAR = (
    ("a", "EUR", 2, 1, "0.1000", 50.0),
    ("b", "EUR", 3, None, "0.2050", 60.0),
    ("a", "JPY", 1, 0, "7.0000", 1.0),
)


def test_a_table_ends_with_what_its_rows_add_up_to_in_each_currency() -> None:
    assert [line.split() for line in summed("table", HERE, THERE, FAR).splitlines()[-2:]] == [
        ["total", "EUR", "5", "-", "0.31"],
        ["total", "JPY", "1", "0", "7"],
    ]
    assert summed("md", HERE, THERE).splitlines()[-1] == "| total | EUR | 5 | - | 0.31 |  |"
    foot = summed("html", HERE, THERE).partition("<tfoot>")[2]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", foot) == ["total", "EUR", "5", "-", "0.31", ""]


@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_a_total_says_of_how_many_rows_it_is(name: str) -> None:
    records = [dict(zip([field.name for field in fields(Sum)], row, strict=True)) for row in (HERE, THERE)]
    parts = plugins.load(formats, name).render(Sheet(records, fields(Sum), few="2 of 12 rows"))
    assert "total of 2 of 12 rows" in "".join(map(str, parts))


@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_nothing_is_added_where_there_is_one_row_of_each_currency(name: str) -> None:
    assert "total" not in summed(name, HERE, FAR)


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "jsonl"])
def test_no_total_is_among_the_rows_for_a_program(name: str) -> None:
    assert "total" not in summed(name, HERE, THERE)


def test_a_table_without_headers_is_its_rows_alone() -> None:
    assert "total" not in summed("table", HERE, THERE, headers=False)


def test_a_document_has_the_total_too() -> None:
    assert len(summed("pdf", HERE, THERE)) > len(summed("pdf", HERE, FAR))


def test_who_lacks_a_library_is_told_how_to_get_it() -> None:
    with pytest.raises(CpoctlError, match="not installed") as error:
        _needed.library("no_such_library_of_tables", "xlsx")
    assert ".[reports]" in error.value.hints[0]


REMARKS = (Remark("sessions of <unknown> energy: 2 (HQ-01; 2026-10-03)", True), Remark("the period is not over", False))


def remarked(name: str, remarks: Sequence[Remark]) -> bytes:
    """The rows in a format, with remarks on their data."""
    sheet = Sheet(ROWS, fields(Row), title="cpoctl report energy", remarks=remarks)
    parts = plugins.load(formats, name).render(sheet)
    return b"".join(part.encode() if isinstance(part, str) else part for part in parts)


def test_a_page_says_what_its_data_lacks() -> None:
    page = remarked("html", REMARKS).decode()
    assert page.index(INCOMPLETE) < page.index("sessions of &lt;unknown&gt; energy") < page.index("<table>")
    assert "the period is not over" in page
    noted = remarked("html", REMARKS[1:]).decode()
    assert INCOMPLETE not in noted
    assert "the period is not over" in noted
    assert "<aside" not in remarked("html", ()).decode()


def test_a_document_says_what_its_data_lacks() -> None:
    assert INCOMPLETE.encode() in remarked("pdf", REMARKS)  # its subject; what stands on its pages is glyphs
    assert INCOMPLETE.encode() not in remarked("pdf", REMARKS[1:])
    assert len(remarked("pdf", ())) < len(remarked("pdf", REMARKS[1:])) < len(remarked("pdf", REMARKS))


def test_a_workbook_says_it_on_a_sheet_of_its_own() -> None:
    book = zipfile.ZipFile(io.BytesIO(remarked("xlsx", REMARKS)))
    texts = book.read("xl/worksheets/sheet2.xml").decode() + book.read("xl/workbook.xml").decode()
    assert all(word in texts for word in (INCOMPLETE, "sessions of &lt;unknown&gt; energy", 'name="Remarks"'))
    assert "xl/worksheets/sheet2.xml" not in zipfile.ZipFile(io.BytesIO(remarked("xlsx", ()))).namelist()


def test_a_table_for_a_ticket_says_it_below() -> None:
    told = remarked("md", REMARKS).decode().splitlines()
    assert told[-3:] == [
        f"**{INCOMPLETE}**", "- sessions of \\<unknown\\> energy: 2 (HQ-01; 2026-10-03)", "- the period is not over",
    ]  # fmt: skip
