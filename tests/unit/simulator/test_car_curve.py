"""A car's charging curve: ramp, constant power, taper, full."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.simulator.car import FAST_MODELS, FULL, MODELS, RAMP_S, Car, reading
from cpoctl.simulator.dice import dice

CARS = st.sampled_from([*MODELS, *FAST_MODELS])
SECONDS = st.floats(0, 40_000)
LIMITS = st.one_of(st.just(math.inf), st.floats(0, 200_000))


@given(CARS, st.integers(0, 20_000), st.integers(0, 20_000), LIMITS)
def test_two_charges_in_a_row_give_what_one_gives(car: Car, first: int, second: int, limit_w: float) -> None:
    in_two, in_one = car.charged(first, limit_w).charged(second, limit_w), car.charged(first + second, limit_w)
    assert in_two.energy_wh == pytest.approx(in_one.energy_wh, rel=1e-6, abs=1e-3)


@given(CARS, SECONDS, SECONDS, LIMITS)
def test_energy_never_shrinks(car: Car, first: float, second: float, limit_w: float) -> None:
    now = car.charged(first, limit_w)
    assert now.charged(second, limit_w).energy_wh >= now.energy_wh >= 0


@given(CARS, SECONDS, LIMITS)
def test_power_keeps_to_the_car_and_the_limit(car: Car, seconds: float, limit_w: float) -> None:
    assert 0 <= car.charged(seconds, limit_w).power_w(limit_w) <= min(car.max_w, limit_w)


@given(CARS, SECONDS)
def test_a_battery_takes_what_it_holds_and_no_more(car: Car, seconds: float) -> None:
    charged = car.charged(seconds)
    assert charged.soc <= FULL + 1e-9
    assert charged.energy_wh == pytest.approx((charged.soc - car.soc) * car.battery_wh, abs=1e-3)


@given(CARS, st.floats(1, 5_000))
def test_the_time_to_an_energy_gives_that_energy(car: Car, wh: float) -> None:
    seconds = car.seconds_to(wh)
    assert car.charged(seconds).energy_wh == pytest.approx(wh, abs=0.1)


def test_power_ramps_up_stays_and_tapers() -> None:
    car = Car(soc=0.5)
    begin, steady, late = car.power_w(), car.charged(RAMP_S).power_w(), car.charged(4 * 3600).power_w()
    assert begin < steady == car.max_w
    assert 0 < late < steady


def test_a_full_car_draws_nothing() -> None:
    car = Car().charged(24 * 3600)
    assert car.full
    assert car.power_w() == 0


def test_a_car_pauses_below_six_amps() -> None:
    assert Car().charged(600, limit_w=5.9 * 230 * 3).energy_wh == 0


def test_three_phases_share_the_current() -> None:
    shown = reading(Car(), 1000, 11_040, 22_000, dice("test"))
    assert len(shown.amps) == len(shown.volts) == 3
    assert sum(a * v for a, v in zip(shown.amps, shown.volts, strict=True)) == pytest.approx(11_040)
    assert all(225 < volts < 235 for volts in shown.volts)
    assert shown.soc is None


def test_a_fast_charger_knows_the_state_of_charge() -> None:
    assert reading(FAST_MODELS[0], 0, 50_000, 150_000, dice("test")).soc == FAST_MODELS[0].soc


def test_the_same_seed_gives_the_same_noise() -> None:
    assert reading(Car(), 0, 7_000, 0, dice("a", 1)) == reading(Car(), 0, 7_000, 0, dice("a", 1))
