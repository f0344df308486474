"""What narrows a report down must be known: an empty report would hide a typing error."""

from dataclasses import replace
from typing import Any

import pytest

from cpoctl.errors import NotFound
from cpoctl.operations.outage.list import ListOutages
from cpoctl.operations.report import Report
from cpoctl.operations.report.completeness import Completeness
from cpoctl.operations.report.demand import DemandReport
from cpoctl.operations.report.energy import EnergyReport
from cpoctl.operations.report.power import PowerReport
from cpoctl.operations.report.quality import QualityReport
from cpoctl.operations.report.reliability import ReliabilityReport
from cpoctl.operations.report.revenue import RevenueReport
from cpoctl.operations.report.sessions import SessionsReport
from cpoctl.operations.report.summary import SummaryReport
from cpoctl.operations.report.tags import TagsReport
from cpoctl.operations.report.uptime import UptimeReport
from cpoctl.operations.session.export import ExportSessions
from tests.support.books import BEGAN, Books

EVERY: tuple[type[Report], ...] = (
    Completeness, DemandReport, EnergyReport, PowerReport, QualityReport, ReliabilityReport, RevenueReport,
    SessionsReport, SummaryReport, TagsReport, UptimeReport, ListOutages, ExportSessions,
)  # fmt: skip


def said(books: Books, report: type[Report], **given: Any) -> str:
    """What the report answers to a filter that nobody knows."""
    books.add("tag", tag_id="ANNA", status="Accepted", added_at=BEGAN)
    with pytest.raises(NotFound) as error:
        replace(report(since="2026-10"), **given).select(books.read)
    assert error.value.target in given.values()
    return error.value.message


@pytest.mark.parametrize("report", EVERY)
def test_a_tag_that_nobody_knows_is_an_error_in_every_report(books: Books, report: type[Report]) -> None:
    assert said(books, report, tag="ANA") == "no tag ANA (did you mean ANNA?)"


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"site": "hqq"}, "no site hqq (did you mean hq?)"),
        ({"charger": "CP-kt"}, "no charger CP-kt (did you mean CP-ktm?)"),
        ({"charger": "Q*"}, "no charger Q*"),
    ],
)
def test_so_is_a_site_or_a_charger(books: Books, given: dict[str, Any], answer: str) -> None:
    assert said(books, RevenueReport, **given) == answer


def test_a_tag_that_only_sessions_know_is_known(books: Books) -> None:
    books.session("hq", "2026-10-05T10:00:00.000Z", "2026-10-05T11:00:00.000Z", 5000, tag="GUEST")
    [row] = EnergyReport(since="2026-10", by="total", tag="guest").select(books.read)
    assert row.energy_wh == 5000
