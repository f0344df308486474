"""The columns that a pipe gets of each list: `python -m tests.cli.columns` writes them down anew.

They are an API (UX §4.8): a script counts them. What is written down may only grow at its end.
"""

from functools import cache
from pathlib import Path

from cpoctl.cli.walking import Leaf, leaves
from cpoctl.operations import Query
from cpoctl.table import fields

PAGE = Path(__file__).parent / "golden" / "columns.txt"


def lists() -> list[Leaf]:
    """Every command that lists rows."""
    return [leaf for leaf in leaves() if leaf.operation and issubclass(leaf.operation, Query) and leaf.operation.many]


@cache
def columns() -> dict[str, list[str]]:
    """The columns of each list in their order."""
    return {leaf.path: _columns(leaf.operation.row) for leaf in lists() if leaf.operation}


def written() -> dict[str, list[str]]:
    """The columns that were promised."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return {path: names.split() for path, _, names in (line.partition(": ") for line in lines)}


def _columns(row: type) -> list[str]:
    return [field.name for field in fields(row) if field.column and field.rows is None]


if __name__ == "__main__":
    PAGE.write_text("".join(f"{path}: {' '.join(names)}\n" for path, names in columns().items()), encoding="utf-8")
