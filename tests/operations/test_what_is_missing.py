"""What is missing of a period is said with the chargers and the days that it is about, beside rows of every face."""

from typing import Any

from cpoctl.formats import shown
from cpoctl.operations.outage.list import ListOutages
from cpoctl.operations.report.completeness import Completeness
from cpoctl.operations.report.power import PowerReport
from cpoctl.operations.report.tags import TagsReport
from cpoctl.table import fields
from tests.support.books import Books, broken


def test_a_remark_names_the_chargers_and_the_days_on_their_wall(books: Books) -> None:
    books.session("hq", "2026-10-05T10:00:00.000Z", "2026-10-05T23:00:00.000Z", None)
    books.session("ny", "2026-10-01T03:00:00.000Z", "2026-10-01T05:00:00.000Z", None)
    [remark] = [row for row in Completeness(since="2026-10").select(books.read) if row.what == "unknown energy"]
    assert (remark.count, remark.chargers) == (2, ["CP-hq", "CP-ny"])
    assert (remark.first_day, remark.last_day) == ("2026-10-01", "2026-10-06")
    assert remark.says.endswith(": 2 (CP-hq, CP-ny; 2026-10-01 to 2026-10-06)")


def test_of_many_chargers_the_first_are_named(books: Books) -> None:
    for site in ("", "hq", "ny", "ktm"):
        books.session(site, "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", None)
    [remark] = Completeness(since="2026-10").select(books.read)
    assert remark.says.endswith(": 4 (CP-, CP-hq, CP-ktm and 1 more; 2026-10-05)")


def test_our_absence_has_its_days(books: Books) -> None:
    books.db.execute("UPDATE run SET stopped_at = '2026-10-05T10:00:00.000Z'")
    books.add("run", started_at="2026-10-07T12:00:00.000Z", alive_at="2027-01-01T00:00:00.000Z", version="1", pid=1)
    [absence] = Completeness(since="2026-10").select(books.read)
    assert (absence.first_day, absence.last_day) == ("2026-10-05", "2026-10-07")
    assert "for 50.0 h (2026-10-05 to 2026-10-07)" in absence.says


def drawn(books: Books, site: str, at: str) -> None:
    """7 kW that a session at a site drew."""
    session = books.session(site, "2026-10-05T10:00:00.000Z", "2026-10-05T22:30:00.000Z", 9000)
    books.add(
        "meter_value", charger_id=f"CP-{site}", evse_id=1, session_id=session, timestamp_raw=at, context="", taken_at=at,
        received_at=at, power_w=7000,
    )  # fmt: skip


def in_a_table(row: Any, kind: Any, name: str) -> str:
    """How a table shows a field."""
    return shown(vars(row), next(field for field in fields(kind) if field.name == name))


def test_times_in_a_table_are_those_of_the_site(books: Books) -> None:
    drawn(books, "hq", "2026-10-05T22:10:00.000Z")
    [power] = PowerReport(since="2026-10", by="total", site="hq").select(books.read)
    assert (power.peak_at, power.time_zone) == ("2026-10-05T22:00:00.000Z", "Europe/Berlin")
    assert in_a_table(power, PowerReport.row, "peak_at") == "2026-10-06 00:00:00"
    [tag] = TagsReport(since="2026-10").select(books.read)
    assert (tag.last_at, in_a_table(tag, TagsReport.row, "last_at")) == (
        "2026-10-05T22:30:00.000Z",
        "2026-10-06 00:30:00",
    )
    broken(books)
    books.db.execute("UPDATE charger SET site_id = 'ny' WHERE charger_id = 'CP-'")
    [outage] = ListOutages(since="2026-10", charger="CP-").select(books.read)
    assert (outage.ended_at, in_a_table(outage, ListOutages.row, "ended_at")) == (
        "2026-10-12T00:00:00.000Z",
        "2026-10-11 20:00:00",
    )


def test_a_peak_of_several_zones_is_told_in_utc(books: Books) -> None:
    for site in ("hq", "ny"):
        drawn(books, site, "2026-10-05T22:10:00.000Z")
    [power] = PowerReport(since="2026-10", by="total").select(books.read)
    assert (power.peak_w, power.time_zone, in_a_table(power, PowerReport.row, "peak_at")) == (
        14_000,
        "UTC",
        "2026-10-05 22:00:00",
    )
