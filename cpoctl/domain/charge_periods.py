"""Charge periods: a session, its readings and the statuses of its EVSE as the periods that a tariff prices.

SuspendedEV and Finishing are parking; SuspendedEVSE, which is our own doing, is charging time or free of time; whatever
else an EVSE tells is charging time. The energy of the periods is exactly that of the session and never negative: what the
register gained between two readings belongs to the stretches that were not parking. OCPI 2.2.1 §11.4.5, OCPP 1.6 §4.9
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from cpoctl.domain.tariffs import Charge, Kind, Period

CARRIED = timedelta(minutes=10)
"""For how long a status from before the begin still says what a session begins with."""
_PARKING = frozenset({"SuspendedEV", "Finishing"})
_DELIVERING = Kind.CHARGING
_TICK = timedelta(microseconds=1)


class Suspended(StrEnum):
    """What the time costs during which we let nothing flow."""

    TIME = "time"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured at an instant; `energy_wh` is the register."""

    at: datetime
    energy_wh: Fraction | None = None
    power_w: Fraction | None = None
    current_a: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The status that an EVSE had from an instant on."""

    at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Charged:
    """What is known of a session: times in UTC, the register at its begin, its energy (0 where nobody knows it)."""

    begin: datetime
    end: datetime
    energy_wh: Fraction = Fraction(0)
    meter_start_wh: Fraction | None = None
    reserved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Stretch:
    begin: datetime
    end: datetime
    kind: Kind


def charge(
    session: Charged,
    readings: Sequence[Reading],
    statuses: Iterable[Shown],
    zone: ZoneInfo,
    suspended: Suspended = Suspended.TIME,
) -> Charge:
    """What is priced. Without readings the periods follow the statuses alone; without either there is one."""
    end = max(session.begin, session.end)
    within = sorted((reading for reading in readings if session.begin <= reading.at <= end), key=lambda it: it.at)
    stretches = list(_stretches(session.begin, end, statuses, suspended))
    measured = _Measured(within)
    periods = [period for step in _register(session, end, within) for period in _spread(step, stretches, measured)]
    reserved = session.reserved_at
    if reserved is not None and reserved < session.begin:
        periods.insert(0, Period(reserved, session.begin, Kind.RESERVATION))
    return Charge(tuple(periods), zone)


def _stretches(begin: datetime, end: datetime, statuses: Iterable[Shown], suspended: Suspended) -> Iterator[_Stretch]:
    """What went on, from the begin to the end without a gap; neighbours differ."""
    told = sorted(statuses, key=lambda shown: shown.at)
    before = [shown for shown in told if begin - CARRIED <= shown.at <= begin]
    # Finishing from before the begin is the end of another session.
    first = before[-1].status if before and before[-1].status != "Finishing" else ""
    turns = [(begin, _meant(first, suspended))]
    for shown in told:
        if begin < shown.at < end and (meant := _meant(shown.status, suspended)) != turns[-1][1]:
            turns.append((shown.at, meant))
    for (since, kind), until in zip(turns, [*(at for at, _ in turns[1:]), end], strict=True):
        yield _Stretch(since, until, kind)


def _meant(status: str, suspended: Suspended) -> Kind:
    if status in _PARKING:
        return Kind.PARKING
    return Kind.FREE if status == "SuspendedEVSE" and suspended is Suspended.FREE else Kind.CHARGING


def _register(
    session: Charged, end: datetime, readings: Sequence[Reading]
) -> Iterator[tuple[datetime, datetime, Fraction]]:
    """From reading to reading: when, and what the register gained, which in all is what the session has used."""
    total, start = session.energy_wh, session.meter_start_wh
    known: list[tuple[datetime, Fraction]] = [(session.begin, Fraction(0))]
    for reading in readings:
        used = known[-1][1]
        if reading.energy_wh is not None and start is not None:
            used = min(total, max(used, reading.energy_wh - start))  # a register that jumps back has gained nothing
        if reading.at == known[-1][0]:
            known[-1] = (reading.at, used)
        elif reading.at < end:
            known.append((reading.at, used))
    known.append((end, total))
    if known[0][1]:  # what was used before the first moment belongs to it
        known[0] = (session.begin, Fraction(0))
    for (since, before), (until, after) in pairwise(known):
        yield since, until, after - before


class _Measured:
    """Power and current as they were measured last, at any instant; before the first measurement that one."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._times = [reading.at for reading in readings]
        self._power = _carried([reading.power_w for reading in readings])
        self._current = _carried([reading.current_a for reading in readings])

    def at(self, moment: datetime) -> tuple[Fraction | None, Fraction | None]:
        """Current and power."""
        if not self._times:
            return None, None
        place = max(0, bisect_right(self._times, moment) - 1)
        return self._current[place], self._power[place]


def _carried(values: Sequence[Fraction | None]) -> list[Fraction | None]:
    """Each gap filled with the value before it, and with the first one before that."""
    newest = next((value for value in values if value is not None), None)
    carried = []
    for value in values:
        newest = newest if value is None else value
        carried.append(newest)
    return carried


def _spread(
    step: tuple[datetime, datetime, Fraction], stretches: Sequence[_Stretch], measured: _Measured
) -> Iterator[Period]:
    """The periods from one reading to the next; what the register gained goes to those that were charging."""
    since, until, gained = step
    first = bisect_right(stretches, since, key=_begins) - 1
    last = max(first + 1, bisect_left(stretches, until, key=_begins))
    parts = [(max(since, it.begin), min(until, it.end), it) for it in stretches[first:last]]
    lengths = [(end - begin) // _TICK * (it.kind is _DELIVERING) for begin, end, it in parts]
    if not any(lengths):
        lengths = [(end - begin) // _TICK for begin, end, _ in parts]
    whole, (current, power) = sum(lengths), measured.at(since)
    for (begin, end, it), length in zip(parts, lengths, strict=True):
        share = gained * length / whole if whole else gained / len(parts)
        yield Period(begin, end, it.kind, share, current, power)


def _begins(stretch: _Stretch) -> datetime:
    return stretch.begin


def relieved(charge: Charge, wh: Fraction) -> tuple[Charge, Fraction]:
    """The charge without the first energy, which somebody has paid for already; and how much that was.

    What is left keeps the power at which it flowed; a price by kWh counts what is left.
    """
    left, periods = wh, []
    for period in charge.periods:
        taken = min(left, Fraction(period.energy_wh))
        left -= taken
        periods.append(replace(period, energy_wh=period.energy_wh - taken, power_w=_power(period)))
    return replace(charge, periods=tuple(periods)), wh - left


def _power(period: Period) -> Fraction | int | None:
    micros = (period.end - period.begin) // _TICK
    if period.power_w is not None or not micros:
        return period.power_w
    return Fraction(period.energy_wh) * 3_600_000_000 / micros
