"""What a charger tells of reservations and customers is answered whatever it holds. OCPP 2.0.1 H04, N09"""

from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.store import rows
from tests.csms.worlds import World


@pytest.fixture(params=[Version.V201, Version.V21])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def test_the_end_of_a_reservation_is_kept_and_told(world: World) -> None:
    outcome = world.tell("ReservationStatusUpdate", {"reservationId": 7, "reservationUpdateStatus": "Removed"})
    (row,) = world.of(rows.ReservationEnded)
    assert (row.state, row.charger_id, row.reservation_id) == ("removed", "CP-1", 7)
    assert [event.state for event in outcome.events] == ["removed"]  # type: ignore[attr-defined]  # it is of one kind


@pytest.mark.parametrize(
    "payload",
    [
        {"reservationId": 7, "reservationUpdateStatus": "Vanished"},
        {"reservationUpdateStatus": "Expired"},
        {"reservationId": 2**70, "reservationUpdateStatus": "Expired"},
        {"reservationId": "seven"},
        {},
    ],
)
def test_what_ends_no_reservation_that_we_know_is_answered(world: World, payload: dict[str, Any]) -> None:
    outcome = world.tell("ReservationStatusUpdate", payload)
    assert (outcome.answer, outcome.rows, outcome.events) == ({}, [], [])


def test_a_part_of_what_is_known_of_a_customer_is_kept(world: World) -> None:
    world.tell("NotifyCustomerInformation", {"requestId": 5, "seqNo": 0, "tbc": True, "data": "charged"})
    (part,) = world.of(rows.ReportPart)
    assert (part.action, part.request_id, part.seq_no, part.last) == ("NotifyCustomerInformation", 5, 0, 0)
