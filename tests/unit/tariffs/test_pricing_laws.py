"""What holds for every charge and every tariff."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl.domain.tariffs import (
    Bill,
    Charge,
    Component,
    Dimension,
    Element,
    Kind,
    Period,
    Price,
    Reservation,
    Restrictions,
    Tariff,
    fingerprint,
    price,
    read_text,
    written,
)

FEW = settings(max_examples=20, deadline=None)
JUMPS = (
    datetime(2026, 10, 24, 22, tzinfo=UTC),
    datetime(2026, 3, 28, 22, tzinfo=UTC),
    datetime(2026, 7, 3, tzinfo=UTC),
)
ZONES = tuple(map(ZoneInfo, ("Europe/Amsterdam", "UTC", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")))

QUARTER = timedelta(minutes=15)
STEPS = st.integers(1, 900)
amounts = st.integers(0, 9999).map(lambda number: Decimal(number) / 1000)
times = st.integers(0, 47).map(lambda half: (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * half)).time())
restrictions = st.builds(
    Restrictions,
    start_time=st.none() | times,
    end_time=st.none() | times,
    start_date=st.none() | st.just(datetime(2026, 10, 25, tzinfo=UTC).date()),
    min_kwh=st.none() | amounts,
    max_kwh=st.none() | amounts,
    max_power=st.none() | amounts,
    min_duration=st.none() | st.integers(0, 20_000),
    max_duration=st.none() | st.integers(1, 20_000),
    day_of_week=st.sampled_from([(), (5,), (5, 6), (0, 1, 2, 3, 4)]),
)


def components(step: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Component, ...]]:
    one = st.builds(Component, st.sampled_from(Dimension), amounts, st.sampled_from([None, Decimal(21)]), step)
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda each: each.dimension).map(tuple)


def tariffs(step: st.SearchStrategy[int] = STEPS) -> st.SearchStrategy[Tariff]:
    elements = st.builds(Element, components(step), st.just(Restrictions()) | restrictions)
    limits = st.none() | st.builds(Price, amounts) | amounts.map(lambda net: Price(net, net * Decimal("1.21")))
    found = st.builds(Tariff, st.just("T"), st.just("EUR"), st.lists(elements, min_size=1, max_size=5).map(tuple))
    return st.builds(lambda each, most: replace(each, max_price=most), found, limits)


@st.composite
def charges(draw: st.DrawFn) -> Charge:
    at = draw(st.sampled_from(JUMPS)) + timedelta(seconds=draw(st.integers(0, 30_000)))
    periods = []
    for kind in draw(st.lists(st.sampled_from([Kind.CHARGING, Kind.PARKING]), min_size=1, max_size=4)):
        end = at + timedelta(seconds=draw(st.integers(0, 15_000)))
        energy = draw(st.integers(0, 9_000).map(lambda tenths: Fraction(tenths, 10)))
        power = draw(st.none() | st.just(Fraction(2500)))
        periods.append(Period(at, end, kind, energy, None, power))
        at = end
    return Charge(tuple(periods), draw(st.sampled_from(ZONES)))


def totals(bill: Bill) -> tuple[Fraction, Fraction]:
    return bill.net, bill.gross


@FEW
@given(charges(), tariffs())
def test_lines_and_adjustment_add_up_and_vat_only_adds(charge: Charge, tariff: Tariff) -> None:
    bill = price(charge, tariff)
    assert sum(line.net for line in bill.lines) + bill.adjustment_net == bill.net
    assert sum(line.gross for line in bill.lines) + bill.adjustment_gross == bill.gross
    assert 0 <= bill.net <= bill.gross
    if tariff.max_price:
        assert bill.net <= tariff.max_price.net
        assert tariff.max_price.gross is None or bill.gross <= tariff.max_price.gross


@FEW
@given(charges(), tariffs(), st.integers(0, 5))
def test_an_element_that_never_applies_changes_nothing(charge: Charge, tariff: Tariff, place: int) -> None:
    never = Restrictions(start_date=datetime(2031, 1, 1, tzinfo=UTC).date())
    element = Element(tuple(Component(each, Decimal(99)) for each in Dimension), never)
    more = replace(tariff, elements=(*tariff.elements[:place], element, *tariff.elements[place:]))
    assert totals(price(charge, more)) == totals(price(charge, tariff))


@FEW
@given(charges(), tariffs(), st.data())
def test_splitting_a_period_changes_nothing(charge: Charge, tariff: Tariff, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(charge.periods) - 1))
    period = charge.periods[place]
    lasted = int((period.end - period.begin).total_seconds())
    into = data.draw(st.integers(0, lasted))
    share = Fraction(into, lasted) if lasted else Fraction(1, 3)
    cut, energy = period.begin + timedelta(seconds=into), period.energy_wh * share
    halves = (
        replace(period, end=cut, energy_wh=energy),
        replace(period, begin=cut, energy_wh=period.energy_wh - energy),
    )
    split = replace(charge, periods=(*charge.periods[:place], *halves, *charge.periods[place + 1 :]))
    assert price(split, tariff).lines == price(charge, tariff).lines


@FEW
@given(charges(), tariffs(), st.integers(1, 47))
def test_elements_that_cannot_overlap_may_change_places(charge: Charge, tariff: Tariff, half: int) -> None:
    at = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * half)).time()
    components = tariff.elements[0].components
    doubled = tuple(replace(each, price=each.price * 2) for each in components)
    early = Element(components, Restrictions(end_time=at))
    late = Element(doubled, Restrictions(start_time=at))
    one, other = (replace(tariff, elements=elements) for elements in ((early, late), (late, early)))
    assert totals(price(charge, one)) == totals(price(charge, other))


@FEW
@given(charges(), tariffs(step=st.just(1)))
def test_a_part_of_a_charge_never_costs_more_than_the_whole(charge: Charge, tariff: Tariff) -> None:
    whole = price(charge, tariff)
    for count in range(1, len(charge.periods)):
        part = price(replace(charge, periods=charge.periods[:count]), tariff)
        assert part.net <= whole.net
        assert part.gross <= whole.gross or tariff.max_price  # whose share of VAT may fall


@FEW
@given(charges(), tariffs())
def test_a_tariff_is_the_same_after_it_was_written(charge: Charge, tariff: Tariff) -> None:
    again = read_text(written(tariff))
    assert fingerprint(again) == fingerprint(tariff)
    assert price(charge, again) == price(charge, tariff)


@FEW
@given(charges(), tariffs(step=st.just(1)))
def test_every_second_and_watt_hour_is_billed_once(charge: Charge, tariff: Tariff) -> None:
    flat = Element(tuple(Component(each, Decimal(1)) for each in Dimension))
    bill = price(charge, replace(tariff, elements=(*tariff.elements, flat), max_price=None))
    energy = sum(line.quantity for line in bill.lines if line.dimension is Dimension.ENERGY)
    time = sum(line.quantity for line in bill.lines if line.dimension in (Dimension.TIME, Dimension.PARKING_TIME))
    lasted = charge.periods[-1].end - charge.periods[0].begin
    assert energy == sum(period.energy_wh for period in charge.periods)
    assert time == Fraction(lasted // timedelta(microseconds=1), 1_000_000)


@FEW
@given(charges(), tariffs())
def test_reserved_time_adds_its_own_price_alone(charge: Charge, tariff: Tariff) -> None:
    began = charge.periods[0].begin
    reserved = Period(began - timedelta(minutes=20), began, Kind.RESERVATION)
    element = Element((Component(Dimension.TIME, Decimal(6)),), Restrictions(reservation=Reservation.RESERVATION))
    more = replace(tariff, elements=(element, *tariff.elements), max_price=None)
    whole = price(replace(charge, periods=(reserved, *charge.periods)), more)
    assert whole.net == price(charge, replace(tariff, max_price=None)).net + 2


def by_the_quarter(charge: Charge, tariff: Tariff) -> Fraction:
    """The net total, reckoned anew for each quarter of an hour with Python's own calendar."""
    began, due = charge.periods[0].begin, Fraction()
    for period in charge.periods:
        quarters = (period.end - period.begin) // QUARTER
        timed = Dimension.TIME if period.kind is Kind.CHARGING else Dimension.PARKING_TIME
        for quarter in range(quarters):
            at = period.begin + QUARTER * quarter
            local, lasted = at.astimezone(charge.zone), at - began
            due += Fraction(period.energy_wh, 1000 * quarters) * applied(tariff, Dimension.ENERGY, local, lasted)
            due += Fraction(1, 4) * applied(tariff, timed, local, lasted)
    return due + applied(tariff, Dimension.FLAT, began.astimezone(charge.zone), timedelta())


def applied(tariff: Tariff, dimension: Dimension, local: datetime, lasted: timedelta) -> Fraction:
    for element in tariff.elements:
        priced = [each.price for each in element.components if each.dimension is dimension]
        if priced and holds(element.restrictions, local, lasted.total_seconds()):
            return Fraction(priced[0])
    return Fraction()


def holds(given: Restrictions, local: datetime, lasted: float) -> bool:
    begin, end = given.start_time or time(), given.end_time or time()
    after, before = local.time() >= begin, local.time() < end or end == time()
    in_hours = (after and before) if begin <= end or end == time() else (after or before)
    return (
        in_hours
        and (not given.day_of_week or local.weekday() in given.day_of_week)
        and (given.start_date is None or local.date() >= given.start_date)
        and (given.min_duration is None or lasted >= given.min_duration)
        and (given.max_duration is None or lasted < given.max_duration)
    )


@FEW
@given(charges(), tariffs(step=st.just(1)))
def test_a_bill_is_what_its_quarters_cost_one_by_one(charge: Charge, tariff: Tariff) -> None:
    at = charge.periods[0].begin.replace(minute=0, second=0)
    periods = []
    for place, period in enumerate(charge.periods):
        quarters = 3 * place + 4
        end, energy = at + QUARTER * quarters, int(period.energy_wh) * quarters  # whole steps of 1 Wh in each
        periods.append(replace(period, begin=at, end=end, energy_wh=energy))
        at = end
    elements = [replace(each, restrictions=by_quarters(each.restrictions)) for each in tariff.elements]
    plain = replace(tariff, elements=tuple(elements), max_price=None)
    whole = replace(charge, periods=tuple(periods))
    assert price(whole, plain).net == by_the_quarter(whole, plain)


def by_quarters(given: Restrictions) -> Restrictions:
    """The same, without what changes within a quarter of an hour."""
    least, most = (None if each is None else each // 900 * 900 for each in (given.min_duration, given.max_duration))
    return replace(given, min_kwh=None, max_kwh=None, max_power=None, min_duration=least, max_duration=most)
