"""Formats: what each makes of the same rows, and that a narrow terminal keeps what matters."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from cpoctl import formats, plugins
from cpoctl.cells import cut, width
from cpoctl.formats import Sheet
from cpoctl.table import Column, Field, fields, kw, record


@dataclass(frozen=True)
class Part:
    """A nested row."""

    part: Annotated[str, Column("PART")]
    note: str | None


@dataclass(frozen=True)
class Thing:
    """A row with everything."""

    name: Annotated[str, Column("NAME")]
    power_w: Annotated[float | None, Column("kW", 2, "right", kw)]
    comment: Annotated[str, Column("COMMENT", 3)]
    hidden: bool
    answer: dict[str, Any] | None
    parts: list[Part] | None


ROWS = [
    Thing("HQ-01", 7400.0, "fine", True, {"a": 1.0}, [Part("lid", None)]),
    Thing("東京", None, "=1+1", False, None, []),
]


def sheet(rows: list[Thing] = ROWS, **more: Any) -> Sheet:
    """The rows as a sheet."""
    return Sheet([record(row) for row in rows], fields(Thing), **more)


def said(name: str, rows: Sheet) -> str:
    """The rows in a format."""
    return "".join(plugins.load(formats, name).render(rows))


def test_a_table_is_aligned_by_what_the_terminal_shows() -> None:
    assert said("table", sheet()) == (
        "NAME    kW  COMMENT\n"
        "HQ-01  7.4  fine\n"
        "東京     -  =1+1\n"
    )  # fmt: skip


def test_a_narrow_table_loses_the_least_important_column_first() -> None:
    assert said("table", sheet(width=10)).splitlines() == ["NAME    kW", "HQ-01  7.4", "東京     -"]
    assert said("table", sheet(width=5)).splitlines() == ["NAME", "HQ-01", "東京"]


def test_what_matters_most_is_cut_with_an_ellipsis_only_in_the_end() -> None:
    assert said("table", sheet(width=4)).splitlines() == ["NAME", "HQ-…", "東京"]


def test_a_show_is_lines_with_nested_rows_as_a_table() -> None:
    assert said("table", sheet(ROWS[:1], many=False)) == (
        "NAME     HQ-01\n"
        "kW       7.4\n"
        "COMMENT  fine\n"
        "HIDDEN   true\n"
        'ANSWER   {"a": 1.0}\n'
        "\n"
        "PARTS\n"
        "PART\n"
        "lid\n"
    )  # fmt: skip


@dataclass(frozen=True)
class Note:
    """A nested row with one column, headed like the list that it is in."""

    line: Annotated[str, Column("NOTES")]


@dataclass(frozen=True)
class Told:
    """A row whose text is long."""

    text: Annotated[str, Column("TEXT")]
    notes: list[Note]


def test_a_show_goes_on_in_the_next_line_where_a_list_would_cut() -> None:
    shown = Sheet([record(Told("a long text 東京東京東京", []))], fields(Told), many=False, width=16)
    assert said("table", shown) == "TEXT  a long\n      text\n      東京東京東\n      京\n"


def test_a_card_tells_a_long_text_whole() -> None:
    frame = '{"key":"' + "x" * 3000 + '"}'
    told = said("table", Sheet([record(Told(frame, []))], fields(Told), many=False, width=80))
    assert "".join(line.split(None, 1)[-1].strip() for line in told.splitlines()) == frame


def test_a_list_of_one_column_is_headed_once() -> None:
    shown = Sheet([record(Told("short", [Note("one")]))], fields(Told), many=False, headers=True)
    assert said("table", shown) == "TEXT  short\n\nNOTES\none\n"


def test_wide_has_every_field() -> None:
    assert said("wide", sheet()).splitlines()[0].split() == ["NAME", "kW", "COMMENT", "HIDDEN", "ANSWER"]


def test_json_of_a_list_is_an_array_and_of_a_show_an_object() -> None:
    assert json.loads(said("json", sheet()))[1]["name"] == "東京"
    assert json.loads(said("json", sheet(ROWS[:1], many=False)))["parts"] == [{"part": "lid", "note": None}]
    assert '"power_w": 7400,' in said("json", sheet())


def test_csv_guards_text_but_not_numbers() -> None:
    rows = [Thing(text, -5.0, "", True, None, []) for text in ("=1", "+1", "-1", "@a", "\t=1", "\r=1", "\0=1", "a=1")]
    told = list(csv.reader(io.StringIO(said("csv", sheet(rows)))))
    assert [row[0] for row in told[1:]] == ["'=1", "'+1", "'-1", "'@a", "'\\x09=1", "'\\x0d=1", "'\\x00=1", "a=1"]
    assert {row[1] for row in told[1:]} == {"-5"}


def test_csv_has_its_header_without_any_row() -> None:
    assert said("csv", sheet([])) == "name,power_w,comment\r\n"


@pytest.mark.parametrize("name", ["tsv", "csv", "table", "wide", "md", "ids"])
@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\ud800", "\n", "\r", "\0", "\u2028"])
def test_no_text_format_lets_a_hostile_sign_through(name: str, sign: str) -> None:
    text = said(name, sheet([Thing(f"a{sign}b", 1.0, sign, True, None, [])])).replace("\r\n", "\n")
    assert sign not in text.replace("\n", "")
    assert f"a\\{'u' if ord(sign) > 255 else 'x'}" in text.replace("\\\\", "\\")


def test_yaml_quotes_what_could_be_taken_for_something_else() -> None:
    rows = [
        Thing(text, 1e20, "", True, None, []) for text in ("HQ-01", "no", "1.5", "a: b", "- x", "#", "é\x1b", "a b")
    ]
    told = said("yaml", sheet(rows)).splitlines()
    assert [line.removeprefix("- name: ") for line in told if line.startswith("- name")] == [
        "HQ-01", '"no"', '"1.5"', '"a: b"', '"- x"', '"#"', '"é\\u001b"', "a b",
    ]  # fmt: skip
    assert {line for line in told if "power_w" in line} == {"  power_w: 100000000000000000000"}


def test_yaml_nests_what_is_nested() -> None:
    assert said("yaml", sheet(ROWS[:1], many=False)).splitlines() == [
        "name: HQ-01", "power_w: 7400", "comment: fine", "hidden: true", "answer:", "  a: 1.0", "parts:",
        "  - part: lid", "    note: null",
    ]  # fmt: skip
    assert said("yaml", sheet([])) == "[]\n"


@pytest.mark.parametrize("name", ["json", "jsonl", "yaml", "csv", "tsv", "table", "wide", "md", "ids"])
def test_a_path_goes_into_what_is_nested_in_every_format(name: str) -> None:
    columns = [Field("parts.part", None), Field("answer.a", None), Field("answer.b", None)]
    told = said(name, Sheet([record(ROWS[0])], columns, picked=True))
    assert "lid" in told


def test_tabs_cannot_make_columns() -> None:
    assert said("tsv", sheet([Thing("a\tb", 1.0, "", True, None, [])])) == "a\\x09b\t1\t\n"


def test_markdown_is_escaped() -> None:
    assert "a\\|b\\<i\\>" in said("md", sheet([Thing("a|b<i>", 1.0, "", True, None, [])]))


def test_width_counts_cells() -> None:
    assert [width(text) for text in ("abc", "東京", "e\u0301")] == [3, 4, 1]
    assert cut("東京都", 5) == "東京…"
    assert cut("東京都", 4) == "東…"


def test_one_field_of_one_object_is_its_bare_value() -> None:
    field = next(field for field in fields(Thing) if field.name == "name")
    shown = Sheet([record(ROWS[0])], [field], many=False, picked=True)
    assert said("tsv", shown) == "HQ-01\n"
    assert said("tsv", Sheet([record(ROWS[0])], [field, field], many=False, picked=True)) == "name\tHQ-01\n" * 2
