"""What rules make of an EVSE's time, worked out by hand. 23 CFR 680.116(b), UK 2023 reg. 7"""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cpoctl.domain import uptime
from cpoctl.domain.uptime import PROFILES, Facts, Stretch, Told

HOUR = 3_600_000
DAY = 24 * HOUR


def facts(*told: Told, connected: list[tuple[int, int]] | None = None, **more: object) -> Facts:
    """An EVSE that is connected for ten days to a server that runs, unless said otherwise."""
    whole = [(0, 10 * DAY)]
    return Facts(told, connected=whole if connected is None else connected, running=whole, **more)  # type: ignore[arg-type] # fields


def percent(
    profile: str, found: Facts, end: int = 10 * DAY, excused: list[tuple[int, int]] | None = None
) -> float | None:
    """The uptime of ten days."""
    rule = PROFILES[profile]
    return uptime.tally(uptime.sweep(found, 0, end), rule, excused or ()).percent(rule)


def test_an_hour_offline_is_down_under_nevi_and_reliable_under_uk_law() -> None:
    away = facts(Told(0, 1, "Available"), connected=[(0, 5 * DAY), (5 * DAY + HOUR, 10 * DAY)])
    assert percent("nevi", away) == round(100 * (525_600 - 60) / 525_600, 4)
    assert percent("uk-pcpr", away) == 100
    assert percent("tech", away) == round(100 * 239 / 240, 4)


def test_a_fault_is_down_for_every_rule_and_out_of_service_is_not_for_tech() -> None:
    faulted = facts(Told(0, 1, "Available"), Told(DAY, 1, "Faulted", "GroundFailure"), Told(2 * DAY, 1, "Available"))
    closed = facts(Told(0, 1, "Available"), Told(DAY, 1, "Unavailable"), Told(2 * DAY, 1, "Charging"))
    assert [percent(name, faulted) for name in ("uk-pcpr", "ocpi-raw", "tech")] == [90, 90, 90]
    assert [percent(name, closed) for name in ("uk-pcpr", "ocpi-raw", "tech")] == [90, 90, 100]


def test_nevi_divides_by_its_constant_year_also_for_a_shorter_period() -> None:
    found = facts(Told(0, 1, "Available"), Told(DAY, 1, "Faulted"), Told(2 * DAY, 1, "Available"))
    assert percent("nevi", found) == round(100 * (525_600 - 1440) / 525_600, 4)


def test_nevi_excludes_what_is_excused_and_down_and_nothing_else() -> None:
    found = facts(Told(0, 1, "Available"), Told(DAY, 1, "Faulted"), Told(2 * DAY, 1, "Available"))
    half = [(DAY // 2, DAY + DAY // 2), (DAY, DAY + HOUR)]
    assert percent("nevi", found, excused=half) == round(100 * (525_600 - 720) / 525_600, 4)
    assert percent("tech", found, excused=half) == 90


def test_our_own_absence_is_unknown_and_not_down() -> None:
    found = Facts(
        [Told(0, 1, "Available")], connected=[(0, DAY), (2 * DAY, 10 * DAY)], running=[(0, DAY), (2 * DAY, 10 * DAY)]
    )
    tally = uptime.tally(uptime.sweep(found, 0, 10 * DAY), PROFILES["tech"])
    assert (tally.unknown_ms, tally.down_ms, tally.scope_ms) == (DAY, 0, 9 * DAY)


def test_a_charger_has_five_minutes_to_come_back_after_our_start() -> None:
    late = Facts(
        [Told(0, 1, "Available")],
        connected=[(0, DAY), (DAY + 10 * 60_000, 2 * DAY)],
        running=[(0, DAY), (DAY, 2 * DAY)],
    )
    found = uptime.sweep(late, 0, 2 * DAY)
    assert [(one.state, (one.end - one.begin) // 60_000) for one in found[1:3]] == [("unknown", 5), ("offline", 5)]


def test_before_the_first_contact_nothing_is_in_scope() -> None:
    found = facts(Told(4 * DAY, 1, "Faulted"), Told(5 * DAY, 1, "Available"))
    tally = uptime.tally(uptime.sweep(found, 0, 10 * DAY), PROFILES["tech"])
    assert (tally.scope_ms, tally.down_ms) == (6 * DAY, DAY)
    assert uptime.sweep(Facts([]), 0, DAY) == []


def test_a_fault_of_the_whole_charger_is_one_of_each_evse() -> None:
    found = facts(
        Told(0, None, "Available"), whole=[Told(DAY, None, "Faulted", "OtherError"), Told(2 * DAY, None, "Available")]
    )
    assert percent("tech", found) == 90


def test_one_good_connector_keeps_an_evse_of_2_up() -> None:
    found = facts(Told(0, 1, "Available"), Told(0, 2, "Available"), Told(DAY, 2, "Unavailable"))
    down = [one for one in uptime.sweep(found, 0, 10 * DAY) if one.state == "Unavailable"]
    assert down == []


def test_an_outage_that_our_absence_interrupts_is_one_outage() -> None:
    parts = [
        Stretch(0, 10, "offline"),
        Stretch(10, 20, "unknown"),
        Stretch(20, 30, "Faulted", "x"),
        Stretch(30, 40, "Available"),
    ]
    assert uptime.outages(parts, PROFILES["tech"]) == [uptime.Outage(0, 30, 20, "offline", None)]


@given(
    st.lists(
        st.tuples(st.integers(0, 1000), st.sampled_from(["Available", "Charging", "Faulted", "Unavailable"])),
        min_size=1,
    )
)
def test_a_sweep_has_no_hole_and_what_is_told_adds_up(changes: list[tuple[int, str]]) -> None:
    told = sorted(Told(at, 1, status) for at, status in changes)
    found = uptime.sweep(Facts(told, connected=[(100, 700)], running=[(0, 2_000_000)]), 0, 900)
    begin = min(900, told[0].at)
    assert sum(one.end - one.begin for one in found) == 900 - begin
    assert all(one.end == other.begin for one, other in pairwise(found))
    for profile in PROFILES.values():
        tally = uptime.tally(found, profile)
        assert 0 <= tally.down_ms <= tally.scope_ms <= 900 - begin
