"""Formats for people and programs that read no text: workbook, columns, page, document, pictures."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pyarrow.parquet
import pytest

from cpoctl import formats, plugins
from cpoctl.charts import Chart, Series
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.formats import INCOMPLETE, Remark, Sheet, _needed, xlsx
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


def test_a_document_has_pages() -> None:
    assert told("pdf").startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["svg", "png"])
def test_a_picture_of_what_has_no_chart_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem, match="no chart"):
        told(name, None)


def test_who_lacks_a_library_is_told_how_to_get_it() -> None:
    with pytest.raises(CpoctlError, match="not installed") as error:
        _needed.library("no_such_library_of_tables", "xlsx")
    assert "cpoctl[reports]" in error.value.hints[0]


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
