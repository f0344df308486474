"""Fees of subscriptions are revenue: told apart, in whole months, of no site, and shared with nobody."""

import random
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from cpoctl.domain.subscriptions import fee_months
from cpoctl.operations.report.completeness import Completeness
from cpoctl.operations.report.revenue import RevenueReport
from cpoctl.operations.report.summary import SummaryReport
from tests.support.books import BEGAN, Books, owned, priced

GROUPS: tuple[Any, ...] = (
    "total", "site", "owner", "tariff", "charger", "evse", "tag", "hour", "weekday", "day", "month",
)  # fmt: skip
APART = "(subscriptions)"


def subscribed(
    books: Books, target: str, fee: str, first: str = "2026-10", last: str | None = None, **more: Any
) -> None:
    """A subscription with 19 % VAT."""
    told: dict[str, Any] = {
        "scope": "tag", "target": target, "fee_e4": int(Decimal(fee) * 10_000), "vat": "19", "currency": "EUR",
        "included_wh": 0, "first_month": first, "last_month": last, "added_at": BEGAN, "actor": "me",
    }  # fmt: skip
    books.add("subscription", **told | more)


def amounts(row: Any) -> tuple[str, str, str]:
    """What a row came to."""
    return row.net, row.vat, row.gross


def test_a_fee_is_revenue_told_apart_and_no_owners(books: Books) -> None:
    owned(books, "hq", "ann")
    books.add("owner_share", owner_id="ann", percent="10", valid_from="0001-01-01", set_at=BEGAN, actor="me")
    priced(books, "hq", "2026-10-05", 100_000)
    subscribed(books, "T", "19.90")
    [row] = RevenueReport(since="2026-10").select(books.read)
    assert amounts(row) == ("29.9000", "5.7810", "35.6810")
    assert (row.fees_net, row.fees_vat, row.fees_gross) == ("19.9000", "3.7810", "23.6810")
    assert (row.owners_share, row.operators_share, row.net_per_kwh) == ("1.0000", "28.9000", "1.0000")


@pytest.mark.parametrize(
    ("by", "key"),
    [("total", "total"), ("site", APART), ("owner", APART), ("tariff", APART), ("charger", APART), ("evse", APART),
     ("tag", "t"), ("hour", APART), ("weekday", APART), ("day", "2026-10-01"), ("month", "2026-10")],
)  # fmt: skip
def test_a_fee_stands_where_it_belongs_and_else_in_a_row_of_its_own_at_the_end(books: Books, by: Any, key: str) -> None:
    priced(books, "hq", "2026-10-05", 100_000)
    books.db.execute("UPDATE session SET tag_id = 't'")
    subscribed(books, "T", "19.90")
    rows = RevenueReport(since="2026-10", by=by).select(books.read)
    assert [row.key for row in rows if row.fees_net != "0.0000"] == [key]
    assert sum(Decimal(row.net) for row in rows) == Decimal("29.9")
    assert key != APART or (rows[-1].key, rows[-1].sessions) == (APART, 0)


def test_a_groups_fee_is_of_none_of_its_tags_and_each_currency_is_its_own(books: Books) -> None:
    priced(books, "hq", "2026-10-05", 100_000)
    subscribed(books, "FLEET", "990", scope="group", vat=None, currency="CHF")
    rows = RevenueReport(since="2026-10", by="tag").select(books.read)
    assert [(row.key, row.currency, *amounts(row)) for row in rows] == [
        ("(group FLEET)", "CHF", "990.0000", "0.0000", "990.0000"),
        ("T", "EUR", "10.0000", "2.0000", "12.0000"),
    ]


def test_a_fee_belongs_to_the_period_in_which_its_month_begins(books: Books) -> None:
    subscribed(books, "T", "10", "2026-09", "2026-10")
    fees = {
        since: sum(Decimal(row.fees_net) for row in RevenueReport(since=since, until=until).select(books.read))
        for since, until in (
            ("2026-08", None), ("2026-09", None), ("2026-10-01", "2026-10-15"), ("2026-10-16", "2026-10-31"),
            ("2026-11", None), ("2026", None),
        )
    }  # fmt: skip
    assert list(fees.values()) == [0, 10, 10, 0, 0, 20]


def test_a_month_that_has_not_begun_is_owed_by_nobody() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert fee_months("2026-10", None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), now) == [
        "2026-10", "2026-11",
    ]  # fmt: skip


def test_what_a_site_or_charger_earned_has_no_fees_and_that_is_said(books: Books) -> None:
    subscribed(books, "T", "10")
    books.add("tag", tag_id="T", status="Accepted", added_at=BEGAN)
    books.add("tag", tag_id="U", status="Accepted", added_at=BEGAN)
    assert RevenueReport(since="2026-10", site="hq").select(books.read) == []
    [remark] = [row for row in Completeness(since="2026-10", site="hq").select(books.read) if row.what == "fees"]
    assert (remark.count, remark.missing) == (1, False)
    assert [row.fees_net for row in RevenueReport(since="2026-10", tag="t").select(books.read)] == ["10.0000"]
    assert RevenueReport(since="2026-10", tag="U").select(books.read) == []
    assert "fees" not in {row.what for row in Completeness(since="2026-10").select(books.read)}


def test_a_years_fees_are_those_of_a_calculation_by_hand(books: Books) -> None:
    chance = random.Random(3)
    wanted = {"EUR": [Decimal(0)] * 2, "JPY": [Decimal(0)] * 2}
    for number in range(40):
        fee = Decimal(chance.randrange(0, 999_999)) / 10_000
        first, months = chance.randrange(1, 13), chance.randrange(1, 8)
        last = date(2025 + (first + months - 2) // 12, (first + months - 2) % 12 + 1, 1)
        vat, currency = chance.choice([None, "7", "19", "8.1"]), chance.choice(list(wanted))
        subscribed(
            books, f"T{number}", str(fee), f"2025-{first:02d}", last.strftime("%Y-%m"), vat=vat, currency=currency
        )
        of_2025 = min(months, 13 - first)
        on_top = (fee * Decimal(vat or 0) / 100).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        wanted[currency][0] += fee * of_2025
        wanted[currency][1] += on_top * of_2025
    for by in GROUPS:
        rows = RevenueReport(since="2025", by=by).select(books.read)
        assert {
            currency: [sum(Decimal(getattr(row, name)) for row in rows if row.currency == currency) for name in ("net", "vat")]
            for currency in wanted
        } == wanted  # fmt: skip


def test_the_summary_counts_fees_in(books: Books) -> None:
    priced(books, "hq", "2026-10-05", 100_000)
    subscribed(books, "T", "19.90")
    figures = {row.figure: row.value for row in SummaryReport(since="2026-10").select(books.read)}
    assert (figures["net"], figures["fees net"], figures["owners share"]) == ("29.9000", "19.9000", "0.0000")
