"""The rules of a campaign: windows over midnight and over the clock's jumps, thresholds, rates, and how they are written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cpoctl.domain.campaign_rules import Rate, Rules, Threshold, Window
from cpoctl.errors import UsageProblem

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """An instant of 2026 in UTC: `11-22 20:59`."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "when", "is_open"),
    [
        ("22:00-05:00", "11-22 20:59", False),  # 21:59 in Berlin
        ("22:00-05:00", "11-22 21:00", True),
        ("22:00-05:00", "11-22 23:00", True),  # midnight
        ("22:00-05:00", "11-23 03:59", True),
        ("22:00-05:00", "11-23 04:00", False),
        ("09:00-17:00", "11-22 08:00", True),
        ("09:00-17:00", "11-22 16:00", False),
        ("00:00-06:00", "11-22 23:00", True),
        ("18:00-0:00", "11-22 22:59", True),
        ("18:00-0:00", "11-22 23:00", False),
    ],
)
def test_a_window_is_open_by_the_clock_on_the_wall_of_its_zone(window: str, when: str, is_open: bool) -> None:
    assert Window.read(window).is_open(at(when), BERLIN) is is_open


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("07-01 19:59", False),  # 21:59 in summer
        ("07-01 20:00", True),
        ("12-01 20:00", False),  # 21:00 in winter
        ("12-01 21:00", True),
    ],
)
def test_a_window_keeps_to_the_wall_in_summer_and_in_winter(when: str, is_open: bool) -> None:
    assert Window.read("22:00-05:00").is_open(at(when), BERLIN) is is_open


def minutes_open(window: str, day: str) -> int:
    """How long a window is open in Berlin within the 24 hours from a noon on."""
    noon = datetime.fromisoformat(f"2026-{day}T12:00").replace(tzinfo=BERLIN).astimezone(UTC)
    read = Window.read(window)
    return sum(read.is_open(noon + timedelta(minutes=minute), BERLIN) for minute in range(24 * 60))


@pytest.mark.parametrize(
    ("window", "day", "minutes"),
    [
        ("22:00-05:00", "03-27", 7 * 60),
        ("22:00-05:00", "03-28", 6 * 60),  # the hour from two to three is left out
        ("22:00-05:00", "10-24", 8 * 60),  # the hour from two to three comes twice
        ("02:15-02:45", "03-28", 0),
        ("02:15-02:45", "10-24", 60),
    ],
)
def test_the_clocks_jumps_are_taken_as_they_come(window: str, day: str, minutes: int) -> None:
    assert minutes_open(window, day) == minutes


@pytest.mark.parametrize("text", ["22:00", "22-5", "24:00-05:00", "22:60-05:00", "05:00-05:00", "", "a:00-b:00"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="--window"):
        Window.read(text)


@pytest.mark.parametrize(
    ("threshold", "failed", "ended", "reached"),
    [
        ("10%", 0, 0, False),
        ("10%", 0, 500, False),
        ("10%", 1, 1, True),  # one of ten at the least
        ("20%", 1, 1, False),
        ("20%", 2, 2, True),
        ("20%", 1, 10, False),
        ("10%", 1, 10, True),
        ("10%", 1, 11, False),
        ("10%", 9, 100, False),
        ("10%", 10, 100, True),
        ("1%", 1, 100, True),
        ("1%", 1, 101, False),
        ("100%", 9, 9, False),
        ("100%", 10, 10, True),
        ("3", 2, 2, False),
        ("3", 3, 400, True),
        ("1", 1, 1000, True),
    ],
)
def test_a_threshold_is_reached_by_a_number_or_by_a_share_of_ten_at_the_least(
    threshold: str, failed: int, ended: int, reached: bool
) -> None:
    assert Threshold.read(threshold).reached(failed, ended) is reached


@pytest.mark.parametrize(
    ("threshold", "ended", "told"),
    [("10%", 1, "10% of 10 at the least"), ("10%", 10, "10%"), ("3", 1, "3")],
)
def test_a_threshold_says_the_rule_by_which_it_was_reached(threshold: str, ended: int, told: str) -> None:
    assert Threshold.read(threshold).of(ended) == told


@pytest.mark.parametrize("text", ["0", "0%", "101%", "-1", "ten", "", "1.5%"])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="--threshold"):
        Threshold.read(text)


@pytest.mark.parametrize(("rate", "seconds"), [("20/h", 180), ("2/m", 30), ("100/d", 864), ("7/min", 60 / 7)])
def test_a_rate_says_how_far_apart_two_are(rate: str, seconds: float) -> None:
    assert Rate.read(rate).apart.total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["0/h", "20", "20/s", "/h", "-1/h", ""])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="--rate"):
        Rate.read(text)


def test_rules_are_read_as_they_were_written() -> None:
    rules = Rules(
        *(3, 5, Rate.read("20/h"), Window.read("22:00-05:00"), at("11-30 00:00"), True, Threshold.read("10%"), 2)
    )
    assert Rules.read(rules.told()) == rules
    assert Rules.read(Rules().told()) == Rules()
