"""Reservations: made, refused, cancelled. OCPP 1.6 §5.1, §5.13"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpoctl.clock import wire
from cpoctl.csms.operator import Face
from cpoctl.errors import ChargerOffline, Conflict, NotFound, Refused, TimedOut, UsageProblem
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.reservation import ReservationRow
from cpoctl.operations.reservation.add import AddReservation
from cpoctl.operations.reservation.cancel import CancelReservation
from cpoctl.operations.reservation.list import ListReservations
from cpoctl.operations.reservation.show import ShowReservation
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.support.csms import T0, T1, T2, Csms, start
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
        ({"tag": "X" * 21}, "idTag: .* longer than 20 characters"),
        ({"tag": ""}, "at least one character"),
        ({"parent": "X" * 21}, "parentIdTag: .* longer than 20 characters"),
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
    assert refused.value.hints[0].startswith("cpoctl reservation list --charger HQ-07")


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


# What is remembered of them


async def reserve(
    csms: Csms, asked: RawCharger, status: str = "Accepted", charger: str = "HQ-07:2", **given: Any
) -> None:
    """Reservation 7, answered by the charger."""
    doing = asyncio.create_task(csms.do(reservation(charger, **{"id": 7, **given})))
    await asked.reply({"status": status})
    try:
        await doing
    except Refused:
        assert status != "Accepted"


async def listed(csms: Csms, **given: Any) -> list[ReservationRow]:
    """The reservations as the server lists them."""
    await csms.store.write([])
    return await Face(csms.central).query(ListReservations(**given))


async def states(csms: Csms) -> dict[str, str]:
    """The state of each reservation by its number."""
    return {row.reservation_id: row.state for row in await listed(csms)}


async def test_what_was_reserved_is_listed_with_all_that_is_known_of_it(csms: Csms, charger: RawCharger) -> None:
    status = {"connectorId": 2, "errorCode": "NoError", "status": "Reserved"}
    await reserve(csms, charger, parent="FAMILY")
    await charger.call("StatusNotification", status)
    (row,) = await listed(csms)
    assert (row.charger_id, row.evse_id, row.tag_id, row.parent_id) == ("HQ-07", 2, "ANNA", "FAMILY")
    assert (row.state, row.answer, row.evse_status, row.actor) == ("active", "Accepted", "Reserved", "test")
    assert row.expires_at == "2099-12-31T23:59:59.000Z"
    assert await listed(csms, charger="HQ-07", tag="anna", active=True) == [row]
    assert await listed(csms, tag="BOB") == []
    with pytest.raises(NotFound, match="no charger HQ-08"):
        await listed(csms, charger="HQ-08")


async def test_a_refused_reservation_is_remembered_as_such_and_takes_no_ones_place(
    csms: Csms, charger: RawCharger
) -> None:
    await reserve(csms, charger, "Occupied", id=8)
    await reserve(csms, charger)
    await reserve(csms, charger, "Faulted", tag="BOB")
    assert await states(csms) == {"7": "active", "8": "refused"}
    assert {row.tag_id for row in await listed(csms, active=True)} == {"ANNA"}


async def test_the_same_number_replaces_what_stood(csms: Csms, charger: RawCharger) -> None:
    await reserve(csms, charger)
    await reserve(csms, charger, tag="BOB")
    assert [(row.tag_id, row.state) for row in await listed(csms)] == [("BOB", "active")]


async def test_of_an_unanswered_reservation_the_state_is_unknown(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(TimedOut):
        await csms.do(reservation(id=7, timeout=0.05))
    assert await states(csms) == {"7": "unknown"}


@pytest.mark.parametrize(("answer", "state"), [("Accepted", "active"), ("Occupied", "refused"), (None, "refused")])
async def test_an_answer_that_comes_late_settles_it(
    csms: Csms, charger: RawCharger, answer: str | None, state: str
) -> None:
    with pytest.raises(TimedOut):
        await csms.do(reservation(id=7, timeout=0.05))
    if answer:
        await charger.reply({"status": answer})
    else:
        await charger.refuse("NotImplemented", "")
    await charger.synced()
    (row,) = await listed(csms)
    assert (row.state, row.answer) == (state, answer or "NotImplemented")


async def test_a_cancelled_reservation_says_who_did_it(csms: Csms, charger: RawCharger) -> None:
    await reserve(csms, charger)
    for status in ("Rejected", "Accepted"):
        doing = asyncio.create_task(csms.do(CancelReservation(charger="HQ-07", id=7)))
        await charger.reply({"status": status})
        await asyncio.wait([doing])
        assert (doing.exception() is None) == (status == "Accepted")
    (row,) = await listed(csms)
    assert (row.state, row.ended_by) == ("cancelled", "test")


async def test_a_session_that_names_a_reservation_uses_it(csms: Csms, charger: RawCharger) -> None:
    await reserve(csms, charger)
    other = await csms.booted("HQ-08")
    await other.call("StartTransaction", start(connector=2) | {"reservationId": 7})
    assert await states(csms) == {"7": "active"}
    for at, number in ((T0, 0), (T1, 99), (T2, 7)):
        await charger.call("StartTransaction", start(connector=2, at=at) | {"reservationId": number})
    (row,) = await listed(csms)
    assert (row.state, row.session_id) == ("used", "4")


async def test_a_reservation_that_nobody_used_expires(csms: Csms, charger: RawCharger) -> None:
    csms.clock.jump((datetime.now(UTC) - csms.clock.now()).total_seconds())
    await reserve(csms, charger, until="30m")
    csms.clock.move(1799)
    assert [row.state for row in await listed(csms)] == ["active"]
    csms.clock.move(1)
    assert [row.state for row in await listed(csms)] == ["expired"]


async def test_a_reservation_is_shown_by_its_number_and_where_need_be_its_charger(
    csms: Csms, charger: RawCharger
) -> None:
    await reserve(csms, charger)
    await reserve(csms, await csms.booted("HQ-08"), charger="HQ-08:1")
    await csms.store.write([])
    (row,) = await csms.store.reading(ShowReservation(reservation="7", charger="hq-08").select)
    assert (row.charger_id, row.evse_id) == ("HQ-08", 1)
    with pytest.raises(Conflict, match="several chargers") as conflict:
        await csms.store.reading(ShowReservation(reservation="7").select)
    assert "cpoctl reservation show 7 --charger HQ-07" in conflict.value.hints
    with pytest.raises(NotFound, match="no reservation 8"):
        await csms.store.reading(ShowReservation(reservation="8").select)
