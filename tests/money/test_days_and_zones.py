"""A day without a time: when a tariff begins and ends with one, and what other times without a zone mean."""

import os
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cpoctl.clock import use_zone, with_zone
from cpoctl.domain.assignments import Assignment, Assignments, Place, Scope
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Danger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.session.reprice import RepriceSessions
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from cpoctl.operations.tariff.list import ListTariffs
from cpoctl.operations.tariff.unassign import UnassignTariff
from cpoctl.table import fields
from tests.support.csms import Csms

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
PLACE = Place("HQ-07", 1, "HQ")


def month(scope: Scope = Scope.DEFAULT, target: str = "") -> Assignments:
    """September's tariff, and October's from the first on."""
    return Assignments(
        [
            Assignment(1, "september", "1", scope, target, "2026-09-01", "2026-10-01"),
            Assignment(2, "october", "1", scope, target, "2026-10-01"),
        ]
    )


@pytest.mark.parametrize(
    ("zone", "began", "tariff"),
    [
        (BERLIN, "2026-09-30T21:59:59.000Z", "september"),
        (BERLIN, "2026-09-30T22:00:00.000Z", "october"),
        (NEW_YORK, "2026-10-01T00:30:00.000Z", "september"),
        (NEW_YORK, "2026-10-01T04:00:00.000Z", "october"),
        (UTC, "2026-10-01T00:00:00.000Z", "october"),
    ],
)
def test_a_day_begins_at_each_sites_own_midnight(zone: Any, began: str, tariff: str) -> None:
    for known in (month(), month(Scope.SITE, "HQ")):
        held = known.at(PLACE, began, zone)
        assert held is not None
        assert held.tariff_id == tariff


def test_the_first_assignment_holds_somewhere_before_its_day_begins_here() -> None:
    assert month().earliest == "2026-08-31T10:00:00.000Z"


@pytest.fixture
async def berlin(csms: Csms) -> Csms:
    """A charger in Berlin and a tariff."""
    await csms.booted("HQ-07")
    await csms.do(AddSite(site="HQ", time_zone="Europe/Berlin"))
    await csms.do(EditCharger(charger="HQ-07", site="HQ"))
    for name in ("day", "night"):
        await csms.do(AddTariff(id=name, energy="0.50", currency="EUR"))
    return csms


@pytest.mark.parametrize("where", [{"default": True}, {"site": "HQ"}, {"charger": "HQ-07"}, {"evse": "HQ-07:1"}])
async def test_a_day_is_kept_as_one_and_follows_on_a_day(berlin: Csms, where: dict[str, Any]) -> None:
    made = await berlin.do(AssignTariff(tariff="day", since="2027-01-01", until="2027-02-01", **where))
    assert (made.valid_from, made.valid_to) == ("2027-01-01", "2027-02-01")
    shown = next(field for field in fields(AssignTariff.row) if field.name == "valid_from")
    assert shown.column is not None
    assert shown.column.show is not None
    assert shown.column.show(made.valid_from) == "2027-01-01"
    await berlin.do(AssignTariff(tariff="night", since="2027-02-01", **where))
    with pytest.raises(Conflict, match="from 2027-01-01 to 2027-02-01"):
        await berlin.do(AssignTariff(tariff="night", since="2027-01-31", until="2027-02-01", **where))


async def test_an_instant_meets_a_day_by_the_clock_of_the_site(berlin: Csms) -> None:
    await berlin.do(AssignTariff(tariff="day", site="HQ", since="2027-01-01T00:00:00Z"))
    with pytest.raises(UsageProblem, match="never"):
        await berlin.do(AssignTariff(tariff="night", site="HQ", since="2026-12-31T23:00:00Z", until="2027-01-01"))
    await berlin.do(AssignTariff(tariff="night", site="HQ", since="2027-02-01", replace=True))
    await berlin.do(UnassignTariff(site="HQ", at="2027-03-01"))
    kept = await berlin.rows("SELECT tariff_id, valid_from, valid_to FROM tariff_assignment ORDER BY assignment_id")
    assert [tuple(row.values()) for row in kept] == [
        ("day", "2027-01-01T00:00:00.000Z", "2027-02-01"),
        ("night", "2027-02-01", "2027-03-01"),
    ]


async def test_a_tariff_holds_by_the_clock_of_its_place(berlin: Csms) -> None:
    today = datetime.now(UTC).date().isoformat()
    await berlin.do(AssignTariff(tariff="day", evse="HQ-07:1", since=today))
    (day, _) = await berlin.store.reading(ListTariffs().select)
    assert day.held == ["evse HQ-07:1"]


@pytest.mark.parametrize("day", ["2027-02-30", "9999-12-31", "0001-01-01"])
async def test_a_day_that_there_is_not_is_refused(berlin: Csms, day: str) -> None:
    with pytest.raises(UsageProblem):
        await berlin.do(AssignTariff(tariff="day", default=True, since=day))


def test_a_price_in_a_month_that_is_over_wants_a_yes_and_says_what_it_changes() -> None:
    past = AssignTariff(tariff="day", default=True, since="2020-01-31")
    assert past.danger_now() is Danger.DISRUPTS
    assert "those that have one keep it" in past.consequence()
    assert AssignTariff(tariff="day", default=True, since="2h").danger_now() is Danger.HARMLESS
    assert AssignTariff(tariff="day", default=True).danger_now() is Danger.HARMLESS


def test_the_month_before_is_that_of_whoever_says_so() -> None:
    told = RepriceSessions(since="last-month", reason="x").pinned(datetime(2026, 12, 1, 0, 30, tzinfo=BERLIN))
    assert (told.since, told.until) == ("2026-11-01", "2026-11-30")


@pytest.fixture
def new_york() -> Any:
    """This machine is in New York."""
    before = os.environ.get("TZ")
    use_zone("America/New_York")
    yield
    use_zone(before)


@pytest.mark.parametrize(
    ("text", "days", "meant"),
    [
        ("2026-10-01T12:00", True, "2026-10-01T12:00:00-04:00"),
        ("2026-10-01", True, "2026-10-01T00:00:00-04:00"),
        ("2026-10-01", False, "2026-10-01"),
        ("2026-10-01T12:00:00Z", True, "2026-10-01T12:00:00Z"),
        ("2h", True, "2h"),
        ("nonsense-1", True, "nonsense-1"),
        ("0001-01-01", True, "0001-01-01"),
    ],
)
@pytest.mark.usefixtures("new_york")
def test_a_time_without_a_zone_is_this_machines_own(text: str, days: bool, meant: str) -> None:
    assert with_zone(text, days=days) == meant
