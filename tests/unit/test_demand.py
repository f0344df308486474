"""How occupied a site is, hour by hour, worked out by hand."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cpoctl.domain import demand
from cpoctl.domain.demand import Cell, Hour, Site
from cpoctl.domain.periods import local_hour

HOUR = 3_600_000
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    """An instant in milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def hour_of(moment: int) -> Hour:
    """The hour on the wall of Berlin."""
    quarter = datetime.fromtimestamp((moment - moment % 900_000) / 1000, UTC)
    return local_hour(quarter.isoformat()[:16], BERLIN)


def site_of(in_service: list[int], *sessions: tuple[int, int]) -> Site:
    """A site where everybody who came had a session."""
    return Site(in_service, sessions, [since for since, _ in sessions])


def swept(site: Site, begin: str, end: str) -> tuple[dict[Hour, Cell], list[tuple[int, int]]]:
    """The hours of a site."""
    cells: dict[Hour, Cell] = {}
    return cells, demand.swept(site, at(begin), at(end), hour_of, cells)


def test_half_an_hour_at_one_of_two_evses_is_a_quarter_of_the_hour() -> None:
    site = site_of([0, 0], (at("2026-10-05T10:15:00Z"), at("2026-10-05T10:45:00Z")))
    cells, busy = swept(site, "2026-10-05T10:00:00Z", "2026-10-05T12:00:00Z")
    assert [(hour[2], cell.share, cell.arrivals) for hour, cell in cells.items()] == [(12, 0.25, 1), (13, 0.0, 0)]
    assert busy == []


def test_all_are_busy_only_while_all_are() -> None:
    site = site_of([0, 0], (0, at("2026-10-05T10:40:00Z")), (at("2026-10-05T10:10:00Z"), at("2026-10-05T11:30:00Z")))
    cells, busy = swept(site, "2026-10-05T10:00:00Z", "2026-10-05T12:00:00Z")
    assert busy == [(at("2026-10-05T10:10:00Z"), at("2026-10-05T10:40:00Z"))]
    assert [cell.all_busy / cell.observed for cell in cells.values()] == [0.5, 0.0]


def test_the_hour_that_comes_twice_is_one_hour_observed_for_two() -> None:
    site = site_of([0], (at("2026-10-25T00:00:00Z"), at("2026-10-25T01:00:00Z")))
    cells, _ = swept(site, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")
    assert len(cells) == 24
    twice = cells[("2026-10-25", 6, 2)]
    assert (twice.observed, twice.share) == (2 * HOUR, 0.5)


def test_the_hour_that_is_skipped_is_not_there() -> None:
    cells, _ = swept(site_of([0]), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")
    assert len(cells) == 23
    assert ("2026-03-29", 6, 2) not in cells


def test_an_evse_counts_from_its_service_on() -> None:
    cells, _ = swept(site_of([0, at("2026-10-05T11:00:00Z")]), "2026-10-05T10:00:00Z", "2026-10-05T12:00:00Z")
    assert [cell.capacity for cell in cells.values()] == [HOUR, 2 * HOUR]


def test_ranks_are_the_least_values_that_enough_do_not_exceed() -> None:
    assert [demand.rank([4, 1, 3, 2], percent) for percent in (50, 90, 100)] == [2, 4, 4]
    assert demand.rank([], 50) is None
