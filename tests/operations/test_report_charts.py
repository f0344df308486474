"""What reports look like as charts: which rows are drawn, to what scale, under which words."""

from typing import Any

import pytest

from cpoctl.charts import Chart, drawn
from cpoctl.operations.report import Report
from cpoctl.operations.report.demand import DemandReport
from cpoctl.operations.report.energy import EnergyReport
from cpoctl.operations.report.power import PowerReport
from cpoctl.operations.report.reliability import ReliabilityReport
from cpoctl.operations.report.revenue import RevenueReport
from cpoctl.operations.report.sessions import SessionsReport
from cpoctl.operations.report.tags import TagsReport
from cpoctl.operations.report.uptime import UptimeReport
from cpoctl.table import record
from tests.support.books import Books, priced

OCTOBER = "2026-10"
ALL: Any = (
    EnergyReport, SessionsReport, RevenueReport, UptimeReport, ReliabilityReport, DemandReport, PowerReport, TagsReport,
)  # fmt: skip


def chart(report: Report, books: Books) -> Chart:
    """A report's chart of what it selects."""
    found = report.chart([record(row) for row in report.select(books.read)])
    assert found is not None
    return found


def bars(drawn: Chart, at: int = 0) -> dict[str, float | None]:
    """The bars of one of its axes."""
    return dict(zip(drawn.labels_of(drawn.series[at]), drawn.series[at].values, strict=True))


def of_chargers(count: int, **more: Any) -> list[dict[str, Any]]:
    """Rows of so many chargers, all alike."""
    return [{"by": "charger", "key": f"C{number:03d}", "period": None, **more} for number in range(count)]


@pytest.mark.parametrize("report", ALL)
def test_a_report_without_rows_has_a_chart_that_says_so(report: type[Report]) -> None:
    empty = report(since=OCTOBER).chart([])
    assert empty is not None
    assert empty.empty
    assert drawn(empty, 80)[1:] == ["2026-10, time of each site", "no data in this period"]


@pytest.mark.parametrize(
    ("report", "field"),
    [
        (UptimeReport(since=OCTOBER, by="charger"), "uptime_percent"),
        (ReliabilityReport(since=OCTOBER), "success_percent"),
    ],
)
def test_of_many_shares_the_lowest_are_drawn(report: Report, field: str) -> None:
    rows = of_chargers(200, **{field: 100})
    rows[150][field], rows[70][field], rows[3][field] = 93.03, 97.5, None
    shown = report.chart(rows)
    assert shown is not None
    assert shown.title.endswith(" by charger, 60 lowest of 200")
    assert list(bars(shown).items())[:3] == [("C150", 93.03), ("C070", 97.5), ("C000", 100)]
    assert (len(bars(shown)), "C003" in bars(shown)) == (60, False)


def test_of_many_amounts_the_highest_are_drawn_and_all_are_in_the_total() -> None:
    rows = of_chargers(200, energy_wh=1000)
    rows[150]["energy_wh"] = 2500
    shown = EnergyReport(since=OCTOBER, by="charger").chart(rows)
    assert shown.title == "energy by charger, 60 highest of 200"
    assert shown.about == "2026-10, time of each site, total 201.50 kWh"
    assert list(bars(shown).items())[:2] == [("C150", 2.5), ("C000", 1.0)]
    assert len(bars(shown)) == 60


def test_a_tag_chart_has_as_many_bars_as_any_other() -> None:
    rows = [{"by": "tag", "key": f"T{number}", "energy_wh": 1} for number in range(61)]
    assert TagsReport(since=OCTOBER).chart(rows).title == "energy by tag, 60 highest of 61"


def test_every_currency_has_an_axis_and_a_limit_of_its_own() -> None:
    euros = of_chargers(70, currency="EUR", gross="1.0000")
    francs = of_chargers(2, currency="CHF", gross="100.5050")
    shown = RevenueReport(since=OCTOBER, by="charger").chart([*euros, *francs, *of_chargers(1, currency="", gross="0")])
    assert (shown.title, shown.about) == ("gross revenue by charger", "2026-10, time of each site")
    assert [series.name for series in shown.series] == ["CHF, total 201.01", "EUR, 60 highest of 70, total 70.00"]
    assert [len(series.values) for series in shown.series] == [2, 60]


def test_days_without_sessions_are_zero_and_as_wide_as_others(books: Books) -> None:
    for day in (10, 20, 25):
        books.session("hq", f"2026-10-{day}T10:00:00.000Z", f"2026-10-{day}T11:00:00.000Z", 1000)
    days = bars(chart(EnergyReport(since=OCTOBER), books))
    assert list(days) == [f"10-{day:02d}" for day in range(1, 32)]
    assert [day for day, value in days.items() if value] == ["10-10", "10-20", "10-25"]
    assert set(days.values()) == {0.0, 1.0}


def test_what_adds_up_to_nothing_is_a_gap_where_no_row_is() -> None:
    rows = [
        {"by": "month", "key": key, "period": None, "uptime_percent": value}
        for key, value in (("2026-02", 99), ("2026-04", 98))
    ]
    shown = UptimeReport(since="2026-02", until="2026-05", by="month").chart(rows)
    assert bars(shown) == {"2026-02": 99, "2026-03": None, "2026-04": 98, "2026-05": None}


def test_a_weekday_that_the_period_does_not_have_is_a_gap() -> None:
    rows = [{"by": "weekday", "key": "Sat", "sessions": 4}]
    shown = SessionsReport(since="2026-10-02", until="2026-10-04", by="weekday").chart(rows)
    assert list(bars(shown).values()) == [None, None, None, None, 0, 4, 0]


def test_days_that_have_not_come_are_no_zeros() -> None:
    rows = [{"by": "day", "key": "2026-10-02", "sessions": 4}]
    ahead = {"by": "day", "key": "8999-01-03", "sessions": 4}  # of a charger whose clock is ahead
    assert list(bars(SessionsReport(since="8999-01-01", until="8999-12-31").chart([ahead]))) == [
        "01-01",
        "01-02",
        "01-03",
    ]
    assert len(bars(SessionsReport(since="2026-10-01", until="2026-10-03").chart(rows))) == 3


def test_days_of_several_years_say_which() -> None:
    rows = [{"by": "day", "key": key, "sessions": 1} for key in ("2025-12-31", "2026-01-01")]
    shown = SessionsReport(since="2025-12-31", until="2026-01-01").chart(rows)
    assert list(bars(shown)) == ["2025-12-31", "2026-01-01"]


def test_fees_by_hour_stand_after_the_hours() -> None:
    rows = [{"by": "hour", "key": key, "currency": "EUR", "gross": "1.0000"} for key in ("07", "(subscriptions)")]
    shown = bars(RevenueReport(since=OCTOBER, by="hour").chart(rows))
    assert (len(shown), shown["07"], shown["08"], list(shown)[-1]) == (25, 1, 0, "(subscriptions)")


def test_a_chart_says_what_narrows_it_down() -> None:
    about = TagsReport(since="2026-10-05", site="hq", tag="ANNA").chart([]).about
    assert about == "2026-10-05, site hq, tag ANNA, time of each site"


def test_shares_of_the_week_are_told_in_percent() -> None:
    shown = DemandReport(since=OCTOBER).chart([{"by": "week", "key": "Mon 08", "share_p50": 0.25}])
    assert (shown.unit, shown.series[0].values[8], shown.series[0].values[9]) == ("%", 25.0, None)


def drew(books: Books, site: str, at: str, watts: int) -> None:
    """What a session at a site drew at an instant."""
    session = books.session(site, "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z", 9000)
    books.add(
        "meter_value", charger_id=f"CP-{site}", evse_id=1, session_id=session, timestamp_raw=at, context="", taken_at=at,
        received_at=at, power_w=watts,
    )  # fmt: skip


@pytest.mark.parametrize("by", ["total", "hour", "weekday", "day", "month"])
def test_what_sites_of_several_zones_drew_at_one_instant_is_added_however_rows_are_grouped(
    books: Books, by: Any
) -> None:
    for site, watts in (("hq", 7000), ("ny", 3000), ("ktm", 500)):
        drew(books, site, "2026-10-05T22:10:00.000Z", watts)
    drew(books, "hq", "2026-10-05T20:10:00.000Z", 9000)
    rows = PowerReport(since=OCTOBER, by=by).select(books.read)
    assert (max(row.peak_w for row in rows), {row.time_zone for row in rows}) == (10_500, {"UTC"})
    assert [row.key for row in rows] == {"hour": ["20", "22"], "weekday": ["Mon"], "day": ["2026-10-05"]}.get(
        by, [row.key for row in rows]
    )


def test_the_power_of_several_zones_is_that_of_a_period_in_utc(books: Books) -> None:
    drew(books, "hq", "2026-10-31T23:40:00.000Z", 7000)  # November at the site
    drew(books, "ny", "2026-11-01T00:10:00.000Z", 3000)  # October at the site
    [row] = PowerReport(since=OCTOBER, by="day").select(books.read)
    assert (row.key, row.peak_w) == ("2026-10-31", 7000)


def test_the_power_of_one_zone_is_that_of_a_period_and_of_hours_there(books: Books) -> None:
    drew(books, "hq", "2026-10-31T22:40:00.000Z", 7000)
    drew(books, "hq", "2026-10-31T23:40:00.000Z", 9000)  # November at the site
    [row] = PowerReport(since=OCTOBER, by="hour").select(books.read)
    assert (row.key, row.peak_w, row.quarters, row.time_zone) == ("23", 7000, 1, "Europe/Berlin")


def test_what_a_site_drew_in_its_november_is_not_in_october(books: Books) -> None:
    drew(books, "hq", "2026-10-31T23:40:00.000Z", 9000)
    assert PowerReport(since=OCTOBER, site="hq").select(books.read) == []


def test_a_charger_elsewhere_that_drew_nothing_takes_no_peak_away(books: Books) -> None:
    drew(books, "hq", "2026-10-05T22:10:00.000Z", 7000)
    books.add("evse", charger_id="CP-hq", evse_id=1, status="Available", since="2026-01-01T00:00:00.000Z")
    rows = DemandReport(since="2026-10-06", by="hour").select(books.read)
    assert [row.key for row in rows if row.peak_w == 7000] == ["00"]


def test_the_peak_of_an_hour_of_several_clocks_is_left_to_the_power_report(books: Books) -> None:
    for site in ("hq", "ny"):
        drew(books, site, "2026-10-05T22:10:00.000Z", 7000)
    books.add("evse", charger_id="CP-hq", evse_id=1, status="Available", since="2026-01-01T00:00:00.000Z")
    assert {row.peak_w for row in DemandReport(since=OCTOBER, by="hour").select(books.read)} == {None}
    [whole] = DemandReport(since=OCTOBER, by="total").select(books.read)
    assert whole.peak_w == 14_000


def test_gross_revenue_by_day_says_its_currency_and_total(books: Books) -> None:
    priced(books, "hq", "2026-10-05", 10_000)
    shown = chart(RevenueReport(since=OCTOBER, by="day"), books)
    assert (shown.title, shown.unit, shown.about) == (
        "gross revenue by day", "EUR", "2026-10, time of Europe/Berlin, total 1.20 EUR",
    )  # fmt: skip


@pytest.mark.parametrize("by", ["hour", "total", "charger"])
def test_a_chart_names_the_clocks_of_sites_that_differ(books: Books, by: Any) -> None:
    for site, clock in (
        ("hq", "Europe/Berlin"), ("ny", "America/New_York and Europe/Berlin"), ("ktm", "America/New_York and 2 more"),
    ):  # fmt: skip
        books.session(site, "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", 1000)
        shown = chart(EnergyReport(since=OCTOBER, by=by), books)
        assert shown.about.startswith(f"2026-10, time of {clock}, total")


def test_the_clock_of_most_rows_is_named_first(books: Books) -> None:
    for site, day in (("ny", "05"), ("ktm", "06"), ("hq", "07"), ("hq", "08")):
        books.session(site, f"2026-10-{day}T10:00:00.000Z", f"2026-10-{day}T11:00:00.000Z", 1000)
    shown = chart(EnergyReport(since=OCTOBER, by="day"), books)
    assert shown.about == "2026-10, time of Europe/Berlin and 2 more, total 4.00 kWh"
