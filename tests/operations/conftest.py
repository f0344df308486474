"""The central systems of the csms tests, and the books that reports read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.csms.conftest import csms as csms
from tests.csms.conftest import make_csms as make_csms
from tests.support.books import Books


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Four chargers in four zones."""
    made = Books(tmp_path / "a.db")
    with closing(made.db), closing(made.reader):
        yield made
