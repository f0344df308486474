"""A served API for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.face import Running, database, running


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Running]:
    """The API of a small database on a socket."""
    with running(database(tmp_path / "a.db"), tmp_path / "run" / "a.sock") as served:
        yield served
