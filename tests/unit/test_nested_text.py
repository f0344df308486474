"""What a detail tells at a terminal it tells to a pipe as well (UX §4.8)."""

from dataclasses import dataclass, field
from typing import Annotated

from cpoctl.cli import output
from cpoctl.formats import Sheet
from cpoctl.table import Column, fields


@dataclass(frozen=True)
class Part:
    """A row within a row."""

    price: Annotated[str, Column("PRICE")]
    raw: int | None = None


@dataclass(frozen=True)
class Line:
    """A row that has rows."""

    kind: Annotated[str, Column("KIND")]
    parts: Annotated[list[Part], Column("PARTS")] = field(default_factory=list)


@dataclass(frozen=True)
class Detail:
    """One object with rows."""

    id: Annotated[str, Column("ID")]
    lines: list[Line]
    note: str | None = None


ONE = {
    "id": "42",
    "lines": [
        {"kind": "energy", "parts": [{"price": "0.50", "raw": 1}, {"price": "0.40", "raw": None}]},
        {"kind": "time\t\x1b", "parts": []},
    ],
    "note": None,
}


def told(wish: str | None = None) -> list[str]:
    """The lines that a pipe gets."""
    sheet = output.picked(Sheet([ONE], fields(Detail), many=False), wish)
    return "".join(str(text) for text in output.render(sheet, "tsv")).splitlines()


def test_rows_of_one_object_are_told_to_a_pipe_field_by_field() -> None:
    assert told() == [
        "id\t42",
        "note\t",
        "lines.1.kind\tenergy",
        "lines.1.parts.1.price\t0.50",
        "lines.1.parts.1.raw\t1",
        "lines.1.parts.2.price\t0.40",
        "lines.1.parts.2.raw\t",
        "lines.2.kind\ttime\\x09\\x1b",
    ]


def test_rows_that_are_picked_are_told() -> None:
    assert told("lines")[0] == "lines.1.kind\tenergy"
    assert told("id,lines")[:2] == ["id\t42", "lines.1.kind\tenergy"]
    assert told("id") == ["42"]
