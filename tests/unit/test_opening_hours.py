"""Opening hours: what can be written, and which stretches of time they are, also over midnight and clock changes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cpoctl.domain import opening
from cpoctl.domain.owners import ALWAYS, Share, percent, share_on

BERLIN = ZoneInfo("Europe/Berlin")


def hours(text: str, begin: str, end: str) -> list[str]:
    read = opening.read(text)
    assert read is not None
    found = read.spans(datetime.fromisoformat(begin), datetime.fromisoformat(end), BERLIN)
    return [f"{opens:%d %H:%M}-{closes:%d %H:%M}" for opens, closes in found]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mon-fri 6:00-22:00", "Mon-Fri 06:00-22:00"),
        ("Monday, Wed 06:00 - 22:00;Sat,Sun 08:00-14:00;", "Mon,Wed 06:00-22:00; Sat-Sun 08:00-14:00"),
        ("Fri 18:00-02:00", "Fri 18:00-02:00"),
        ("Sat-Mon 00:00-24:00", "Mon,Sat-Sun 00:00-24:00"),
        ("Mon 06:00-00:00", "Mon 06:00-24:00"),
    ],
)
def test_hours_are_kept_in_one_form_that_reads_as_the_same(text: str, kept: str) -> None:
    read = opening.read(text)
    assert str(read) == kept
    assert opening.read(kept) == read


@pytest.mark.parametrize("text", ["", " ", "always", "24/7"])
def test_no_hours_are_always(text: str) -> None:
    assert opening.read(text) is None


@pytest.mark.parametrize("text", ["06:00-22:00", "Mon", "Xyz 06:00-22:00", "Mon 25:00-26:00", "Mon 06:60-07:00", "Mon 6-22",
                                  "Mon 08:00-08:00", "Mon 24:00-06:00", "Mon- 08:00-09:00;;x"])  # fmt: skip
def test_what_are_no_hours_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"Mon|06:00|Xyz|x"):
        opening.read(text)


def test_stretches_are_cut_at_the_ends_and_closed_days_are_left_out() -> None:
    found = hours("Mon-Fri 06:00-22:00", "2026-11-20T12:00Z", "2026-11-23T06:00Z")  # Friday noon to Monday
    assert found == ["20 12:00-20 21:00", "23 05:00-23 06:00"]


def test_hours_after_midnight_belong_to_the_day_before_and_overlaps_count_once() -> None:
    assert hours("Fri 18:00-02:00; Sat 00:00-03:00", "2026-11-21T00:30Z", "2026-11-22T00:00Z") == ["21 00:30-21 02:00"]


def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    for day, length in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)):
        begin = datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(UTC)
        read = opening.read("Mon-Sun 00:00-24:00")
        assert read is not None
        ((opens, closes),) = read.spans(begin, begin + timedelta(hours=length), BERLIN)
        assert closes - opens == timedelta(hours=length)


@pytest.mark.parametrize(("text", "number"), [("70", "70"), ("33.3333", "33.3333"), ("0", "0"), ("100%", "100")])
def test_a_percentage_is_an_exact_decimal(text: str, number: str) -> None:
    assert percent(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "101", "-1", "100.01", "1e1", "33.33333", "NaN", "12,5"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no percentage"):
        percent(text)


def test_the_newest_share_of_the_latest_day_holds() -> None:
    shares = [Share(ALWAYS, Decimal(70)), Share("2027-01-01", Decimal(60)), Share("2027-01-01", Decimal(65))]
    assert share_on(shares, date(2026, 12, 31)) == 70
    assert share_on(shares, date(2027, 1, 1)) == 65
    assert share_on(shares[1:], date(2026, 12, 31)) == 0
