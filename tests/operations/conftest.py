"""The central systems of the csms tests, and the books that reports read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.csms.conftest import csms as csms
from tests.csms.conftest import make_csms as make_csms
from tests.support.books import Books
from tests.support.csms import Csms, metered, start
from tests.support.raw_charger import RawCharger


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Four chargers in four zones."""
    made = Books(tmp_path / "a.db")
    with closing(made.db), closing(made.reader):
        yield made


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


@pytest.fixture
async def transaction(charger: RawCharger) -> int:
    """A session, at 1 kWh since 13:00, that told 4.5 kWh at 13:30."""
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 4500))
    return int(number)
