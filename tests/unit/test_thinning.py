"""Old readings are thinned without changing what a session has used, nor the register where a price may change. D-16"""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl.clock import parsed, stored
from cpoctl.domain.energy import Reading, measured
from cpoctl.domain.thinning import Taken, superfluous

BEGAN = datetime(2026, 11, 22, 10, 7, tzinfo=UTC)


def taken(minute: float, wh: float | None, context: str = "Sample.Periodic", *, doubtful: bool = False) -> Taken:
    """A reading of a minute."""
    return Taken(stored(BEGAN + timedelta(minutes=minute)), "CP-1:1", context, wh, doubtful)


def left(readings: list[Taken]) -> list[Taken]:
    """What stays."""
    gone = set(superfluous(readings))
    return [reading for place, reading in enumerate(readings) if place not in gone]


def test_of_each_quarter_the_first_and_the_last_stay() -> None:
    readings = [taken(minute, 100.0 * minute) for minute in range(31)]
    assert [parsed(reading.at).minute for reading in left(readings)] == [7, 14, 15, 29, 30, 37]


def test_what_is_doubtful_or_tells_begin_and_end_stays() -> None:
    told = [taken(1, 10.0, "Transaction.Begin"), taken(2, 20.0, doubtful=True), taken(3, 30.0, "Transaction.End")]
    readings = [taken(0, 0.0), *told, taken(4, 40.0), taken(5, 50.0), taken(6, 60.0)]
    assert left(readings) == [readings[0], *told, readings[-1]]


REGISTERS = st.lists(st.integers(-50, 3000), min_size=2, max_size=60)


@settings(max_examples=200, deadline=None)
@given(REGISTERS, st.booleans())
def test_no_session_has_another_energy_afterwards(steps: list[int], rising: bool) -> None:
    registers = [10_000.0]
    for step in steps:
        registers.append(max(0.0, registers[-1] + (abs(step) if rising else step)))
    readings = [taken(minute, wh) for minute, wh in enumerate(registers)]

    def energy(some: list[Taken]) -> object:
        told = [Reading(each.at, each.at, each.wh) for each in some if each.wh is not None]
        return measured(told[0], told[-1], told[1:-1])

    assert energy(left(readings)) == energy(readings)
