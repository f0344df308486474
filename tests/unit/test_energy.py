"""What a session has used: never negative, never invented, flagged if and only if a step is. RELIABILITY V-06"""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl.clock import stored
from cpoctl.domain.energy import LEAP_WH, Energy, Meaning, Reading, measured
from cpoctl.domain.registers import Span, meaning

BEGAN = datetime(2026, 11, 22, 10, tzinfo=UTC)


def reading(wh: float, minute: float, **given: Any) -> Reading:
    """A register at a minute of the session."""
    at = stored(BEGAN + timedelta(minutes=minute))
    return Reading(at, at, wh, **given)


def session(*registers: float | None, links: Sequence[float] = (), known: Meaning = Meaning.UNKNOWN) -> Energy:
    """A session with a reading every ten minutes: the first is its begin, the last its end; None: not told."""
    told = [None if wh is None else reading(wh, 10 * place) for place, wh in enumerate(registers)]
    connected = [stored(BEGAN + timedelta(minutes=10 * place)) for place in links]
    return measured(told[0], told[-1], [each for each in told[1:-1] if each], connected, known)


@pytest.mark.parametrize(
    ("registers", "links", "wh", "flags"),
    [
        ((1000, 8000), (), 7000, ()),
        ((1000, 3000, 8000), (), 7000, ()),
        ((5_000_000, 5_000_000), (), 0, ()),
        ((None, 8000), (), None, ("meter_missing",)),
        ((1000, None), (), None, ("meter_missing",)),
        ((None, 2000, 8000), (), 6000, ("began_by_first_reading",)),
        ((1000, 3000, 6000, None), (), 5000, ("ended_by_last_reading",)),
        ((1000, 999), (), 0, ("meter_wavered",)),  # ha#1810
        ((1000, 3000, 2999, 8000), (), 7000, ("meter_wavered",)),
        ((1000, 3000, 0, 8000), (), 7000, ("meter_wavered",)),  # told as 0 for a moment
        ((1000, 3000, 90_000_000, 3500, 8000), (), 7000, ("meter_wavered",)),
        ((50_000, 40_000), (), None, ("meter_regressed",)),
        ((50_000, 55_000, 20_000, 21_000), (), None, ("meter_regressed",)),
        ((50_000, 55_000, 300, 2300), (1.5,), 7300, ("meter_reset",)),  # it booted in between
        ((50_000, 700), (0.5,), 700, ("meter_reset",)),
        ((50_000, 55_000, 54_500, 56_000), (1.5,), 6000, ("meter_wavered",)),
        ((50_000, 55_000, 52_000, 54_000), (1.5,), 7000, ("meter_reset",)),  # goes on from what it had saved
        ((1000, 2000, 999_999_999), (), 1000, ("meter_meaning",)),
        ((1000, 999_999_999), (), None, ("meter_gap",)),
        ((1000, 2000, 900_000_000, 900_001_000), (), 2000, ("meter_gap",)),
        ((0, 125_100, 127_000, 129_200), (), 4100, ("meter_meaning",)),  # the begin counts the session, the rest a life
        ((125_000, 300, 2000, 4200), (), 3900, ("meter_meaning",)),  # the other way round
        ((125_000, 126_000, 129_000, 4200), (), 4000, ("meter_meaning",)),  # the end tells the session's energy
        ((0, 6000, 12_300, 12), (), 12_300, ("meter_unit",)),
        ((0, 6000, 12_300, 15), (), 15_000, ("meter_unit",)),
        ((12_300, 12_600, 18_300, 20_100), (), 7800, ()),
        ((12, 12_500, 18_300, 20_100), (), 7600, ("meter_unit",)),
        ((10_000, 10.5, 11.25, 12_300), (), 2300, ("meter_unit",)),
    ],
)
def test_what_a_session_has_used(
    registers: tuple[float | None, ...], links: tuple[float, ...], wh: float | None, flags: tuple[str, ...]
) -> None:
    told = session(*registers, links=links)
    assert (told.wh, told.flags) == (wh, flags)


def test_what_a_register_means_tells_a_begin_of_another_one() -> None:
    assert session(0, 84_000, known=Meaning.LIFETIME) == Energy(None, 0, 84_000, ("meter_meaning",))
    assert session(84_000, 4200, known=Meaning.SESSION) == Energy(4200, 84_000, 4200, ("meter_meaning",))
    assert session(0, 42_000, known=Meaning.SESSION) == Energy(42_000, 0, 42_000)


def test_readings_count_in_the_order_in_which_they_came_where_the_clock_was_set_back() -> None:
    late = [Reading(reading(0, at).at, reading(0, came).at, wh) for at, came, wh in ((10, 10, 2000), (5, 20, 3000))]
    assert measured(reading(1000, 0), reading(4000, 30), late) == Energy(3000, 1000, 4000)


def test_a_charger_for_lorries_tells_by_its_power_that_it_leaps_not() -> None:
    registers = [reading(1_000_000 * hour, 60 * hour, power_w=1_000_000.0) for hour in range(4)]
    assert measured(registers[0], registers[-1], registers[1:-1]).wh == 3_000_000


REGISTERS = st.lists(st.integers(0, 2 * 10**6).map(float), min_size=2, max_size=12)


@settings(max_examples=300, deadline=None)
@given(REGISTERS, st.lists(st.floats(0, 12), max_size=2), st.sampled_from(list(Meaning)))
def test_energy_is_never_negative_and_never_more_than_all_steps_up(
    registers: list[float], links: list[float], known: Meaning
) -> None:
    told = session(*registers, links=links, known=known)
    if told.wh is not None:
        rises = sum(max(0.0, after - before) for before, after in itertools.pairwise(registers))
        begun_anew = sum(registers) if told.flags else 0.0
        assert 0 <= told.wh <= rises + begun_anew


@settings(max_examples=300, deadline=None)
@given(REGISTERS, st.booleans())
def test_a_session_is_flagged_if_and_only_if_one_of_its_steps_is_odd(registers: list[float], rising: bool) -> None:
    registers = sorted(registers) if rising else registers
    most = [400_000 / 6 + LEAP_WH] * (len(registers) - 1)
    if registers[0] == 0 and len(registers) > 2:
        most[0] -= 0.9 * LEAP_WH  # begun at 0 and far from it at once: of another register
    steps = [after - before for before, after in itertools.pairwise(registers)]
    odd = any(not 0 <= step <= limit for step, limit in zip(steps, most, strict=True))
    told = session(*registers)
    assert bool(told.flags) == odd or told.flags == ("meter_unit",)
    if not odd and not told.flags:
        assert told.wh == pytest.approx(registers[-1] - registers[0])


@pytest.mark.parametrize(
    ("spans", "known"),
    [
        ([(0, 5000), (0, 9000), (0, 100)], Meaning.SESSION),
        ([(0, 5000), (5000, 9000), (9000, 9500)], Meaning.LIFETIME),
        ([(0, 5000), (5000, 5000), (0, 100)], Meaning.UNKNOWN),  # too few that have used anything
        ([(0, 5000), (5000, 9000), (0, 700, True), (700, 900), (0, 50, True), (50, 90)], Meaning.BOOT),
        ([(0, 5000), (5000, 9000), (100, 700), (700, 900), (10, 50), (50, 90)], Meaning.UNKNOWN),
        ([(50_000, 55_000), (60_000, 61_000), (0, 700), (700, 900), (900, 1500)], Meaning.LIFETIME),  # another meter
    ],
)
def test_what_a_register_counts_from_is_learned_from_sessions(spans: list[tuple[Any, ...]], known: Meaning) -> None:
    assert meaning([Span(*span) for span in spans]) is known
