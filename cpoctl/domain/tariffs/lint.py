"""Concerns about a tariff that can be read but may not be meant, each with the number of its element."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from decimal import Decimal
from typing import Final

from cpoctl.clock import wire
from cpoctl.domain.tariffs.clocks import SECOND, weekday
from cpoctl.domain.tariffs.model import Dimension, Element, Price, Restrictions, Tariff
from cpoctl.domain.tariffs.plan import Now
from cpoctl.domain.tariffs.reach import Reach, reaches
from cpoctl.domain.tariffs.reading import WEEKDAYS

_LARGEST_STEP: Final = {Dimension.ENERGY: (100, "Wh"), Dimension.TIME: (60, "s"), Dimension.PARKING_TIME: (60, "s")}
_BOUNDS: Final = ("kwh", "current", "power", "duration")


def concerns(tariff: Tariff) -> list[str]:
    """Say what looks wrong, the whole tariff first, then element by element."""
    found = list(_of_tariff(tariff))
    empty: set[int] = set()
    for number, element in enumerate(tariff.elements, 1):
        reasons = list(_empty(element.restrictions, tariff))
        if reasons:
            empty.add(number)
        found += [f"element {number} can never apply: {reason}" for reason in reasons]
        found += [f"element {number}: {said}" for say in _ELEMENT for said in say(element)]
    for reach in reaches(tariff):
        found += _unreached(reach, empty)
        found += _overlaps(reach)
        if reach.free and reach.dimension is Dimension.ENERGY and tariff.formula is None:
            found.append(f"ENERGY has no price, so it is free, {_words(reach.free, tariff)}")
    return found


def _of_tariff(tariff: Tariff) -> Iterator[str]:
    if tariff.starts_at and tariff.ends_at and tariff.ends_at <= tariff.starts_at:
        yield f"the tariff never holds: it ends {wire(tariff.ends_at)}, and starts {wire(tariff.starts_at)}"
    least, most = tariff.min_price, tariff.max_price
    if least and most and (least.net > most.net or (least.gross and most.gross and least.gross > most.gross)):
        yield "min_price lies above max_price: every session costs max_price"
    yield from (f"{name} has no incl_vat: VAT is added in the share it has in the session" for name in _shares(tariff))


def _shares(tariff: Tariff) -> Iterator[str]:
    taxed = any(each.vat for element in tariff.elements for each in element.components)
    limits: tuple[tuple[str, Price | None], ...] = (("min_price", tariff.min_price), ("max_price", tariff.max_price))
    yield from (name for name, limit in limits if taxed and limit and limit.net and limit.gross is None)


def _empty(given: Restrictions, tariff: Tariff) -> Iterator[str]:
    """Why restrictions can never hold, whatever the other elements are."""
    if given.start_time is not None and given.start_time == given.end_time != time():
        yield f"start_time and end_time are both {given.start_time:%H:%M}; leave both out for the whole day"
    if given.start_date and given.end_date and given.start_date >= given.end_date:
        yield f"end_date {given.end_date} is the first day without it, and start_date is {given.start_date}"
    for name in _BOUNDS:
        least, most = getattr(given, f"min_{name}"), getattr(given, f"max_{name}")
        if most is not None and most <= (least or 0):
            yield f"max_{name} {most} is not above min_{name} {least or 0}"
    day = timedelta(days=1)  # a site's date may be another than that in UTC
    if given.end_date and tariff.starts_at and given.end_date <= tariff.starts_at.date() - day:
        yield f"its end_date {given.end_date} lies before the tariff starts"
    if given.start_date and tariff.ends_at and given.start_date > tariff.ends_at.date() + day:
        yield f"its start_date {given.start_date} lies after the tariff ends"


def _steps(element: Element) -> Iterator[str]:
    for each in element.components:
        most, unit = _LARGEST_STEP.get(each.dimension, (0, ""))
        if unit and each.step_size > most:
            yield f"{each.dimension} is billed in steps of {each.step_size} {unit}, more than the {most} {unit} drivers expect"


def _negative(element: Element) -> Iterator[str]:
    yield from (
        f"{each.dimension} has the price {each.price}, below 0" for each in element.components if each.price < 0
    )


def _hours(element: Element) -> Iterator[str]:
    given = element.restrictions
    if given.end_time == time(23, 59):
        yield "end_time 23:59 leaves out the last minute of the day; 00:00 is its end"
    begin, end = given.start_time, given.end_time
    if begin and end and end < begin and end != time() and 0 < len(given.day_of_week) < len(WEEKDAYS):
        yield f"it runs over midnight, and day_of_week counts on both sides: after 00:00 it is the day's own {end:%H:%M}"


_ELEMENT: Final[tuple[Callable[[Element], Iterator[str]], ...]] = (_steps, _negative, _hours)


def _unreached(reach: Reach, empty: set[int]) -> Iterator[str]:
    for number in reach.numbers:
        if number in reach.first or number in empty:
            continue
        if number not in reach.held:
            yield f"element {number} can never price {reach.dimension}: {_WHY.get(reach.dimension, 'its restrictions never hold at once')}"
        else:
            earlier = _listed(sorted(reach.before[number]))
            yield f"element {number} can never price {reach.dimension}: {earlier} first wherever it would"


_WHY: Final = {
    Dimension.FLAT: "it is due as the session begins, with no energy and no time gone by",
    Dimension.PARKING_TIME: "nothing flows while parked, or its restrictions never hold at once",
}


def _overlaps(reach: Reach) -> Iterator[str]:
    for one, other in sorted(reach.together):
        if (one, other) in reach.apart and (other, one) in reach.apart:
            yield f"elements {one} and {other} overlap in {reach.dimension}: where both hold, {one} applies"


def _listed(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"element {numbers[0]} comes"
    return f"elements {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} come"


def _words(now: Now, tariff: Tariff) -> str:
    """An instant in the words of the restrictions that the tariff uses."""
    given = [element.restrictions for element in tariff.elements]
    said = ["for example"]
    if any(each.start_date or each.end_date or each.day_of_week for each in given):
        said.append(f"on a {WEEKDAYS[weekday(now.day)].capitalize()}")
    if any(each.start_time or each.end_time for each in given):
        minutes = int(now.time) // (60 * SECOND)
        said.append(f"at {minutes // 60:02d}:{minutes % 60:02d}")
    if any(each.min_kwh or each.max_kwh for each in given):
        said.append(f"after {Decimal(int(now.wh)) / 1000} kWh")
    if any(each.min_duration or each.max_duration for each in given):
        said.append(f"after {int(now.lasted) // SECOND} s")
    if any(each.min_current or each.max_current for each in given):
        said.append("where the current is not told" if now.current is None else f"at {int(now.current)} A")
    if any(each.min_power or each.max_power for each in given):
        said.append(f"at {Decimal(int(now.power or 0)) / 1000} kW")
    return " ".join(said) if len(said) > 1 else "at times"
