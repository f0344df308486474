"""Reports, held against plain SQL or worked out by hand. TARIFFS-AND-REPORTS"""

import random
import sqlite3
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest

from cpoctl.clock import stored
from cpoctl.errors import Incomplete, NotFound, UsageProblem
from cpoctl.formats import shown
from cpoctl.operations.outage.list import ListOutages
from cpoctl.operations.report.completeness import Completeness
from cpoctl.operations.report.demand import DemandReport
from cpoctl.operations.report.energy import EnergyReport
from cpoctl.operations.report.power import PowerReport
from cpoctl.operations.report.quality import QualityReport
from cpoctl.operations.report.reliability import ReliabilityReport
from cpoctl.operations.report.revenue import RevenueReport, RevenueRow
from cpoctl.operations.report.sessions import SessionsReport
from cpoctl.operations.report.summary import SummaryReport
from cpoctl.operations.report.tags import TagsReport
from cpoctl.operations.report.uptime import UptimeReport, UptimeRow
from cpoctl.table import fields
from tests.support.books import BEGAN, ZONES, Books, broken, owned, priced, told


def filled(books: Books, count: int = 400) -> None:
    """Sessions around the ends of October, where zones and the clock change tell."""
    chance = random.Random(7)
    for number in range(count):
        end = datetime(2026, 9, 29, tzinfo=UTC) + timedelta(seconds=chance.randrange(35 * 86400))
        begin = end - timedelta(seconds=chance.randrange(60, 20_000))
        wh = None if number % 50 == 0 else chance.randrange(0, 60_000)
        books.session(chance.choice(list(ZONES)), stored(begin), stored(end), wh, tag=chance.choice(["a", "A", "b"]))


def by_hand(books: Books) -> list[tuple[str, datetime, int]]:
    """Every session: its site, its end on the wall there, its energy."""
    plain = "SELECT charger_id, stopped_at, coalesce(energy_wh, 0) FROM session WHERE stopped_at IS NOT NULL"
    return [
        (charger[3:], datetime.fromisoformat(at).astimezone(ZoneInfo(ZONES[charger[3:]])), round(wh))
        for charger, at, wh in books.db.execute(plain)
    ]


@pytest.mark.parametrize(("by", "form"), [("day", "%Y-%m-%d"), ("month", "%Y-%m"), ("hour", "%H"), ("weekday", "%a")])
def test_sessions_are_counted_on_the_wall_of_their_site(books: Books, by: Any, form: str) -> None:
    filled(books)
    told = {row.key: (row.sessions, row.energy_wh) for row in SessionsReport(since="2026-10", by=by).select(books.read)}
    wanted: dict[str, tuple[int, int]] = {}
    for _, end, wh in by_hand(books):
        if (end.year, end.month) == (2026, 10):
            count, energy = wanted.get(end.strftime(form), (0, 0))
            wanted[end.strftime(form)] = count + 1, energy + wh
    assert told == wanted


def test_energy_by_whatever_it_is_grouped_has_the_same_sum(books: Books) -> None:
    filled(books)
    wanted = sum(wh for _, end, wh in by_hand(books) if (end.year, end.month) == (2026, 10))
    groups: tuple[Any, ...] = ("total", "site", "owner", "charger", "evse", "tag", "hour", "weekday", "day", "month")
    assert {
        by: sum(row.energy_wh for row in EnergyReport(since="2026-10", by=by).select(books.read)) for by in groups
    } == (dict.fromkeys(groups, wanted))


def test_a_filter_leaves_what_it_names(books: Books) -> None:
    filled(books)
    plain = (
        "SELECT count(*) FROM session WHERE charger_id = 'CP-' AND tag_id IN ('a', 'A') AND stopped_at LIKE '2026-10-%'"
    )
    [row] = SessionsReport(since="2026-10", by="total", charger="cp-", tag="A").select(books.read)
    assert row.sessions == books.db.execute(plain).fetchone()[0]
    assert {row.key for row in EnergyReport(since="2026-10", site="HQ", by="charger").select(books.read)} == {"CP-hq"}
    with pytest.raises(NotFound):
        EnergyReport(since="2026-10", site="nowhere").select(books.read)


def test_what_somebody_has_dropped_is_in_no_report(books: Books) -> None:
    books.session("", "2026-10-01T10:00:00.000Z", "2026-10-01T11:00:00.000Z", 5000, dropped_at=BEGAN)
    assert EnergyReport(since="2026-10", by="total").select(books.read) == []


def test_spellings_of_a_tag_are_one(books: Books) -> None:
    filled(books)
    rows = TagsReport(since="2026-10").select(books.read)
    assert sorted(row.key.lower() for row in rows) == ["a", "b"]
    assert [row.energy_wh for row in rows] == sorted((row.energy_wh for row in rows), reverse=True)
    assert sum(row.sessions for row in rows) == sum(end.month == 10 for _, end, _ in by_hand(books))


def test_revenue_is_exact_and_never_mixes_currencies(books: Books) -> None:
    for number in range(7):
        priced(books, "hq", f"2026-10-0{number + 1}", 33_333)
    priced(books, "hq", "2026-10-09", 50_000, "CHF")
    books.session("hq", "2026-10-09T10:00:00.000Z", "2026-10-09T11:00:00.000Z", 1000)
    rows = {row.currency: row for row in RevenueReport(since="2026-10", by="site").select(books.read)}
    assert (rows["EUR"].net, rows["EUR"].vat, rows["EUR"].gross) == ("23.3331", "4.6662", "27.9993")
    assert (rows["CHF"].net, rows[""].unpriced, rows[""].net) == ("5.0000", 1, "0.0000")


def test_an_owners_share_is_by_the_percentage_of_the_day_and_rounded_once_a_session(books: Books) -> None:
    owned(books, "hq", "ann")
    for percent, day in (("10", "0001-01-01"), ("33.3333", "2026-10-03")):
        books.add("owner_share", owner_id="ann", percent=percent, valid_from=day, set_at=BEGAN, actor="me")
    for day in ("2026-10-01", "2026-10-03", "2026-10-04"):
        priced(books, "hq", day, 33_333)
    [row] = RevenueReport(since="2026-10", by="owner").select(books.read)
    rounded = 3333 + 2 * 11_111  # of 3333.3 and 11110.98…
    assert (row.key, row.owners_share) == ("ann", f"{rounded / 10_000:.4f}")
    assert Fraction(row.owners_share) + Fraction(row.operators_share) == Fraction(row.net)


def test_owners_shares_add_up_to_the_same_by_whatever_they_are_grouped(books: Books) -> None:
    books.add("owner_share", owner_id="ann", percent="12.5", valid_from="0001-01-01", set_at=BEGAN, actor="me")
    books.add("owner_share", owner_id="bob", percent="70", valid_from="2026-10-09", set_at=BEGAN, actor="me")
    owned(books, "hq", "ann")
    owned(books, "ny", "bob")
    for number, net_e4 in enumerate((20_004, 20_012, -20_012, 33_335, 7, 4)):  # halves, and less than nothing
        for site in ("hq", "ny"):
            priced(books, site, f"2026-10-{8 + number:02d}", net_e4)
    totals = {
        by: sum(Fraction(row.owners_share) for row in RevenueReport(since="2026-10", by=by).select(books.read))
        for by in get_args(get_type_hints(RevenueReport)["by"])
    }
    hq = 2501 + 2502 - 2502 + 4167 + 1 + 1  # 12.5 % of each, half up: 2500.5, 2501.5, −2501.5, 4166.9, 0.9, 0.5
    ny = 14_008 - 14_008 + 23_335 + 5 + 3  # 70 % from the ninth on: 14008.4, −14008.4, 23334.5, 4.9, 2.8
    assert totals == dict.fromkeys(totals, Fraction(hq + ny, 10_000))


def test_uptime_is_swept_from_what_is_stored(books: Books) -> None:
    broken(books)
    [row] = UptimeReport(since="2026-10", charger="CP-").select(books.read)
    assert (row.key, row.down_s, row.outages, row.scope_s) == ("CP-:1", 2 * 86400, 1, 31 * 86400)
    assert row.uptime_percent == round(100 * 29 / 31, 4)
    [nevi] = UptimeReport(since="2026-10", charger="CP-", profile="nevi").select(books.read)
    assert nevi.uptime_percent == round(100 * (525_600 - 2880) / 525_600, 4)


def test_uptime_by_month_cuts_an_outage_at_the_end_of_the_month(books: Books) -> None:
    broken(books)
    told(books, "Faulted", "2026-10-31T12:00:00.000Z")
    told(books, "Available", "2026-11-01T06:00:00.000Z")
    rows = UptimeReport(since="2026-09", until="2026-11", by="month", charger="CP-").select(books.read)
    assert {row.key: row.down_s for row in rows} == {"2026-09": 0, "2026-10": 2 * 86400 + 43200, "2026-11": 21600}


def test_an_excuse_excludes_and_its_revocation_takes_that_back(books: Books) -> None:
    broken(books)
    excuse = {
        "charger_id": "cp-", "begins_at": "2026-10-10T00:00:00.000Z", "ends_at": "2026-10-11T00:00:00.000Z", "cause": "utility",
        "note": "grid", "excused_at": BEGAN, "actor": "me",
    }  # fmt: skip
    number = books.add("outage_excuse", **excuse)
    nevi = UptimeReport(since="2026-10", charger="CP-", profile="nevi")
    assert nevi.select(books.read)[0].excluded_s == 86400
    [outage] = ListOutages(since="2026-10", charger="CP-").select(books.read)
    assert (outage.began_at, outage.down_s, outage.error_code) == ("2026-10-10T00:00:00.000Z", 172800, "GroundFailure")
    assert outage.excused_s == 86400
    books.add("outage_excuse", **excuse, revokes=number)
    assert nevi.select(books.read)[0].excluded_s == 0
    with pytest.raises(sqlite3.IntegrityError, match="not deleted"):
        books.db.execute("DELETE FROM outage_excuse")


def test_hours_in_which_a_site_is_closed_are_excluded_under_nevi_and_out_of_scope_in_the_uk(books: Books) -> None:
    broken(books)
    books.db.execute("UPDATE charger SET site_id = 'hq' WHERE charger_id = 'CP-'")
    books.db.execute("UPDATE site SET opening = 'Mon-Sun 08:00-20:00', time_zone = 'UTC' WHERE site_id = 'hq'")
    [nevi] = UptimeReport(since="2026-10", charger="CP-", profile="nevi").select(books.read)
    [uk] = UptimeReport(since="2026-10", charger="CP-", profile="uk-pcpr").select(books.read)
    assert (nevi.down_s, nevi.excluded_s) == (2 * 86400, 86400)
    assert (uk.scope_s, uk.down_s) == (31 * 43200, 86400)


def test_reliability_counts_attempts_visits_and_outages(books: Books) -> None:
    broken(books)
    books.session("", "2026-10-01T10:00:00.000Z", "2026-10-01T10:01:00.000Z", 0, stop_reason="EVDisconnected")
    books.session("", "2026-10-01T10:03:00.000Z", "2026-10-01T11:00:00.000Z", 9000, stop_reason="Local")
    books.session("", "2026-10-02T10:00:00.000Z", "2026-10-02T11:00:00.000Z", 9000, stop_reason="PowerLoss")
    books.session("", "2026-10-03T10:00:00.000Z", "2026-10-03T11:00:00.000Z", 9000)
    [row] = ReliabilityReport(since="2026-10", charger="CP-").select(books.read)
    assert (row.attempts, row.success_percent, row.visits, row.first_time_percent) == (4, 50, 3, 33.33)
    assert (row.failed_start, row.failed_end, row.failed_reasons) == (1, 1, ["EVDisconnected 1", "PowerLoss 1"])
    assert (row.outages, row.mttr_s, row.mtbf_s, row.top_faults) == (1, 172800, 29 * 86400, ["GroundFailure 1"])


def test_a_failed_start_is_told_with_its_cause_and_not_with_who_ended_it(books: Books) -> None:
    for status, energy in (("Blocked", 9000), ("Accepted", 0), ("Accepted", None)):
        books.session(
            "", "2026-10-01T10:00:00.000Z", "2026-10-01T10:01:00.000Z", energy, tag_status=status, stop_reason="Local"
        )
    [row] = ReliabilityReport(since="2026-10", charger="CP-").select(books.read)
    assert (row.failed_tag, row.failed_start) == (1, 2)
    assert row.failed_reasons == ["energy unknown 1", "nothing drawn 1", "tag Blocked 1"]


def test_demand_tells_shares_arrivals_and_who_came_in_vain(books: Books) -> None:
    broken(books)
    books.session("", "2026-10-05T10:00:00.000Z", "2026-10-05T10:30:00.000Z", 9000, tag="in")
    for at, tag in (("10:10", "out"), ("10:12", "out"), ("10:20", "in"), ("10:40", "late")):
        books.add(
            "journal", at=f"2026-10-05T{at}:00.000Z", charger_id="CP-", connection_id=1, sender="charger", action="Authorize",
            message_id=at, request=f'{{"idTag":"{tag}"}}', outcome="answered",
        )  # fmt: skip
    report = DemandReport(since="2026-10-05", by="hour", charger="CP-")
    assert {row.turn_aways for row in report.select(books.read)} == {None}, "the wire log begins at 10:10"
    books.add(
        "journal", journal_id=-1, at=BEGAN, charger_id="CP-", connection_id=1, sender="charger", action="Heartbeat",
        message_id="h", request="{}", outcome="answered",
    )  # fmt: skip
    ten = next(row for row in report.select(books.read) if row.key == "10")
    assert (ten.share_mean, ten.all_busy_share, ten.arrivals, ten.arrivals_per_hour) == (0.5, 0.5, 1, 1)
    assert ten.turn_aways == 1


def test_a_session_whose_end_was_lost_occupies_no_second_evse_and_only_until_the_next_one(books: Books) -> None:
    broken(books)
    books.session("", "2026-10-05T09:00:00.000Z", None, None)
    books.session("", "2026-10-05T10:00:00.000Z", "2026-10-05T10:30:00.000Z", 9000)
    rows = DemandReport(since="2026-10-05", by="hour", charger="CP-").select(books.read)
    assert [row.share_mean for row in rows[9:12]] == [1, 0.5, 0]


def test_power_adds_up_what_was_drawn_in_the_same_quarter(books: Books) -> None:
    for power in (7000, 11000):
        session = books.session("hq", "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", 9000)
        for minute, watts in (("05", power), ("10", power), ("35", 1000)):
            at = f"2026-10-05T10:{minute}:00.000Z"
            books.add(
                "meter_value", charger_id="CP-hq", evse_id=1, session_id=session, timestamp_raw=at, context="", taken_at=at,
                received_at=at, power_w=watts,
            )  # fmt: skip
    [row] = PowerReport(since="2026-10", by="total").select(books.read)
    assert (row.peak_w, row.peak_at, row.mean_w) == (18_000, "2026-10-05T10:00:00.000Z", 10_000)


def test_a_session_that_told_no_power_counts_by_its_register_and_that_is_said(books: Books) -> None:
    ten, eleven = "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z"
    told_it, untold = books.session("hq", ten, eleven, 9000), books.session("ny", ten, eleven, 8000)
    books.session("ktm", ten, eleven, 4000)
    for session, at, measured in (
        (told_it, "2026-10-05T10:20:00.000Z", {"power_w": 7000, "energy_wh": 1}), (untold, ten, {"energy_wh": 500}),
        (untold, "2026-10-05T10:30:00.000Z", {"energy_wh": 6500}), (untold, eleven, {"energy_wh": 8500}),
    ):  # fmt: skip
        books.add(
            "meter_value", charger_id="CP", evse_id=1, session_id=session, timestamp_raw=at, context="", taken_at=at,
            received_at=at, **measured,
        )  # fmt: skip
    report = PowerReport(since="2026-10", by="total")
    [row] = report.select(books.read)
    assert (row.peak_w, row.peak_at, row.reckoned_w) == (23_000, "2026-10-05T10:15:00.000Z", 16_000)
    assert (row.mean_w, row.quarters) == ((16_000 + 23_000 + 8000 + 8000) // 4, 4)
    said = {row.what: (row.count, row.missing) for row in report.beside().select(books.read)}
    assert said["no power"] == (2, False)


def test_quality_names_the_doubts_of_each_charger(books: Books) -> None:
    books.session("hq", "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", None, flags='["meter_missing"]')
    books.session("hq", "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", 10)
    rows = QualityReport(since="2026-10").select(books.read)
    assert [(row.charger_id, row.doubt, row.count, row.share_percent) for row in rows] == [
        ("CP-hq", "energy unknown", 1, 50.0),
        ("CP-hq", "meter_missing", 1, 50.0),
    ]
    assert {row.hint for row in rows} == {"cpoctl session review --charger CP-hq"}


def test_a_hint_of_quality_leads_to_where_the_doubt_can_be_worked_off(books: Books) -> None:
    told = {"stop_received_at": "2026-10-05T13:00:00.000Z"}
    books.session("hq", "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", 10, flags='["corrected"]', **told)
    hints = {row.doubt: row.hint for row in QualityReport(since="2026-10").select(books.read)}
    assert hints == {
        "corrected": None,
        "its clock is 5 min off, or it told the end late": "cpoctl session export --from 2026-10-01 --to 2026-10-31"
        " --charger CP-hq --columns session_id,end_utc,end_received_utc",
    }


def missing(books: Books, **more: Any) -> dict[str, bool]:
    """What completeness says of October."""
    return {row.what: row.missing for row in Completeness(since="2026-10", **more).select(books.read)}


def test_what_makes_a_period_incomplete_is_said(books: Books) -> None:
    assert missing(books) == {}
    books.session("", "2026-10-05T10:00:00.000Z", None, None)
    books.session("", "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", None)
    orphan = {
        "received_at": "2026-10-05T11:00:00.000Z",
        "charger_id": "CP-",
        "action": "MeterValues",
        "reason": "?",
        "payload": "{}",
    }
    number = books.add("orphan", **orphan)
    assert missing(books) == {"open sessions": True, "orphans": True, "unknown energy": True}
    books.add("review", item=f"orphan-{number}", evidence="", accepted_at=BEGAN, actor="me", note="")
    assert "orphans" not in missing(books)
    assert missing(books, of=("statuses",)) == {}


def test_a_session_without_a_price_is_missing_only_where_there_are_tariffs(books: Books) -> None:
    books.session("", "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", 5000)
    assert missing(books) == {"no power": False}
    books.add(
        "tariff_assignment",
        tariff_id="day",
        version="1",
        scope="default",
        target="",
        valid_from=BEGAN,
        assigned_at=BEGAN,
        actor="me",
    )
    assert missing(books) == {"unpriced sessions": True, "no power": False}


def test_a_session_that_goes_on_beyond_the_end_makes_nothing_incomplete(books: Books) -> None:
    books.session("", "2026-10-31T23:00:00.000Z", None, None, start_received_at="2026-11-01T00:10:00.000Z")
    assert missing(books) == {}


def test_our_absence_is_said_and_only_statuses_miss_it(books: Books) -> None:
    books.db.execute("UPDATE run SET stopped_at = '2026-10-05T10:00:00.000Z'")
    books.add("run", started_at="2026-10-05T12:00:00.000Z", alive_at="2027-01-01T00:00:00.000Z", version="1", pid=1)
    assert missing(books) == {"absence": False}
    assert missing(books, of=("statuses",)) == {"absence": True}


def test_incomplete_data_is_an_error_of_its_own() -> None:
    rows = [{"what": "orphans", "missing": True, "says": "x", "hint": "cpoctl session review"}]
    objection = Completeness(since="2026-10").objection(rows)
    assert isinstance(objection, Incomplete)
    assert objection.exit_code == 9
    assert Completeness(since="2026-10").objection([{**rows[0], "missing": False}]) is None


def test_the_summary_says_what_the_reports_say(books: Books) -> None:
    filled(books)
    broken(books)
    figures = {row.figure: row.value for row in SummaryReport(since="2026-10").select(books.read)}
    [whole] = SessionsReport(since="2026-10", by="total").select(books.read)
    assert figures["sessions"] == str(whole.sessions)
    assert figures["energy"] == f"{whole.energy_wh / 1000:.3f}"
    assert figures["uptime"] == f"{100 * 29 / 31:g}"


def test_a_period_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UsageProblem, match="2026-13"):
        EnergyReport(since="2026-13")


def test_a_report_is_titled_by_its_period_and_by_what_narrows_it_down() -> None:
    now = datetime(2026, 11, 3, tzinfo=UTC)
    report = UptimeReport(since="last-month", by="evse", site="hq", profile="nevi").pinned(now)
    assert report.title() == "cpoctl report uptime 2026-10, site hq, by evse, profile nevi"
    days = EnergyReport(since="2026-10-03", until="2026-10-05").pinned(now)
    assert days.title() == "cpoctl report energy 2026-10-03 to 2026-10-05, by day"


@pytest.mark.parametrize(("currency", "told"), [("EUR", "3051.92"), ("JPY", "3052"), ("KWD", "3051.920")])
def test_a_table_shows_an_amount_in_the_minor_unit_of_its_currency(currency: str, told: str) -> None:
    net = next(field for field in fields(RevenueRow) if field.name == "net")
    assert shown({"net": "3051.9202", "currency": currency}, net) == told


def test_percentages_of_a_column_have_as_many_digits() -> None:
    percent = next(field for field in fields(UptimeRow) if field.name == "uptime_percent")
    assert [shown({"uptime_percent": value}, percent) for value in (100, 99.407, None)] == ["100.0000", "99.4070", "-"]
