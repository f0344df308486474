"""Tags that may charge at certain chargers and EVSEs only. OCPP 1.6 §4.8 · OCPP 2.0.1 IdTokenInfoType, C01"""

from typing import Any

import pytest

from cpoctl.domain import tags
from cpoctl.ocpp import Version
from tests.csms.worlds import World

AT = "2026-11-22T13:00:00Z"
SECOND = pytest.mark.parametrize("version", [Version.V201, Version.V21])
LIMITED: dict[str, Any] = {"idToken": {"idToken": "LIMITED", "type": "ISO14443"}}


def world_of(version: Version, *places: str) -> World:
    """A world in which LIMITED may charge at these places only."""
    world = World(version)
    world.live.tags["limited"] = tags.Tag("LIMITED", tags.ACCEPTED, places=places)
    return world


def step(kind: str, number: int, **more: Any) -> dict[str, Any]:
    info = {"transactionId": "T-1"}
    told = {"eventType": kind, "timestamp": AT, "triggerReason": "Authorized", "seqNo": number}
    return {**told, "transactionInfo": info, **more}


@SECOND
@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (("CP-1",), {"status": "Accepted"}),
        (("cp-1:3", "CP-1:1", "CP-2:7"), {"status": "Accepted", "evseId": [1, 3]}),
        (("CP-1:1", "CP-1"), {"status": "Accepted"}),
        (("CP-2", "CP-11:1"), {"status": "NotAtThisLocation"}),
    ],
)
def test_a_reader_of_2_is_told_at_which_evses_a_tag_may_charge(
    version: Version, places: tuple[str, ...], expected: dict[str, Any]
) -> None:
    assert world_of(version, *places).tell("Authorize", LIMITED).answer["idTokenInfo"] == expected


@SECOND
@pytest.mark.parametrize(("evse", "expected"), [(1, "Accepted"), (2, "NotAtThisLocation")])
def test_a_session_of_2_is_judged_by_its_evse(version: Version, evse: int, expected: str) -> None:
    world = world_of(version, "CP-1:1")
    outcome = world.tell("TransactionEvent", step("Started", 0, evse={"id": evse}, **LIMITED))
    assert outcome.answer["idTokenInfo"] == {"status": expected, "evseId": [1]}


@SECOND
def test_a_tag_that_comes_after_its_evse_is_judged_by_it(version: Version) -> None:
    world = world_of(version, "CP-1:1")
    world.tell("TransactionEvent", step("Started", 0, evse={"id": 2}))
    assert world.tell("TransactionEvent", step("Updated", 1, **LIMITED)).answer["idTokenInfo"]["status"] == (
        "NotAtThisLocation"
    )


@SECOND
def test_a_tag_that_is_presented_to_end_its_session_needs_no_evse(version: Version) -> None:
    world = world_of(version, "CP-1:1")
    world.tell("TransactionEvent", step("Started", 0, evse={"id": 2}, idToken={"idToken": "ANNA", "type": "Central"}))
    ended = world.tell("TransactionEvent", step("Ended", 1, **LIMITED))
    assert ended.answer["idTokenInfo"]["status"] == "Accepted"


@pytest.mark.parametrize(("connector", "expected"), [(1, "Accepted"), (2, "Invalid")])
def test_a_session_of_16_is_judged_by_its_connector(connector: int, expected: str) -> None:
    world = world_of(Version.V16, "CP-1:1")
    assert world.tell("Authorize", {"idTag": "LIMITED"}).answer["idTagInfo"]["status"] == "Accepted"
    started = {"connectorId": connector, "idTag": "LIMITED", "timestamp": AT, "meterStart": 0}
    assert world.tell("StartTransaction", started).answer["idTagInfo"]["status"] == expected


def test_a_site_and_a_place_are_both_open_to_a_tag_that_has_both() -> None:
    tag = tags.Tag("BOTH", tags.ACCEPTED, sites=("HQ",), places=("YARD-1:2",))
    assert [tag.allowed_at("HQ-1", "hq"), tag.allowed_at("YARD-1", None, 2)] == [True, True]
    assert [tag.allowed_at("YARD-1", None, 1), tag.allowed_at("YARD-2", "YARD")] == [False, False]
