"""What a session costs: explained, priced anew, told while it runs."""

import asyncio
import json
import sqlite3
from contextlib import closing
from fractions import Fraction
from typing import Any

import pytest

from cpoctl import events
from cpoctl.config import MoneySettings
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Query
from cpoctl.operations.session.correct import CorrectSession
from cpoctl.operations.session.export import ExportSessions
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.reprice import RepriceSessions
from cpoctl.operations.session.show import ShowSession
from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from tests.money.charging import charged, priced, tariff
from tests.support.csms import T1, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger

JUST_NOW = "2026-11-22T13:58:00Z"


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("HQ-07")


async def rows(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query, with what the live state knows."""
    now, live = csms.clock.now(), csms.central.ledger.live
    return [query.overlay(row, live, now) for row in await csms.store.reading(query.select)]


async def test_every_price_can_be_explained(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms, start_fee="1", least="10")
    await charged(charger)
    await priced(csms)
    (shown,) = await rows(csms, ShowSession(session="1", cost=True))
    assert [(line.element, line.dimension, line.quantity, line.billed, line.unit, line.net) for line in shown.lines] == [
        (1, "FLAT", "1", "1", "session", "1"), (1, "ENERGY", "7000", "7000", "Wh", "3.5"),
    ]  # fmt: skip
    (cost,) = shown.costs
    assert (cost.net, cost.vat, cost.gross, cost.adjustment) == ("10.0000", "1.9000", "11.9000", "5.5")
    assert sum(Fraction(line.gross) for line in shown.lines) + Fraction(cost.bill["adjustment_gross"]) == Fraction(
        "11.9"
    )
    assert (shown.cost, shown.currency, shown.meter_values) == ("11.9000", "EUR", [])
    assert (await rows(csms, ShowSession(session="1")))[0].lines == []


@pytest.mark.parametrize(("wh", "whole"), [(7345.5, 7346), (7344.5, 7345), (7345.25, 7345)])
async def test_the_energy_of_a_bill_is_the_one_that_is_told(
    csms: Csms, charger: RawCharger, wh: float, whole: int
) -> None:
    await tariff(csms)
    await charged(charger)
    await priced(csms)
    with closing(sqlite3.connect(csms.path)) as db, db:  # as a charger tells it whose register has fractions
        db.execute("UPDATE session SET energy_wh = ?", [wh])
    await csms.do(RepriceSessions(session="1", reason="its energy"))
    (shown,) = await rows(csms, ShowSession(session="1", cost=True))
    assert shown.energy_wh == sum(Fraction(line.quantity) for line in shown.lines) == whole
    (told,) = await csms.store.reading(ExportSessions(since="2026-11").select)
    assert (told.energy_wh, told.energy_kwh) == (whole, f"{whole / 1000:.3f}")
    corrected = await csms.do(CorrectSession(session="1", energy_wh=wh, reason="read on site"))
    assert corrected.energy_wh == whole


async def test_the_cost_of_an_open_session_can_be_asked_for_at_any_time(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 3000, T1))
    (shown,) = await rows(csms, ShowSession(session="1", cost=True))
    assert [(cost.actor, cost.net) for cost in shown.costs] == [("running", "1.0000")]


async def test_a_session_is_priced_anew_only_if_somebody_says_so_and_why(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    await charged(charger)
    await charged(charger, second=7)
    await priced(csms, 2)
    await csms.do(AddTariff(id="fair", energy="0.30", currency="EUR", vat="19"))
    await csms.do(AssignTariff(tariff="fair", default=True, since="2026-02-01T00:00:00Z", replace=True))
    (row,) = await csms.do(RepriceSessions(session="1", reason="agreed"))
    assert (row.sessions, row.changed, row.before, row.after, row.difference) == (1, 1, "4.1650", "2.4990", "-1.6660")
    (again,) = await csms.do(RepriceSessions(since="2026-11", reason="agreed"))
    assert (again.sessions, again.changed, again.before, again.after) == (2, 1, "6.6640", "4.9980")
    (shown,) = await rows(csms, ShowSession(session="1", cost=True))
    assert [(cost.gross, cost.actor, cost.reason) for cost in shown.costs] == [
        ("2.4990", "test", "agreed"), ("4.1650", "automatic", None),
    ]  # fmt: skip


async def previewed(csms: Csms, act: RepriceSessions) -> list[Any]:
    """What a dry run tells."""
    return await csms.store.reading(act.preview(csms.clock.now()).select)


async def test_a_dry_run_tells_what_all_would_come_to_and_why_some_cannot_be_priced(csms: Csms) -> None:
    charger, other = await csms.booted("HQ-07"), await csms.booted("HQ-08")
    await tariff(csms)
    await charged(charger)
    await charged(charger, second=7)
    await priced(csms, 2)
    await csms.do(AddTariff(id="fair", energy="0.30", currency="EUR", vat="19"))
    await csms.do(AssignTariff(tariff="fair", default=True, since="2026-02-01T00:00:00Z", replace=True))
    number = (await other.call("StartTransaction", start(meter="", at="2026-11-22T13:10:00Z")))["transactionId"]
    await other.call("StopTransaction", stop(number, meter=""))
    whole = RepriceSessions(since="2026-11", reason="x")
    (nowhere, euros) = await previewed(csms, whole)
    assert (nowhere.currency, nowhere.unpriced, nowhere.reasons) == ("-", 1, ["1 their energy is not known"])
    assert (euros.sessions, euros.changed, euros.kept, euros.reasons) == (2, 2, 0, [])
    assert (euros.net_before, euros.net_after, euros.net_difference) == ("7.0000", "4.2000", "-2.8000")
    assert (euros.before, euros.after, euros.difference) == ("8.3300", "4.9980", "-3.3320")
    each = await previewed(csms, RepriceSessions(since="2026-11", reason="x", each=True))
    assert [(row.session_id, row.tariff_before, row.gross_before, row.tariff, row.gross) for row in each] == [
        ("1", "day", "4.1650", "fair", "2.4990"), ("2", "day", "4.1650", "fair", "2.4990"), ("3", None, None, None, None),
    ]  # fmt: skip
    assert [row.reason for row in each] == [None, None, "their energy is not known"]
    assert await csms.count("session_price") == 2
    assert await csms.do(whole) == [nowhere, euros]


async def test_a_session_without_a_tariff_is_counted_with_the_reason_and_each_is_for_dry_runs(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await charged(charger)
    (row,) = await previewed(csms, RepriceSessions(session="1", reason="x"))
    assert (row.unpriced, row.reasons) == (1, ["1 no tariff held when they began"])
    with pytest.raises(UsageProblem, match="--each is for --dry-run"):
        await csms.do(RepriceSessions(session="1", reason="x", each=True))


async def test_a_price_that_somebody_made_is_not_changed_by_itself(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    await charged(charger)
    await priced(csms)
    await csms.do(AddTariff(id="fair", energy="0.30", currency="EUR", vat="19"))
    await csms.do(AssignTariff(tariff="fair", default=True, since="2026-02-01T00:00:00Z", replace=True))
    await csms.do(RepriceSessions(session="1", reason="agreed"))
    corrected = events.SessionCorrected(
        charger_id="HQ-07", session_id=1, evse_id=1, transaction_id="1", stopped_at=T1, energy_wh=7000.0, reason=None
    )
    csms.central.ledger.tell([(None, corrected)])
    await charged(charger, second=7)
    assert [price["tariff_id"] for price in await priced(csms, 3)] == ["day", "fair", "fair"]


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (RepriceSessions(reason="x"), "a session, or --from"),
        (RepriceSessions(session="1", since="2026-11", reason="x"), "a session, or --from"),
        (RepriceSessions(since="soon", reason="x"), "is no time"),
        (RepriceSessions(session="1", reason=" "), "--reason is empty"),
    ],
)
async def test_what_cannot_be_meant_is_said(csms: Csms, act: RepriceSessions, why: str) -> None:
    with pytest.raises(UsageProblem, match=why):
        await csms.do(act)


async def test_a_session_that_nobody_knows_has_no_price(csms: Csms) -> None:
    with pytest.raises(NotFound, match="no ended session 77"):
        await csms.do(RepriceSessions(session="77", reason="x"))


async def test_lists_show_what_a_session_costs_so_far_and_what_it_came_to(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 3000, T1))
    assert [row.cost for row in await rows(csms, ListSessions())] == [None]
    await csms.central.billing.costs.reckon()
    (row,) = await rows(csms, ListSessions())
    assert (row.cost, row.currency, row.state) == ("1.1900", "EUR", "open")
    await charger.call("StopTransaction", stop(number))
    await priced(csms)
    assert [(row.cost, row.state) for row in await rows(csms, ListSessions())] == [("4.1650", "closed")]
    assert charger.unasked == 0


async def test_a_cost_that_stays_the_same_is_told_once(csms: Csms, charger: RawCharger) -> None:
    told: list[events.Event] = []
    csms.central.ledger.bus.listen(lambda seq, event: told.append(event), events.CostChanged)
    await tariff(csms)
    await charger.call("StartTransaction", start())
    for _ in range(3):
        await csms.central.billing.costs.reckon()
    assert len(told) == 1


async def on_display(csms: Csms, version: Version) -> RawCharger:
    """A charger that is told costs, with a session that costs something."""
    csms.money = MoneySettings(running_cost="display")
    await csms.restart()
    await tariff(csms)
    return await csms.booted("HQ-07", version=version)


async def test_a_charger_of_16_shows_the_running_cost_and_the_final_one(csms: Csms) -> None:
    charger = await on_display(csms, Version.V16)
    number = (await charger.call("StartTransaction", start(at=JUST_NOW)))["transactionId"]
    call = await charger.reply({"status": "UnknownMessageId"})
    assert (call[2], call[3]["messageId"]) == ("DataTransfer", "SetUserPrice")
    assert json.loads(call[3]["data"]) == {"idToken": "ANNA", "priceText": "0.595 EUR/kWh"}
    await charger.call("MeterValues", metered(number, 3000, "2026-11-22T13:58:30Z"))
    reckoning = asyncio.create_task(csms.central.billing.costs.reckon())
    call = await charger.reply({"status": "Accepted"})
    await reckoning
    assert (call[2], call[3]["messageId"]) == ("DataTransfer", "RunningCost")
    data = json.loads(call[3]["data"])
    assert (data["cost"], data["meterValue"], data["state"]) == (1.19, 3000, "Charging")
    await charger.call("StopTransaction", stop(number, at="2026-11-22T13:59:00Z"))
    final = await charger.reply({"status": "Accepted"})
    assert json.loads(final[3]["data"]) == {"transactionId": number, "cost": 4.17, "priceText": "4.17 EUR"}


async def test_a_charger_that_does_not_know_costs_is_asked_once(csms: Csms) -> None:
    charger = await on_display(csms, Version.V16)
    number = (await charger.call("StartTransaction", start(at=JUST_NOW)))["transactionId"]
    await charger.reply({"status": "UnknownVendorId"})
    await charger.call("MeterValues", metered(number, 3000, T1))
    await csms.central.billing.costs.reckon()
    assert charger.unasked == 0


async def test_the_price_of_a_session_that_began_while_its_charger_was_away_is_not_told(csms: Csms) -> None:
    charger = await on_display(csms, Version.V16)
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StopTransaction", stop(number, at="2026-11-22T13:30:00Z"))
    await priced(csms)
    assert charger.unasked == 0
