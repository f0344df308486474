"""Reservations: made, refused, cancelled. OCPP 1.6 §5.1, §5.13"""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from cpoctl.clock import wire
from cpoctl.errors import ChargerOffline, Refused, TimedOut, UsageProblem
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.reservation import AddReservation, CancelReservation
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

END = "2099-12-31T23:59:59Z"


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A connected charger."""
    return await csms.booted("HQ-07")


def reservation(charger: str = "HQ-07:2", **given: Any) -> AddReservation:
    """A reservation for ANNA."""
    return AddReservation(**{"charger": charger, "tag": "ANNA", "until": END, **given})


async def test_everything_that_was_said_is_sent_in_the_order_of_the_standard(csms: Csms, charger: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(reservation(id=7, parent="FAMILY", until="2099-12-31T23:59:59.9+00:00")))
    action, payload = (await charger.reply({"status": "Accepted"}))[2:]
    assert action == "ReserveNow"
    assert list(payload.items()) == [
        ("connectorId", 2), ("expiryDate", END), ("idTag", "ANNA"), ("parentIdTag", "FAMILY"), ("reservationId", 7),
    ]  # fmt: skip
    outcome = await doing
    assert (outcome.ok, outcome.target, outcome.reservation_id) == (True, "HQ-07:2", 7)


async def test_without_an_evse_the_charger_chooses_one_and_without_a_number_we_do(
    csms: Csms, charger: RawCharger
) -> None:
    numbers = set()
    for _ in range(2):
        doing = asyncio.create_task(csms.do(reservation("HQ-07")))
        payload = (await charger.reply({"status": "Accepted"}))[3]
        assert (payload["connectorId"], "parentIdTag" in payload) == (0, False)
        assert 0 < payload["reservationId"] < 2**31
        assert (await doing).reservation_id == payload["reservationId"]
        numbers.add(payload["reservationId"])
    assert len(numbers) == 2


async def test_a_duration_ends_that_long_from_now(csms: Csms, charger: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(reservation(until="1h30m")))
    payload = (await charger.reply({"status": "Accepted"}))[3]
    await doing
    assert payload["expiryDate"] == wire(csms.clock.now() + timedelta(minutes=90))


@pytest.mark.parametrize("status", ["Faulted", "Occupied", "Rejected", "Unavailable"])
async def test_a_reservation_that_the_charger_will_not_make_is_refused(
    csms: Csms, charger: RawCharger, status: str
) -> None:
    doing = asyncio.create_task(csms.do(reservation()))
    await charger.reply({"status": status})
    with pytest.raises(Refused, match=f"HQ-07:2 answered ReserveNow with {status}") as refused:
        await doing
    assert refused.value.hints[0].startswith("cpoctl charger show HQ-07")


async def test_a_charger_that_keeps_no_evse_of_its_choice_is_better_asked_for_one(
    csms: Csms, charger: RawCharger
) -> None:
    doing = asyncio.create_task(csms.do(reservation("HQ-07", until="30m")))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused) as refused:
        await doing
    assert refused.value.hints[1].startswith("cpoctl reservation add HQ-07:1 --tag ANNA --until 30m")


async def test_of_an_unanswered_reservation_it_is_told_how_to_cancel_it(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(TimedOut) as late:
        await csms.do(reservation(timeout=0.05))
    number = (await charger.asked())[3]["reservationId"]
    assert late.value.hints[0].startswith(f"cpoctl reservation cancel HQ-07 --id {number} --yes")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"until": "tomorrow"}, "tomorrow"),
        ({"until": "2001-01-01T00:00:00Z"}, "is over already"),
        ({"until": "0s"}, "is over already"),
        ({"until": "99999999999d"}, "99999999999d"),
        ({"tag": "X" * 21}, "has 1 to 20 characters"),
        ({"tag": ""}, "has 1 to 20 characters"),
        ({"parent": "X" * 21}, "has 1 to 20 characters"),
    ],
)
async def test_what_cannot_be_meant_is_not_sent(
    csms: Csms, charger: RawCharger, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageProblem, match=says) as problem:
        await csms.do(reservation(**given))
    assert problem.value.hints
    assert charger.unasked == 0


async def test_a_reservation_is_cancelled_by_its_number(csms: Csms, charger: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(CancelReservation(charger="hq-07", id=7)))
    assert (await charger.reply({"status": "Accepted"}))[2:] == ["CancelReservation", {"reservationId": 7}]
    assert (await doing).target == "HQ-07"


async def test_a_reservation_that_the_charger_does_not_have_cannot_be_cancelled(
    csms: Csms, charger: RawCharger
) -> None:
    doing = asyncio.create_task(csms.do(CancelReservation(charger="HQ-07", id=8)))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused, match="CancelReservation with Rejected") as refused:
        await doing
    assert refused.value.hints[0].startswith("cpoctl log list HQ-07 --action ReserveNow")


@pytest.mark.parametrize("act", [reservation(), CancelReservation(charger="HQ-07", id=7)])
async def test_an_offline_charger_is_told_as_such(csms: Csms, act: AddReservation | CancelReservation) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    with pytest.raises(ChargerOffline, match="HQ-07 is not connected"):
        await csms.do(act)


async def test_a_reserved_evse_says_so_until_it_is_cancelled(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    url = f"ws://127.0.0.1:{csms.port}/"
    async with VirtualCharger(url, "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        number = (await csms.do(reservation("CP-1:1", until="2h"))).reservation_id
        await csms.until(lambda: csms.known().evses[1].status == "Reserved")
        with pytest.raises(Refused, match="Occupied"):
            await csms.do(reservation("CP-1:1"))
        await csms.do(CancelReservation(charger="CP-1", id=number))
        await csms.until(lambda: csms.known().evses[1].status == "Available")
