"""What a session drew in each quarter of an hour, by its register."""

import pytest

from cpoctl.domain.drawn import Point, course, quarters

QUARTER = 900


@pytest.mark.parametrize(
    ("readings", "begin", "end", "energy_wh", "told"),
    [
        ([(0, 1000.0), (900, 3000.0), (1800, 3500.0)], 0, 1800, 2500.0, {0: 8000, 900: 2000}),
        ([(0, 1000.0), (1800, 3500.0)], 0, 1800, 2500.0, {0: 5000, 900: 5000}),
        ([], 450, 1350, 2000.0, {0: 4000, 900: 4000}),  # the mean of a quarter in half of which nothing was drawn
        ([(0, 1000.0), (900, 200.0), (1800, 3500.0)], 0, 1800, 2500.0, {0: 5000, 900: 5000}),  # it went back
        (
            [(0, 0.0), (900, 90_000.0), (1800, 95_000.0)],
            0,
            1800,
            5000.0,
            {0: 10_000, 900: 10_000},
        ),  # a leap counts nothing
        ([(-900, 0.0), (0, 1000.0), (900, 2000.0)], 0, 900, 1000.0, {0: 4000}),  # what was read before it began
        ([(0, 1000.0), (900, 1500.0)], 0, None, None, {0: 2000}),  # it runs
        ([(0, 1000.0)], 0, 1800, None, {}),
        ([(0, 1000.0)], 900, 900, 5000.0, {}),
    ],
)
def test_power_is_what_the_register_gained(
    readings: list[Point], begin: int, end: int | None, energy_wh: float | None, told: dict[int, float]
) -> None:
    found = quarters(course(readings, begin, end, energy_wh), 0, 10 * QUARTER)
    assert {at: round(watts) for at, watts in found.items()} == told


def test_what_was_drawn_outside_of_the_period_is_not_in_it() -> None:
    assert quarters([(0, 0.0), (3600, 4000.0)], 900, 1800) == {900: 4000.0}
