"""Order: what stands before what, in `--sort`, `--where` and the dashboard. UX §4.2, §4.6"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from cpoctl.cli import output
from cpoctl.cli.choices import Choices
from cpoctl.filters import matching
from cpoctl.table import Column, natural


@dataclass(frozen=True)
class Row:
    """A row with an id, an amount as text, a version, a number and anything."""

    id: Annotated[str, Column("ID")]
    gross: Annotated[str | None, Column("GROSS", align="right")] = None
    firmware: Annotated[str | None, Column("FIRMWARE")] = None
    count: Annotated[int | None, Column("N", align="right")] = None
    any: Annotated[Any, Column("ANY")] = None


def ordered(name: str, *contents: Any, down: bool = False) -> list[Any]:
    """The contents of a field as --sort puts them."""
    records = [{"id": "x", name: content} for content in contents]
    wish = Choices(args=())
    wish.sort = f"-{name}" if down else name
    return [record[name] for record in output.chosen(records, Row, wish)]


def picked(where: str, *amounts: str | None) -> list[str | None]:
    """The amounts that a filter picks."""
    fits = matching(Row, where, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    return [amount for amount in amounts if fits({"id": "x", "gross": amount})]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("id", ["1", "2", "10", "HQ-1", "hq-2", "HQ-10"]),
        ("gross", ["-12.5000", "-3.0000", "0.0000", "5.2500", "5.5000", "7.8833", "108.8553"]),
        ("firmware", ["1.6", "1.9", "1.10", "1.10.2", "2.0.1"]),
        ("id", ["2026-01-02T03:04:05Z", "2026-01-02T13:04:05Z", "2026-01-10T00:00:00Z"]),
        ("id", ["a9", f"a1{'0' * 18}", f"a1{'0' * 5000}"]),
        ("count", [-1, 0, 3, 20]),
    ],
)
def test_values_are_sorted_as_a_reader_would(name: str, wanted: list[Any]) -> None:
    assert ordered(name, *reversed(wanted)) == wanted
    assert ordered(name, *wanted, down=True) == wanted[::-1]


def test_what_is_not_known_comes_last_in_either_direction() -> None:
    assert ordered("gross", None, "9.5", "10.5") == ["9.5", "10.5", None]
    assert ordered("gross", None, "9.5", "10.5", down=True) == ["10.5", "9.5", None]


def test_mixed_kinds_are_sorted_all_the_same() -> None:
    found = ordered("any", "b", 2, {"x": 1}, ["a", None], True, None, "", 1.5, "a")
    assert found[:3] == [True, 1.5, 2]
    assert found[-1] is None
    assert ordered("gross", "12.5", "unknown", "3.5", "") == ["3.5", "12.5", "", "unknown"]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("gross>50", ["108.8553"]),
        ("gross<0", ["-3.0000"]),
        ("gross>5.5", ["108.8553"]),
        ("gross>=5.25", ["5.2500", "108.8553"]),
        ("gross:5.25", ["5.2500"]),
        ("gross!=5.25", ["-3.0000", "108.8553", None]),
    ],
)
def test_a_filter_compares_amounts_as_numbers(where: str, wanted: list[str | None]) -> None:
    assert picked(where, "-3.0000", "5.2500", "108.8553", None) == wanted


def test_a_filter_orders_ids_as_a_reader_would() -> None:
    fits = matching(Row, "id>=HQ-2")
    assert [name for name in ("HQ-1", "HQ-2", "HQ-10") if fits({"id": name})] == ["HQ-2", "HQ-10"]


def test_a_number_in_a_text_counts_as_one_whatever_zeros_it_begins_with() -> None:
    assert natural("HQ-007") == natural("hq-7")
