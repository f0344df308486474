"""Uptime by port and quarter, and by port and month, as it is submitted. 23 CFR 680.112(a)(7), 680.116(b)"""

from datetime import UTC, datetime
from typing import Any

import pytest

from cpoctl.operations.report.uptime import UptimeReport
from tests.support.books import BEGAN, Books, broken, told

DAY = 1440.0


def by_period(books: Books, **more: Any) -> dict[tuple[str, str | None], tuple[float, float, float, float | None]]:
    """The columns of the formula, by port and period."""
    return {
        (row.key, row.period): (row.total_minutes, row.outage_minutes, row.excluded_minutes, row.uptime_percent)
        for row in UptimeReport(charger="CP-", **more).select(books.read)
    }


def test_each_port_has_a_row_a_quarter(books: Books) -> None:
    broken(books)
    books.add("evse", charger_id="CP-", evse_id=2, status="Available", since=BEGAN)
    told(books, "Available", "2026-09-01T00:00:01.000Z", evse=2)
    found = by_period(books, since="2026-Q3", until="2026-10", by="quarter", profile="ocpi-raw")
    september = 30 * DAY - 1 / 60
    assert found == {
        ("CP-:1", "2026-Q3"): (pytest.approx(september, abs=0.001), 0, 0, 100),
        ("CP-:1", "2026-Q4"): (31 * DAY, 2 * DAY, 0, round(100 * 29 / 31, 4)),
        ("CP-:2", "2026-Q3"): (pytest.approx(september, abs=0.001), 0, 0, 100),
        ("CP-:2", "2026-Q4"): (31 * DAY, 0, 0, 100),
    }


def test_nevi_looks_back_over_twelve_months_from_the_end_of_each_period(books: Books) -> None:
    books.add("evse", charger_id="CP-", evse_id=1, status="Available", since=BEGAN)
    books.add(
        "connection", charger_id="CP-", opened_at="2026-01-01T00:00:00.000Z", address="", version="1.6", auth="none"
    )
    for status, at in (("Available", "2026-01-01"), ("Faulted", "2026-02-01"), ("Available", "2026-02-03"),
                       ("Faulted", "2026-07-30"), ("Available", "2026-08-02")):  # fmt: skip
        told(books, status, f"{at}T00:00:00.000Z")
    books.add(
        "outage_excuse", charger_id="CP-", begins_at="2026-08-01T00:00:00.000Z", ends_at="2026-08-02T00:00:00.000Z",
        cause="utility", note="grid", excused_at=BEGAN, actor="me",
    )  # fmt: skip
    percent = round(100 * (525_600 - 4 * DAY) / 525_600, 4)
    assert by_period(books, since="2026-Q3", by="quarter", profile="nevi") == {
        ("CP-:1", "2026-Q3"): (525_600, 5 * DAY, DAY, percent)
    }
    beside = UptimeReport(since="2026-Q3", by="quarter", profile="nevi").beside()
    assert (beside.since, beside.until) == ("2025-10-01T00:00:00.000Z", "2026-09-30")
    assert by_period(books, since="2026-Q3", by="evse-month", profile="nevi") == {
        ("CP-:1", "2026-07"): (525_600, 4 * DAY, 0, percent),
        ("CP-:1", "2026-08"): (525_600, 5 * DAY, DAY, percent),
        ("CP-:1", "2026-09"): (525_600, 5 * DAY, DAY, percent),
    }


def test_the_columns_of_the_formula_make_its_result_however_rows_are_grouped(books: Books) -> None:
    broken(books)
    told(books, "Faulted", "2026-10-20T00:00:00.000Z", evse=2)
    books.add("evse", charger_id="CP-", evse_id=2, status="Available", since=BEGAN)
    for by in ("total", "site", "charger", "evse", "month", "quarter", "evse-month"):
        for profile in ("nevi", "tech", "ocpi-raw", "uk-pcpr"):
            report = UptimeReport(since="2026-09", until="2026-10", by=by, profile=profile, charger="CP-")
            for row in report.select(books.read):
                up = row.total_minutes - (row.outage_minutes - row.excluded_minutes)
                assert row.uptime_percent == pytest.approx(100 * up / row.total_minutes, abs=0.00006)


def test_a_period_of_quarters_is_called_by_them(books: Books) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert (
        UptimeReport(since="last-quarter").pinned(now).title() == "cpoctl report uptime 2026-Q3, by evse, profile tech"
    )


def test_what_a_clock_that_is_ahead_told_counts_from_when_it_was_heard(books: Books) -> None:
    broken(books)
    told(books, "Faulted", "2026-10-20T03:00:00.000Z", heard="2026-10-20T00:00:00.000Z")
    told(books, "Available", "2026-10-20T09:00:00.000Z", heard="2026-10-20T06:00:00.000Z")
    told(books, "Faulted", "2026-11-01T01:00:00.000Z", heard="2026-10-31T22:00:00.000Z")
    found = by_period(books, since="2026-10", by="evse-month", profile="ocpi-raw")
    assert found["CP-:1", "2026-10"][1] == 2 * DAY + 6 * 60 + 2 * 60
