"""Energy: what a session has used, out of every reading of its register. Never negative, never invented, flagged where in doubt.

Registers are reset, waver, leap, are told in kWh where Wh are meant, or mean something else at the begin than at the end.
Where readings can be understood in two ways the one with less energy is taken (V-06, FIELD-NOTES 29).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from cpoctl.clock import parsed

if TYPE_CHECKING:
    from fractions import Fraction

MISSING = "meter_missing"  # no reading of its begin or its end
REGRESSED = "meter_regressed"  # the register went back and nothing explains it: the energy is unknown
RESET = "meter_reset"  # it began anew while the charger was away: before and after are added up
WAVERED = "meter_wavered"  # it went back a little, or for a moment: that counts nothing
GAP = "meter_gap"  # it leapt further than can have been charged in the time: the leap counts nothing
UNIT = "meter_unit"  # kWh were told where the other readings are Wh
MEANING = "meter_meaning"  # begin and end tell different registers: the readings between count
FIRST_READING = "began_by_first_reading"  # the begin told no register: the first one after it counts
LAST_READING = "ended_by_last_reading"  # the end told no register: the last one before it counts
DOUBTS = frozenset({MISSING, REGRESSED, RESET, WAVERED, GAP, UNIT, MEANING, FIRST_READING, LAST_READING})
"""Everything that `measured` may flag, and nothing else does."""

JITTER_WH = 10.0  # ha#1810: 1 Wh less at the stop
_FRACTION_WH = 1.0  # the begin and the end of 1.6 are told in whole Wh, readings are not
LEAP_WH = 100_000.0  # a step that is smaller is never a leap: the battery of a car
UNSURE_WH = 20_000.0  # what an end that no reading comes near to, or a register from 0, is looked at more closely for
_MOST_W = 400_000.0  # what a charger delivers, unless it has told more
_USUAL_W = 50_000.0
_ROUNDED_WH = 1000.0  # whole kWh are that rough
_THOUSANDFOLD = 100  # a register that falls to less than this part and fits a thousandfold is told in kWh


def whole(wh: "float | Fraction") -> int:
    """Energy as it is told and billed: in whole Wh, half up, as SQL rounds. Registers are kept as they were told."""
    return math.floor(wh + 0.5)


class Meaning(StrEnum):
    """What a register counts from."""

    LIFETIME = "lifetime"
    SESSION = "session"
    BOOT = "boot"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """The register at a time of the charger's, and when we heard it; the power that was told with it."""

    at: str
    received_at: str
    wh: float
    power_w: float | None = None


@dataclass(frozen=True, slots=True)
class Energy:
    """What a session has used, where its register began and ended, and what is doubtful about it."""

    wh: float | None
    start_wh: float | None
    stop_wh: float | None
    flags: tuple[str, ...] = ()


def plain(start_wh: float | None, last_wh: float | None, stop_wh: float | None) -> bool:
    """Whether begin, newest reading and end leave no doubt, so that the difference is the energy."""
    if start_wh is None or stop_wh is None or last_wh is None:
        return False
    if not start_wh - _FRACTION_WH < last_wh < stop_wh + _FRACTION_WH or stop_wh < start_wh:
        return False
    return stop_wh - last_wh < (LEAP_WH if last_wh == start_wh else UNSURE_WH) and (start_wh > 0 or stop_wh < UNSURE_WH)


def odd(before_wh: float, now_wh: float) -> bool:
    """Whether a step of a running session's register wants a closer look at its end."""
    return not -_FRACTION_WH < now_wh - before_wh < LEAP_WH


def measured(
    first: Reading | None,
    last: Reading | None,
    between: Sequence[Reading] = (),
    links: Sequence[str] = (),
    meaning: Meaning = Meaning.UNKNOWN,
) -> Energy:
    """Energy between the begin and the end of a session.

    `between`: all readings, in any order. `links`: when its charger connected anew, which explains a register that begins
    anew. `meaning`: what the register of the EVSE was found to count from.
    """
    readings = _in_order(between)
    first, last, readings, mended = _in_wh(first, last, readings)
    flags = dict.fromkeys([UNIT] if mended else [])
    # The only reading that there is, or one that repeats the begin, says nothing of what was used.
    if first is None and readings and readings[0].wh != (last or readings[-1]).wh:
        first, readings = readings[0], readings[1:]
        flags[FIRST_READING] = None
    if last is None and first is not None and readings and readings[-1].wh != first.wh:
        last, readings = readings[-1], readings[:-1]
        flags[LAST_READING] = None
    if first is None or last is None:
        return Energy(None, first.wh if first else None, last.wh if last else None, (*flags, MISSING))
    sum_ = _Sum(first, readings, last, links, meaning)
    wh = sum_.total()
    return Energy(wh, first.wh, last.wh, tuple(dict.fromkeys([*flags, *sum_.flags])))


class _Sum:
    """Adds up the steps of a register."""

    def __init__(
        self, first: Reading, readings: Sequence[Reading], last: Reading, links: Sequence[str], meaning: Meaning
    ) -> None:
        self.flags: list[str] = []
        self._rest = [*readings, last]
        self._top = first  # the reading up to which is counted
        self._wh = 0.0
        self._links = links
        self._meaning = meaning
        told = [reading.power_w for reading in readings if reading.power_w is not None]
        self._most_w = max(_MOST_W, 2 * max(told, default=0.0))

    def total(self) -> float | None:
        """The energy; None where it cannot be known."""
        for place, reading in enumerate(self._rest):
            step = reading.wh - self._top.wh
            known = self._fallen(place, reading) if step < 0 else self._risen(place, reading, step)
            if not known:
                return None
        return self._wh

    def _risen(self, place: int, reading: Reading, step: float) -> bool:
        if step <= self._most(place, reading):
            self._wh += step
            self._top = reading
            return True
        later = [each.wh for each in self._rest[place + 1 :] if each.wh < reading.wh]
        if any(self._top.wh <= wh for wh in later):
            self._flag(WAVERED)  # a moment later it was back: the leap was none
            return True
        at_the_end = all(each.wh == reading.wh for each in self._rest[place:])
        alone = at_the_end and place == 0
        other = self._odd_begin(place) if alone else at_the_end or place == 0
        self._flag(MEANING if other else GAP)
        self._top = reading
        return not alone

    def _fallen(self, place: int, reading: Reading) -> bool:
        step, later = reading.wh - self._top.wh, self._rest[place + 1 :]
        linked = any(self._top.received_at < at <= reading.received_at for at in self._links)
        if step >= -JITTER_WH:
            if step <= -_FRACTION_WH:
                self._flag(WAVERED)
            self._wh = max(0.0, self._wh + step)
            self._top = reading
        elif any(each.wh >= self._top.wh for each in (later[:1] if linked else later)):
            self._flag(WAVERED)  # it comes back to where it was: what was told in between is left out
        elif linked:
            self._flag(RESET)
            self._begin_anew(reading)
        elif place == 0 and (later or self._meaning is Meaning.SESSION):
            self._flag(MEANING)
            self._begin_anew(reading, from_zero=self._meaning is Meaning.SESSION)
        elif not later and place and abs(reading.wh - self._wh) <= max(_ROUNDED_WH, self._wh / 10):
            self._flag(MEANING)  # the end tells what the session has used
        else:
            self._flag(REGRESSED)
            return False
        return True

    def _begin_anew(self, reading: Reading, *, from_zero: bool = True) -> None:
        """Go on from another register. What it shows is this session's where it was 0 since the last reading.

        After a loss of power some go on from a figure that they had saved before.
        """
        likely = _USUAL_W if self._most_w == _MOST_W else self._most_w
        if from_zero and reading.wh <= min(self._top.wh / 2, likely * _hours(self._top, reading)):
            self._wh += reading.wh
        self._top = reading

    def _most(self, place: int, reading: Reading) -> float:
        """The most that a step can be."""
        if place == 0 and self._odd_begin(place):
            return self._power_wh(reading)
        from_zero = place == 0 and self._top.wh == 0 and len(self._rest) > 1
        return self._power_wh(reading) + (LEAP_WH / 10 if from_zero else LEAP_WH)

    def _power_wh(self, reading: Reading) -> float:
        return self._most_w * _hours(self._top, reading)

    def _odd_begin(self, place: int) -> bool:
        """Whether a session of a register that never begins anew is told to begin at 0."""
        return place == 0 and self._top.wh == 0 and self._meaning is Meaning.LIFETIME

    def _flag(self, flag: str) -> None:
        self.flags.append(flag)


def _hours(before: Reading, after: Reading) -> float:
    """The time between two readings. The charger's clock may have been set, or it told both late: the longer one counts."""
    spans = (
        parsed(after.at) - parsed(before.at),
        parsed(after.received_at) - parsed(before.received_at),
    )
    return max(0.0, *(span.total_seconds() for span in spans)) / 3600


def _in_order(readings: Sequence[Reading]) -> list[Reading]:
    """Each once, in the order of the charger's clock, or as they came if that makes more sense: the clock may have been set."""
    once = {(reading.at, reading.wh): reading for reading in readings if reading.wh >= 0}.values()  # ocpp-go#114
    timed = sorted(once, key=lambda reading: (reading.at, reading.received_at))
    if not (falls := _falls(timed)):
        return timed
    came = sorted(once, key=lambda reading: (reading.received_at, reading.at))
    return came if _falls(came) < falls else timed


def _falls(readings: Sequence[Reading]) -> int:
    return sum(after.wh < before.wh for before, after in itertools.pairwise(readings))


def _in_wh(
    first: Reading | None, last: Reading | None, between: list[Reading]
) -> tuple[Reading | None, Reading | None, list[Reading], bool]:
    """All in Wh, and whether something had to be mended. Only what the other readings prove is."""
    if not between:
        return first, last, between, False
    if first and last and _in_kwh(first, last, between):
        return first, last, [], True
    begin = _mended(first, between[0]) if first else None
    end = _mended(last, between[-1]) if last else None
    return begin or first, end or last, between, bool(begin or end)


def _mended(told: Reading, beside: Reading) -> Reading | None:
    """A reading in kWh as Wh; None where it is not one. Whole kWh are too rough: the reading beside them counts then."""
    if beside.wh < _ROUNDED_WH or not 0 < told.wh < beside.wh / _THOUSANDFOLD:
        return None
    apart = abs(told.wh * 1000 - beside.wh)
    if apart > _ROUNDED_WH + _USUAL_W * max(_hours(told, beside), _hours(beside, told)):
        return None
    return replace(told, wh=beside.wh if apart <= _ROUNDED_WH else told.wh * 1000)


def _in_kwh(first: Reading, last: Reading, between: Sequence[Reading]) -> bool:
    """Whether it is the readings between that are told in kWh, as their fractions and a thousandfold of them show."""
    inside = all(
        each.wh < last.wh / _THOUSANDFOLD and first.wh - _ROUNDED_WH <= each.wh * 1000 <= last.wh + _ROUNDED_WH
        for each in between
    )
    return inside and any(each.wh % 1 for each in between)
