"""What words for times mean, and where the days of a zone begin and end."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cpoctl.domain import periods

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("since", "until", "name"),
    [
        ("last-month", None, "2026-10"),
        ("2026-10", None, "2026-10"),
        ("2026-10-03", None, "2026-10-03"),
        ("yesterday", None, "2026-11-21"),
        ("this-year", None, "2026"),
        ("last-year", None, "2025"),
        ("2026-Q3", None, "2026-Q3"),
        ("last-quarter", None, "2026-Q3"),
        ("this-quarter", None, "2026-Q4"),
        ("2026-Q1", "2026-Q2", "2026-01-01_2026-06-30"),
        ("last-week", None, "2026-11-09_2026-11-15"),
        ("2026-11-01", "2026-11-21", "2026-11-01_2026-11-21"),
        ("2026-08", "2026-10", "2026-08-01_2026-10-31"),
    ],
)
def test_words_of_the_calendar_name_whole_periods(since: str, until: str | None, name: str) -> None:
    assert periods.read(since, until, NOW).name == name


def test_the_last_month_of_january_is_december() -> None:
    assert periods.read("last-month", None, datetime(2026, 1, 15, tzinfo=UTC)).name == "2025-12"


def test_a_span_and_an_instant_go_up_to_now() -> None:
    for since in ("7d", "2026-11-15T20:00:00Z"):
        begin, end = periods.read(since, None, NOW).within(BERLIN)
        assert (begin, end) == (datetime(2026, 11, 15, 20, tzinfo=UTC), NOW)


def test_a_word_means_the_callers_calendar() -> None:
    midnight_in_berlin = datetime(2026, 10, 31, 23, 30, tzinfo=UTC).astimezone(BERLIN)
    assert periods.read("last-month", None, midnight_in_berlin).name == "2026-10"


def test_a_month_begins_at_each_sites_own_midnight() -> None:
    october = periods.read("2026-10", None, NOW)
    assert october.within(BERLIN) == (datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert october.within(NEW_YORK) == (datetime(2026, 10, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_days_have_as_many_hours_as_the_clocks_give_them(day: str, hours: int) -> None:
    begin, end = periods.read(day, None, NOW).within(BERLIN)
    assert (end - begin).total_seconds() == hours * 3600


def test_a_period_can_be_read_again_at_any_later_time() -> None:
    later = NOW.replace(year=2030)
    for since, until in (("last-month", None), ("7d", None), ("2026-10-03", "2026-10-05"), ("last-quarter", None)):
        period = periods.read(since, until, NOW)
        assert periods.read(period.words[0], period.words[1], later) == period


@pytest.mark.parametrize("word", ["last-moon", "2026-13", "2026-02-30", "", "0000", "99999999999d", "2026-Q5"])
def test_what_is_no_time_is_refused_with_the_forms(word: str) -> None:
    with pytest.raises(ValueError, match="--from"):
        periods.read(word, None, NOW)


def test_an_end_before_the_begin_is_refused() -> None:
    with pytest.raises(ValueError, match="not before"):
        periods.read("2026-10", "2026-09", NOW)


def test_hours_of_zones_with_odd_offsets_consist_of_whole_quarters() -> None:
    assert periods.key_of("2026-10-01T18:15", ZoneInfo("Asia/Kathmandu"), "day") == "2026-10-02"
    assert periods.key_of("2026-10-01T18:00", ZoneInfo("Asia/Kathmandu"), "hour") == "23"
