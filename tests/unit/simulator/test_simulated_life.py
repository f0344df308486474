"""A random life: the same dice, the same life; every visit ends as it should."""

import itertools

from cpoctl.simulator.backoff import Backoff
from cpoctl.simulator.dice import dice
from cpoctl.simulator.fleet import charger_ids
from cpoctl.simulator.life import Pace, Step, troubles, visits


def some_visits(seed: int, steps: int = 200) -> list[Step]:
    return list(itertools.islice(visits(dice(seed), 1, ("A", "B"), Pace(), dc=False), steps))


def test_the_same_seed_gives_the_same_life() -> None:
    assert some_visits(1) == some_visits(1)
    assert some_visits(1) != some_visits(2)


def test_every_driver_plugs_in_and_leaves() -> None:
    deeds = [step.deed for step in some_visits(3)]
    arrivals = [index for index, deed in enumerate(deeds) if deed == "plug in"]
    for begin, end in itertools.pairwise(arrivals):
        assert deeds[begin + 1] == "present tag"
        assert deeds[end - 2 : end] == ["stop", "unplug"]


def test_every_trouble_passes() -> None:
    deeds = [step.deed for step in itertools.islice(troubles(dice(4), 2, Pace()), 100)]
    healing = {"fault": "clear fault", "go offline": "come back"}
    assert all(healing[trouble] == cure for trouble, cure in zip(deeds[::2], deeds[1::2], strict=True))


def test_delays_grow_up_to_the_longest_and_are_never_in_step() -> None:
    backoff = Backoff(first_s=1, factor=2, longest_s=8, jitter=0.5, attempts=6)
    mine, yours = list(backoff.delays(dice("mine"))), list(backoff.delays(dice("yours")))
    assert mine != yours
    for delay, floor in zip(mine, (1, 2, 4, 8, 8, 8), strict=True):
        assert floor <= delay <= floor * 1.5


def test_chargers_are_numbered_from_one() -> None:
    assert charger_ids(2) == ["SIM-001", "SIM-002"]
