"""A served API: one for all tests of a process, with a small database for each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.face import Running, database, running


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An API on a socket."""
    folder = tmp_path_factory.mktemp("api")
    with running(database(folder / "a.db"), folder / "run" / "a.sock") as served:
        yield served


@pytest.fixture
def api(served: Running, tmp_path: Path) -> Running:
    """The API of a small database of the test's own."""
    db = database(tmp_path / "a.db")
    served.do(lambda: served.face.show(db))
    return served
