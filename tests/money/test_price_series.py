"""Price series: kept as they come, holes told, and tariffs that follow them."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Query
from cpoctl.operations.price_series.add import AddSeries
from cpoctl.operations.price_series.list import ListSeries
from cpoctl.operations.price_series.rm import RemoveSeries
from cpoctl.operations.price_series.show import ShowSeries
from cpoctl.operations.session import _unpriced
from cpoctl.operations.session.accept import AcceptItem
from cpoctl.operations.session.reprice import RepriceSessions
from cpoctl.operations.session.review import ReviewRow, ReviewSessions
from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from tests.house.commands import commands_in, problem_with
from tests.money.charging import EARLY, charged, priced, tariff
from tests.support.csms import Csms

HEAD = "start,end,price EUR/MWh\n"
FIRST = "2026-11-22T13:00:00Z,2026-11-22T13:30:00Z,100\n"
SECOND = "2026-11-22T13:30:00Z,2026-11-22T14:00:00Z,200\n"
LATER = "2026-11-22T15:00:00Z,2026-11-22T16:00:00Z,50\n"


async def rows(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query."""
    return await csms.store.reading(query.select)


def series(*lines: str, **more: Any) -> AddSeries:
    """Prices of the series `spot`."""
    return AddSeries(series="spot", prices=HEAD + "".join(lines), **{"currency": "EUR", **more})


async def test_prices_are_kept_by_the_kwh_and_holes_are_told_with_their_instants(csms: Csms) -> None:
    kept = await csms.do(series(FIRST, LATER))
    hole = "no price from 2026-11-22T13:30:00.000Z to 2026-11-22T15:00:00.000Z"
    assert (kept.points, kept.holes) == (2, [hole])
    (shown,) = await rows(csms, ShowSeries(series="SPOT", since="2026-11-22"))
    assert [point.price for point in shown.prices] == ["0.1", "0.05"]
    assert [row.holes for row in await rows(csms, ListSeries())] == [[hole]]


async def test_prices_that_are_told_again_change_nothing_and_others_want_a_yes(csms: Csms) -> None:
    await csms.do(series(FIRST))
    assert (await csms.do(series(FIRST, SECOND))).points == 2
    other = FIRST.replace(",100", ",101")
    with pytest.raises(Conflict, match=r"was 0\.1, and is 0\.101"):
        await csms.do(series(other))
    await csms.do(series(other, replace=True))
    (shown,) = await rows(csms, ShowSeries(series="spot", since="2026-11-22"))
    assert shown.prices[0].price == "0.101"


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (AddSeries(series="spot", prices=HEAD.replace("EUR/", "") + FIRST), "--currency"),
        (series(FIRST, currency="EUU"), "no currency EUU"),
        (series(FIRST, zone="Europe/Berln"), "no time zone"),
        (series(FIRST, LATER, strict=True), "no price from"),
        (series(FIRST, "2026-11-22T13:15:00Z,2026-11-22T13:45:00Z,100\n"), "has a price already"),
        (series("2026-11-22T13:00:00Z,2026-11-29T13:00:00Z,100\n"), "more than a day"),
        (AddSeries(series="a name", prices=HEAD + FIRST, currency="EUR"), "a series' name"),
    ],
)
async def test_what_cannot_be_meant_is_said(csms: Csms, act: AddSeries, why: str) -> None:
    with pytest.raises(UsageProblem, match=why):
        await csms.do(act)


async def test_the_currency_is_the_one_that_the_text_tells_and_no_other(csms: Csms) -> None:
    assert (await csms.do(series(FIRST, currency=None))).currency == "EUR"
    with pytest.raises(Conflict, match="the prices are in EUR, and --currency says CHF"):
        await csms.do(series(FIRST, currency="CHF"))
    with pytest.raises(Conflict, match="price series spot is in EUR"):
        await csms.do(AddSeries(series="spot", prices=HEAD.replace("EUR", "GBP") + FIRST))


async def test_prices_that_overlap_those_that_are_there_are_refused(csms: Csms) -> None:
    await csms.do(series(FIRST))
    with pytest.raises(Conflict, match="two prices would hold"):
        await csms.do(series("2026-11-22T13:15:00Z,2026-11-22T13:20:00Z,100\n"))


async def test_a_session_is_priced_by_the_hour_in_which_its_energy_flowed(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await csms.do(series(FIRST))
    await csms.do(AddTariff(id="spot", series="spot", factor="2", markup="0.1", currency="EUR"))
    await csms.do(AssignTariff(tariff="spot", default=True, since=EARLY))
    await charged(charger)  # 3 kWh in the first half an hour, 4 kWh in the next quarter, which has no price yet
    await csms.until(lambda: csms.central.billing.idle)
    assert await csms.count("session_price") == 0
    await csms.do(series(SECOND))
    (price,) = await priced(csms)
    assert price["net_e4"] == 3 * 3000 + 4 * 5000


async def inbox(csms: Csms) -> list[ReviewRow]:
    """What the inbox says of prices, each way out of which is a command."""
    await csms.until(lambda: csms.central.billing.idle)
    found = await csms.store.reading(ReviewSessions().select)
    rows = [row for row in found if row.kind == "unpriced sessions"]
    ways = [way.partition("    ")[0] for row in rows for way in row.ways]
    assert [wrong for way in ways for words in commands_in(way) if (wrong := problem_with(words))] == []
    return rows


async def test_what_has_no_price_stands_in_the_inbox_until_it_has_one(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_unpriced, "JUST_ENDED", timedelta(0))
    charger = await csms.booted("HQ-07")
    await charged(charger, second=1)
    assert await inbox(csms) == []  # there is no tariff
    await csms.do(series(FIRST))
    await csms.do(AddTariff(id="spot", series="spot", currency="EUR"))
    await csms.do(AssignTariff(tariff="spot", charger="HQ-07", since="2026-11-22T13:00:02Z"))
    (row,) = await inbox(csms)
    assert (row.item, row.charger_id) == ("unpriced-HQ-07", "HQ-07")
    assert row.evidence == ["session 1 has no price (2026-11-22)", "no tariff held when it began"]
    assert row.ways[0].startswith("cpoctl tariff assign TARIFF --charger HQ-07 --from 2026-11-22 --yes")
    await csms.do(AssignTariff(tariff="spot", default=True, since=EARLY))
    (row,) = await inbox(csms)
    assert row.evidence[1].startswith("price series spot has no price for 2026-11-22T13:30:00.000Z")
    assert row.ways[0].startswith("cpoctl price-series add spot @prices.csv")
    assert row.ways[1] == "cpoctl session reprice 1 --reason TEXT --yes"
    with pytest.raises(UsageProblem, match="once they have one"):
        await csms.do(AcceptItem(item=row.item, reason="whatever"))
    await csms.do(series(SECOND))
    assert await inbox(csms) == []


async def test_a_series_that_a_tariff_is_made_of_is_not_forgotten(csms: Csms) -> None:
    await csms.do(series(FIRST))
    assert (
        "no price series night yet" in (await csms.do(AddTariff(id="n", series="night", currency="EUR"))).concerns[-1]
    )
    await csms.do(AddTariff(id="spot", series="spot", currency="EUR"))
    with pytest.raises(Conflict, match="tariff spot"):
        await csms.do(RemoveSeries(series="spot"))
    await csms.do(AddSeries(series="other", prices=HEAD + FIRST, currency="EUR"))
    await csms.do(RemoveSeries(series="other"))
    assert await csms.count("price_point") == 1


async def test_the_way_out_of_what_has_no_price_is_about_its_charger_and_changes_no_price_that_stands(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_unpriced, "JUST_ENDED", timedelta(0))
    here, other = await csms.booted("HQ-07"), await csms.booted("HQ-08")
    late = (await csms.do(AddTariff(id="late", energy="0.50", currency="EUR"))).version
    await tariff(csms, "1.00", "agreed")
    for second, charger in enumerate((here, here, here, other)):
        await charged(charger, second=second)
    await priced(csms, 4)
    with closing(sqlite3.connect(csms.path)) as db, db:  # as if nothing had been assigned when they ended
        db.execute("DELETE FROM session_price WHERE session_id > 1")
        db.execute("UPDATE tariff_assignment SET valid_to = '2026-11-22T12:00:00.000Z'")
    row = next(row for row in await inbox(csms) if row.charger_id == "HQ-07")
    assert row.evidence == [
        "2 sessions have no price, the newest 3 (2026-11-22)", "all, such as 3: no tariff held when it began",
    ]  # fmt: skip
    assert row.ways[1].endswith("--to 2026-11-22 --charger HQ-07 --unpriced --reason TEXT --yes")
    with closing(sqlite3.connect(csms.path)) as db, db:
        values = ["late", late, "default", "", "2026-11-22T12:00:00.000Z", "2026-11-22T14:00:00.000Z", "me"]
        columns = "tariff_id, version, scope, target, valid_from, assigned_at, actor"
        db.execute(f"INSERT INTO tariff_assignment ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    given: dict[str, Any] = {
        "since": "2026-11-22",
        "charger": "hq-07",
        "unpriced": True,
        "reason": "the tariff came late",
    }
    (told,) = await csms.do(RepriceSessions(**given))
    assert (told.sessions, told.changed) == (2, 2)
    kept = await csms.rows("SELECT session_id, tariff_id FROM session_price WHERE superseded_at IS NULL ORDER BY 1")
    assert [(price["session_id"], price["tariff_id"]) for price in kept] == [(1, "agreed"), (2, "late"), (3, "late")]
    with pytest.raises(NotFound, match="NOWHERE"):
        await csms.do(RepriceSessions(**given | {"charger": "NOWHERE"}))
