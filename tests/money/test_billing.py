"""Billing: what has ended gets its price, once, whatever happens in between."""

import json

import pytest

from cpoctl import events
from cpoctl.config import MoneySettings
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.drop import DropItem
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.tag.edit import EditTag
from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from cpoctl.operations.tariff.unassign import UnassignTariff
from tests.money.charging import EARLY, charged, priced, tariff
from tests.support.csms import T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected; the tag ANNA is known."""
    return await csms.booted("HQ-07")


async def test_a_session_that_ends_is_priced_by_the_tariff_that_held_when_it_began(
    csms: Csms, charger: RawCharger
) -> None:
    told: list[events.Event] = []
    csms.central.ledger.bus.listen(lambda seq, event: told.append(event), events.SessionPriced)
    await tariff(csms)
    await charged(charger)
    (price,) = await priced(csms)
    assert (price["net_e4"], price["vat_e4"], price["gross_e4"]) == (35000, 6650, 41650)
    assert (price["currency"], price["tariff_id"], price["actor"]) == ("EUR", "day", "automatic")
    (line,) = json.loads(price["bill"])["lines"]
    assert (line["element"], line["quantity"], line["net"], line["gross"]) == (1, "7000", "3.5", "4.165")
    assert [(event.session_id, event.gross_e4) for event in told if isinstance(event, events.SessionPriced)] == [
        (1, 41650)
    ]


async def test_without_a_tariff_nothing_has_a_price_and_nobody_looks(csms: Csms, charger: RawCharger) -> None:
    await charged(charger)
    assert csms.central.billing.idle
    assert await csms.count("session_price") == 0


async def test_what_ended_before_a_tariff_was_assigned_for_then_is_priced_as_well(
    csms: Csms, charger: RawCharger
) -> None:
    for connector in (1, 2, 3):
        await charged(charger, connector=connector)
    await tariff(csms)
    assert len(await priced(csms, 3)) == 3


async def test_a_session_that_cannot_be_priced_does_not_cost_the_next_its_price(
    csms: Csms, charger: RawCharger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await tariff(csms)
    with monkeypatch.context() as broken:
        broken.setattr("cpoctl.csms.billing._priced", lambda *_: 1 // 0)
        await charged(charger)
        await csms.until(lambda: "pricing failed" in caplog.text)
    await charged(charger, connector=2)
    assert [price["session_id"] for price in await priced(csms)] == [2]


async def test_what_ended_while_the_server_died_is_priced_at_its_start(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    await csms.central.billing.close()
    await charged(charger)
    await csms.restart()
    assert len(await priced(csms)) == 1


async def test_the_nearest_assignment_counts(csms: Csms, charger: RawCharger) -> None:
    await csms.do(AddSite(site="HQ", time_zone="Europe/Berlin"))
    await csms.do(EditCharger(charger="HQ-07", site="HQ"))
    await csms.do(EditTag(tag="ANNA", parent="STAFF"))
    for name, energy, where in (
        ("default", "0.10", {"default": True}),
        ("site", "0.20", {"site": "HQ"}),
        ("group", "0.30", {"group": "STAFF"}),
        ("charger", "0.40", {"charger": "HQ-07"}),
        ("evse", "0.50", {"evse": "HQ-07:2"}),
    ):
        await csms.do(AddTariff(id=name, energy=energy, currency="EUR"))
        await csms.do(AssignTariff(tariff=name, since=EARLY, **where))
    await charged(charger, connector=2)
    await charged(charger, connector=1)
    for second, where in enumerate(({"charger": "HQ-07"}, {"group": "STAFF"}, {"site": "HQ"}), 1):
        await csms.do(UnassignTariff(at=f"2026-11-22T13:00:0{second}Z", **where))  # type: ignore[arg-type] # each its own
        await charged(charger, connector=1, second=second)
    assert [price["tariff_id"] for price in await priced(csms, 5)] == ["evse", "charger", "group", "site", "default"]


async def test_a_session_keeps_the_tariff_that_held_when_it_began(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await csms.do(AddTariff(id="dear", energy="9", currency="EUR"))
    await csms.do(AssignTariff(tariff="dear", default=True, since=T1, replace=True))
    await charger.call("StopTransaction", stop(number))
    (price,) = await priced(csms)
    assert price["tariff_id"] == "day"


async def test_a_correction_makes_another_price_and_keeps_the_one_before(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 3000))
    await csms.do(CloseSession(session="1", reason="stuck"))
    await priced(csms)
    await charger.call("StopTransaction", stop(number, 8000))
    before, after = await priced(csms, 2)
    assert (before["gross_e4"], before["superseded_at"] is None) == (11900, False)
    assert (after["gross_e4"], after["superseded_at"], after["version"]) == (41650, None, before["version"])


async def test_a_session_of_unknown_energy_has_no_price_by_the_kwh(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms)
    number = (await charger.call("StartTransaction", start(meter=9000)))["transactionId"]
    await charger.call("StopTransaction", stop(number, 10))  # the register has jumped back
    await charged(charger, connector=2)
    assert [price["session_id"] for price in await priced(csms)] == [2]


async def test_parking_costs_what_its_tariff_says(csms: Csms, charger: RawCharger) -> None:
    await tariff(csms, idle_per_minute="0.10")
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    status = {"connectorId": 1, "status": "SuspendedEV", "errorCode": "NoError", "timestamp": T1}
    await charger.call("StatusNotification", status)
    await charger.call("StopTransaction", stop(number, 8000, T2))
    (price,) = await priced(csms)
    assert price["net_e4"] == 35000 + 15 * 1000


async def test_the_rules_of_the_config_are_kept_where_whoever_reads_the_file_finds_them(csms: Csms) -> None:
    csms.money = MoneySettings(suspended_evse="free", grace_minutes=10)
    await csms.restart()
    kept = {row["rule"]: row["value"] for row in await csms.rows("SELECT * FROM money_rule")}
    assert (kept["suspended_evse"], kept["grace_s"]) == ("free", "600")


async def test_a_session_that_was_left_out_has_no_price_until_it_is_taken_in_again(
    csms: Csms, charger: RawCharger
) -> None:
    await charged(charger)
    await csms.do(DropItem(item="session-1", reason="a test of ours"))
    await tariff(csms)
    await csms.until(lambda: csms.central.billing.idle)
    assert await csms.count("session_price") == 0
    await csms.do(DropItem(item="session-1", undo=True, reason="no test after all"))
    assert len(await priced(csms)) == 1
