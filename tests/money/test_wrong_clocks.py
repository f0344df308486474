"""What a charger with a wrong clock did is billed, and told, at the time at which it did it. RELIABILITY V-04"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpoctl.clock import stored
from cpoctl.domain.charge_periods import Suspended
from cpoctl.domain.tariffs import Kind
from cpoctl.store.charges import SESSIONS, charge_of, spent
from tests.support.books import Books

BEGIN = datetime(2026, 11, 4, 10, tzinfo=UTC)
OFFS = [0, 3 * 3600, -2 * 3600]


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """An empty database."""
    return Books(tmp_path / "c.db")


def at(minute: float, off: float = 0) -> str:
    """So many minutes after the first begin, by a clock that is ahead."""
    return stored(BEGIN + timedelta(minutes=minute, seconds=off))


def session(books: Books, off: float, begin: float, end: float, *, flags: str = '["clock_corrected"]') -> int:
    """A session whose times were corrected, or were right."""
    return books.session(
        "hq", at(begin), at(end), 11_100, started_raw=at(begin, off), stop_received_at=at(end), flags=flags
    )


def status(books: Books, off: float, minute: float, told: str) -> None:
    """A status, told at once."""
    books.add(
        "status_change", charger_id="CP-hq", evse_id=1, status=told,
        happened_at=at(minute, off), timestamp_raw=at(minute, off), received_at=at(minute),
    )  # fmt: skip


def parked(books: Books, number: int) -> tuple[float, float]:
    """The seconds of parking of a session: as its bill and as the exports have them."""
    (record,) = books.read(SESSIONS + " WHERE s.session_id = ?", [number])
    made = charge_of(record, books.read, BEGIN + timedelta(days=1), Suspended.TIME, finely=False, timed=True)
    billed = sum((each.end - each.begin).total_seconds() for each in made.periods if each.kind is Kind.PARKING)
    told = spent(record, books.read)
    return billed, -1 if told is None else told[Kind.PARKING]


@pytest.mark.parametrize("off", OFFS)
def test_parking_belongs_to_the_session_in_which_it_was(books: Books, off: float) -> None:
    first, second = session(books, off, 0, 120), session(books, off, 130, 340)
    for minute, told in ((0, "Charging"), (90, "SuspendedEV"), (120, "Finishing"), (121, "Available"),
                         (130, "Preparing"), (131, "Charging"), (340, "Finishing")):  # fmt: skip
        status(books, off, minute, told)
    assert (parked(books, first), parked(books, second)) == ((1800, 1800), (0, 0))


@pytest.mark.parametrize("off", OFFS[1:])
def test_a_status_that_fits_its_receipt_is_right_whatever_the_begin_was(books: Books, off: float) -> None:
    number = session(books, off, 0, 120)
    status(books, off, 0, "Charging")
    status(books, 0, 90, "SuspendedEV")
    assert parked(books, number) == (1800, 1800)


@pytest.mark.parametrize("flags", ['["corrected"]', '["timestamp_suspect", "clock_corrected"]'])
def test_a_begin_that_is_not_the_chargers_says_nothing_of_its_clock(books: Books, flags: str) -> None:
    number = session(books, 7200, 0, 120, flags=flags)
    status(books, 0, 0, "Charging")
    books.add(
        "status_change", charger_id="CP-hq", evse_id=1, status="SuspendedEV",
        happened_at=at(90), timestamp_raw=at(90), received_at=at(119),
    )  # fmt: skip
    assert parked(books, number) == (1800, 1800)
