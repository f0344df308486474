"""Tariffs: kept in versions, assigned for a time, looked at before they hold."""

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act, Query
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.price_series.add import AddSeries
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from cpoctl.operations.tariff.list import ListTariffs
from cpoctl.operations.tariff.preview import PreviewTariff
from cpoctl.operations.tariff.push import PushTariff
from cpoctl.operations.tariff.rm import RemoveTariff
from cpoctl.operations.tariff.show import ShowTariff
from cpoctl.operations.tariff.unassign import UnassignTariff
from tests.money.charging import EARLY, charged, priced, tariff
from tests.support.csms import Csms

WHOLE = {
    "id": "whole", "currency": "EUR",
    "elements": [
        {"price_components": [{"type": "ENERGY", "price": 0.25, "vat": 10, "step_size": 1}]},
        {"price_components": [{"type": "ENERGY", "price": 0.1, "step_size": 1}], "restrictions": {"min_kwh": 9, "max_kwh": 3}},
    ],
}  # fmt: skip


async def rows(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query."""
    return await csms.store.reading(query.select)


async def test_another_content_is_another_version_and_the_old_one_stays(csms: Csms) -> None:
    first = await csms.do(AddTariff(id="day", energy="0.50", currency="EUR"))
    assert (await csms.do(AddTariff(id="day", energy="0.5", currency="EUR"))).version == first.version
    second = await csms.do(AddTariff(id="day", energy="0.60", currency="EUR", note="from May"))
    assert first.version != second.version
    assert {row.version for row in await rows(csms, ListTariffs(versions=True))} == {first.version, second.version}
    (shown,) = await rows(csms, ShowTariff(tariff="DAY", version=first.version[:6]))
    assert [(price.dimension, price.price, price.when) for price in shown.elements] == [("ENERGY", "0.5", "always")]


async def test_prices_by_the_minute_are_kept_by_the_hour_and_limits_with_their_vat(csms: Csms) -> None:
    kept = await csms.do(
        AddTariff(id="all", currency="EUR", vat="19", energy="0.5", start_fee="1", per_minute="0.05",
                  idle_per_minute="0.10", least="2", most="50")
    )  # fmt: skip
    assert kept.prices == "1/start, 0.5/kWh, 3/h, 6/h parked"
    assert kept.tariff["min_price"] == {"excl_vat": 2, "incl_vat": 2.38}


async def test_what_is_odd_is_told_by_the_number_of_its_element_and_refused_if_strict(csms: Csms) -> None:
    with pytest.raises(UsageProblem, match=r"element 2.* can never apply"):
        await csms.do(AddTariff(tariff=json.dumps(WHOLE), strict=True))
    kept = await csms.do(AddTariff(tariff=json.dumps(WHOLE)))
    assert any(said.startswith("element 2") for said in kept.concerns)


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (AddTariff(), "--id and --currency"),
        (AddTariff(id="x", currency="EUR"), "needs a price"),
        (AddTariff(id="x", currency="EUU", energy="1"), "currency EUU"),
        (AddTariff(id="x", currency="EUR", energy="much"), "no amount"),
        (AddTariff(id="x", currency="EUR", energy="1", markup="1"), "price series"),
        (AddTariff(tariff=json.dumps(WHOLE), energy="1"), "says itself what --energy"),
        (AddTariff(tariff='{"id": "x", "currency": "EUR", "elements": []}'), "needs elements"),
        (AssignTariff(tariff="day"), "one of --default"),
        (AssignTariff(tariff="day", default=True, charger="HQ-07"), "one of --default"),
        (AssignTariff(tariff="day", evse="HQ-07"), "a whole charger"),
        (AssignTariff(tariff="day", charger="HQ-07:1"), "one EVSE"),
        (AssignTariff(tariff="day", default=True, since="2026-05-01", until="2026-04-01"), "never"),
        (AssignTariff(tariff="day", site="PARIS"), "is in EUR, site PARIS in CHF"),
    ],
)
async def test_what_cannot_be_meant_is_said(csms: Csms, act: Act, why: str) -> None:
    await csms.booted("HQ-07")
    await csms.do(AddSite(site="PARIS", time_zone="Europe/Paris", currency="CHF"))
    await csms.do(AddTariff(id="day", energy="0.50", currency="EUR"))
    with pytest.raises(UsageProblem, match=why):
        await csms.do(act)


async def test_what_nobody_knows_is_told_with_the_nearest(csms: Csms) -> None:
    await csms.do(AddTariff(id="day", energy="0.50", currency="EUR"))
    for act in (AssignTariff(tariff="dya", default=True), RemoveTariff(tariff="dya")):
        with pytest.raises(NotFound, match="did you mean day"):
            await csms.do(act)
    with pytest.raises(NotFound):
        await csms.do(UnassignTariff(default=True))


async def test_two_assignments_of_one_place_do_not_overlap(csms: Csms) -> None:
    await tariff(csms)
    await csms.do(AddTariff(id="may", energy="0.40", currency="EUR"))
    month = AssignTariff(tariff="may", default=True, since="2027-05-01T00:00:00Z", until="2027-06-01T00:00:00Z")
    with pytest.raises(Conflict, match="tariff day"):
        await csms.do(month)
    await csms.do(AssignTariff(**{**vars(month), "replace": True}))
    kept = await csms.rows("SELECT tariff_id, valid_from, valid_to FROM tariff_assignment ORDER BY valid_from")
    assert [(row["tariff_id"], row["valid_from"][:10], (row["valid_to"] or "")[:10]) for row in kept] == [
        ("day", "2026-01-01", "2027-05-01"), ("may", "2027-05-01", "2027-06-01"), ("day", "2027-06-01", ""),
    ]  # fmt: skip


async def test_a_tariff_that_was_assigned_is_not_forgotten(csms: Csms) -> None:
    await tariff(csms)
    await csms.do(AddTariff(id="draft", energy="0.40", currency="EUR"))
    with pytest.raises(Conflict, match="was assigned"):
        await csms.do(RemoveTariff(tariff="day"))
    await csms.do(RemoveTariff(tariff="draft"))
    assert [row.tariff_id for row in await rows(csms, ListTariffs())] == ["day"]


async def test_an_assignment_is_not_changed_behind_anybodys_back(csms: Csms) -> None:
    await tariff(csms)
    for sql in ("DELETE FROM tariff_assignment", "UPDATE tariff_assignment SET valid_from = '2020'"):
        with closing(sqlite3.connect(csms.path)) as connection, pytest.raises(sqlite3.IntegrityError, match="is ended"):
            connection.execute(sql)


async def test_a_preview_compares_what_was_with_what_would_be(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await tariff(csms)
    await charged(charger)
    await charged(charger, second=7)
    await csms.do(AddTariff(id="cheap", energy="0.30", currency="EUR", vat="19"))
    await csms.do(AddTariff(id="swiss", energy="0.30", currency="CHF"))
    await priced(csms, 2)
    (row,) = await rows(csms, PreviewTariff(tariff="cheap", since="2026-11", by="day"))
    assert (row.key, row.sessions, row.gross, row.gross_then, row.difference) == (
        "2026-11-22", 2, "8.3300", "4.9980", "-3.3320",
    )  # fmt: skip
    (one,) = await rows(csms, PreviewTariff(tariff="cheap", session="2"))
    assert (one.sessions, one.gross_then) == (1, "2.4990")
    swiss, euros = await rows(csms, PreviewTariff(tariff="swiss", since="2026-11"))
    assert (swiss.currency, swiss.gross, swiss.gross_then) == ("CHF", "0.0000", "4.2000")
    assert (euros.currency, euros.gross, euros.gross_then) == ("EUR", "8.3300", "0.0000")
    assert await csms.count("session_price") == 2


async def test_a_kept_tariff_goes_to_a_charger_in_the_words_of_ocpp(csms: Csms) -> None:
    charger = await csms.booted("HQ-21", version=Version.V21)
    kept = await csms.do(AddTariff(id="day", energy="0.50", per_minute="0.05", currency="EUR", vat="19"))
    doing = asyncio.create_task(csms.do(PushTariff(charger="HQ-21", kept="day")))
    call = await charger.reply({"status": "Accepted"})
    told = call[3]["tariff"]
    assert (await doing).tariff_id == told["tariffId"] == f"day-{kept.version}"
    assert (told["energy"]["prices"], told["chargingTime"]["prices"]) == ([{"priceKwh": 0.5}], [{"priceMinute": 0.05}])
    with pytest.raises(UsageProblem, match="--kept"):
        await csms.do(PushTariff(charger="HQ-21"))


async def test_a_charger_of_another_site_keeps_the_default(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await csms.do(AddSite(site="HQ", time_zone="Europe/Berlin"))
    await csms.do(AddSite(site="YARD", time_zone="Europe/Berlin"))
    await csms.do(EditCharger(charger="HQ-07", site="YARD"))
    await tariff(csms)
    await csms.do(AddTariff(id="hq", energy="9", currency="EUR"))
    await csms.do(AssignTariff(tariff="hq", site="HQ", since=EARLY))
    await charged(charger)
    assert [price["tariff_id"] for price in await priced(csms)] == ["day"]


async def test_what_a_tariff_cannot_price_is_no_difference(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await tariff(csms)
    await charged(charger)
    await priced(csms, 1)
    await csms.do(AddTariff(id="spot", series="later", currency="EUR"))
    (row,) = await rows(csms, PreviewTariff(tariff="spot", since="2026-11"))
    assert (row.sessions, row.unknown, row.gross, row.gross_then, row.difference) == (
        1,
        1,
        "4.1650",
        "0.0000",
        "0.0000",
    )


async def test_a_price_series_in_another_currency_makes_no_tariff(csms: Csms) -> None:
    line = "start,end,price EUR/MWh\n2026-11-22T13:00:00Z,2026-11-22T14:00:00Z,100\n"
    await csms.do(AddSeries(series="spot", prices=line, currency="EUR"))
    with pytest.raises(UsageProblem, match="price series spot is in EUR, the tariff in GBP"):
        await csms.do(AddTariff(id="spot", series="spot", currency="GBP"))


async def test_a_tariff_is_not_assigned_to_an_evse_that_its_charger_does_not_have(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
    await csms.do(AddTariff(id="day", energy="0.50", currency="EUR"))
    with pytest.raises(NotFound, match="HQ-07 has no EVSE 9, only HQ-07:1"):
        await csms.do(AssignTariff(tariff="day", evse="HQ-07:9"))


async def test_the_price_of_a_reservation_is_told_apart(csms: Csms) -> None:
    start = {"price_components": [{"type": "FLAT", "price": 1, "step_size": 1}]}
    reserved = {
        "price_components": [{"type": "FLAT", "price": 0.5, "step_size": 1}],
        "restrictions": {"reservation": "RESERVATION"},
    }
    kept = await csms.do(AddTariff(tariff=json.dumps({"id": "r", "currency": "EUR", "elements": [start, reserved]})))
    assert kept.prices == "1/start, 0.5/reservation"


async def test_a_tariff_that_cannot_be_read_is_told_with_what_to_look_at(csms: Csms) -> None:
    with pytest.raises(UsageProblem) as caught:
        await csms.do(AddTariff(tariff='{"id": "x", "currency": "EUR", "elements": []}'))
    assert "cpoctl tariff add --help" in caught.value.hints
