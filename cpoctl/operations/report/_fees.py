"""The fees of subscriptions: revenue of whole months, and of no site, charger, tariff or hour."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction

from cpoctl.domain.money import TEN_THOUSAND, e4
from cpoctl.domain.subscriptions import fee_months
from cpoctl.operations import Read
from cpoctl.operations.report import Report

APART = "(subscriptions)"
"""What a row is of that fees have to themselves."""
_KEPT = """
SELECT scope, target, fee_e4, coalesce(vat, '0') AS vat, currency, first_month, last_month FROM subscription
WHERE :tag IS NULL OR (scope = 'tag' AND target = :tag) ORDER BY subscription_id
"""


@dataclass(frozen=True)
class Fee:
    """What somebody owes for a month."""

    month: str
    scope: str
    target: str
    currency: str
    net_e4: int
    vat_e4: int

    def key(self, by: str) -> str:
        """What it is counted under: a day is the first of its month."""
        whose = self.target if self.scope == "tag" else f"(group {self.target})"
        return {"total": "total", "tag": whose, "month": self.month, "day": f"{self.month}-01"}.get(by, APART)


def fees(read: Read, report: Report, now: datetime | None = None) -> Iterator[Fee]:
    """The fees of the months that begin in the period; none of what a site or a charger earned."""
    if report.site or report.charger:
        return
    begin, end = report.period().within(UTC)
    for record in read(_KEPT, {"tag": report.tag}):
        exact = Fraction(record["fee_e4"], TEN_THOUSAND)
        vat = e4(exact * Fraction(record["vat"]) / 100)
        months = fee_months(record["first_month"], record["last_month"], begin, end, now or datetime.now(UTC))
        for month in months:
            yield Fee(month, record["scope"], record["target"], record["currency"], record["fee_e4"], vat)


def left_out(read: Read, report: Report) -> int:
    """How many fees of the period are not in the report, because it is about a site or a charger."""
    if not (report.site or report.charger):
        return 0
    return sum(1 for _ in fees(read, replace(report, site=None, charger=None)))
