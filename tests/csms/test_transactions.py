"""Sessions over the wire: whatever a charger says is answered, kept, and never believed too much.

OCPP 1.6 §4.8, §4.10 · RELIABILITY V-01 to V-06, §2.2 · DESIGN §6
"""

import json
from typing import Any

import pytest

from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.orphans import ListOrphans
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.tag.block import BlockTag
from tests.support.csms import T0, T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


async def test_a_session_is_stored_from_start_to_stop(csms: Csms, charger: RawCharger) -> None:
    begun = await charger.call("StartTransaction", start())
    assert begun["idTagInfo"]["status"] == "Accepted"
    await charger.call("MeterValues", metered(begun["transactionId"], 4000))
    await charger.call("StopTransaction", stop(begun["transactionId"], 8000, reason="EVDisconnected"))
    kept = await csms.session()
    assert (kept["energy_wh"], kept["stop_reason"], kept["flags"]) == (7000, "EVDisconnected", "[]")
    assert (kept["started_at"], kept["stopped_at"]) == ("2026-11-22T13:00:00.000Z", "2026-11-22T13:45:00.000Z")
    assert csms.known().sessions == {}


async def test_transaction_ids_are_random_positive_and_different(csms: Csms, charger: RawCharger) -> None:
    ids = [
        (await charger.call("StartTransaction", start(at=f"2026-11-22T13:{n:02}:00Z")))["transactionId"]
        for n in range(50)
    ]
    assert len(set(ids)) == 50
    assert all(0 < number < 2**31 for number in ids)
    assert ids != sorted(ids)


# Tags


@pytest.mark.parametrize(("tag", "status"), [("BLOCKED", "Blocked"), ("OLD", "Expired"), ("STRANGER", "Invalid")])
async def test_a_tag_that_may_not_charge_is_told_so_and_its_session_is_recorded(
    csms: Csms, charger: RawCharger, tag: str, status: str
) -> None:
    await csms.tag("BLOCKED")
    await csms.do(AddTag(tag="OLD", expires="2026-11-22T14:00:00Z"))
    await csms.do(BlockTag(tag="BLOCKED"))
    assert (await charger.call("Authorize", {"idTag": tag}))["idTagInfo"]["status"] == status
    begun = await charger.call("StartTransaction", start(tag=tag))
    assert begun["idTagInfo"]["status"] == status
    assert ((await csms.session())["tag_status"], len(csms.known().sessions)) == (status, 1)
    refused = await csms.rows("SELECT data FROM event WHERE type = 'TagRefused'")
    assert [json.loads(row["data"])["tag_id"] for row in refused] == [tag, tag]


async def test_a_tag_is_known_in_any_case_and_with_blanks_around_it(charger: RawCharger) -> None:
    for written in ("anna", " ANNA ", "Anna\u0000"):
        assert (await charger.call("Authorize", {"idTag": written}))["idTagInfo"]["status"] == "Accepted"


async def test_what_is_known_of_a_tag_is_told_with_the_verdict(csms: Csms, charger: RawCharger) -> None:
    await csms.do(AddTag(tag="GUEST", expires="2026-12-31T23:59:59Z", parent="FIRM"))
    info = (await charger.call("Authorize", {"idTag": "GUEST"}))["idTagInfo"]
    assert info == {"status": "Accepted", "expiryDate": "2026-12-31T23:59:59Z", "parentIdTag": "FIRM"}


async def test_a_charger_that_is_not_accepted_has_its_sessions_kept_and_its_tags_refused(csms: Csms) -> None:
    charger = await csms.dial("NEW-1")
    begun = await charger.call("StartTransaction", start())
    assert begun["idTagInfo"]["status"] == "Invalid"
    assert await charger.call("StopTransaction", stop(begun["transactionId"])) == {}
    assert (await csms.session())["energy_wh"] == 7000


async def test_a_charger_that_is_not_accepted_is_told_so_for_everything_else(csms: Csms) -> None:
    charger = await csms.dial("NEW-1")
    for action, payload in [("FirmwareStatusNotification", {"status": "Idle"}), ("DataTransfer", {"vendorId": "v"})]:
        assert (await charger.exchange(action, payload))[2] == "SecurityError"
    assert (await charger.call("Heartbeat", {}))["currentTime"] == "2026-11-22T14:00:00Z"


# Whose transaction it is


async def test_no_charger_can_stop_the_session_of_another(csms: Csms, charger: RawCharger) -> None:
    other = await csms.booted("CP-2")
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    assert await other.call("StopTransaction", stop(number)) == {}
    assert (await csms.session())["stopped_at"] is None
    orphans = await csms.rows("SELECT charger_id, reason FROM orphan")
    assert orphans == [{"charger_id": "CP-2", "reason": "transaction of another charger"}]
    events = await csms.rows("SELECT charger_id, type FROM security_event")
    assert events == [{"charger_id": "CP-2", "type": "ForeignTransaction"}]


async def test_no_charger_can_end_its_own_session_by_naming_that_of_another(csms: Csms, charger: RawCharger) -> None:
    other = await csms.booted("CP-2")
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await other.call("StartTransaction", start(at=T1))
    await other.call("StopTransaction", stop(number))
    assert await csms.rows("SELECT stopped_at FROM session WHERE stopped_at IS NOT NULL") == []


async def test_no_charger_can_meter_the_session_of_another(csms: Csms, charger: RawCharger) -> None:
    other = await csms.booted("CP-2")
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    assert await other.call("MeterValues", metered(number, 9_999_999)) == {}
    assert csms.known().sessions[str(number)].energy_wh == 1000
    kept = await csms.rows("SELECT charger_id, session_id FROM meter_value")
    assert kept == [{"charger_id": "CP-2", "session_id": 0}]


ODD_IDS = [0, -1, -7, 1, 2**31 - 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, "17", "abc", "", 1.5, 1e300, True, None,
           [], {}]  # fmt: skip


@pytest.mark.parametrize("number", ODD_IDS, ids=repr)
async def test_a_stop_with_an_odd_transaction_id_is_answered_and_kept_for_review(
    csms: Csms, charger: RawCharger, number: Any
) -> None:
    assert await charger.call("StopTransaction", stop(number)) == {}
    kept = await csms.store.reading(ListOrphans().select)
    assert [(row.charger_id, row.action) for row in kept] == [("CP-1", "StopTransaction")]


@pytest.mark.parametrize("number", ODD_IDS, ids=repr)
async def test_a_stop_with_an_odd_transaction_id_ends_the_only_open_session(
    csms: Csms, charger: RawCharger, number: Any
) -> None:
    await charger.call("StartTransaction", start())
    await charger.call("StopTransaction", stop(number, idTag="ANNA"))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (7000, ["stop_matched_by_evidence"])
    assert await csms.count("orphan") == 0


@pytest.mark.parametrize("number", ODD_IDS, ids=repr)
async def test_meter_values_with_an_odd_transaction_id_go_to_the_open_session_of_the_connector(
    csms: Csms, charger: RawCharger, number: Any
) -> None:
    await charger.call("StartTransaction", start())
    await charger.call("MeterValues", metered(1, 4000) | {"transactionId": number})
    assert [row["session_id"] for row in await csms.rows("SELECT session_id FROM meter_value")] == [1]


@pytest.mark.parametrize(
    "contradiction",
    [
        stop(5, meter=900),
        stop(5, at="2026-11-22T12:00:00Z"),
        stop(5, idTag="BERT"),
    ],
    ids=["meter", "time", "tag"],
)
async def test_a_stop_that_contradicts_the_open_session_does_not_end_it(
    csms: Csms, charger: RawCharger, contradiction: dict[str, Any]
) -> None:
    await charger.call("StartTransaction", start())
    await charger.call("StopTransaction", contradiction)
    assert ((await csms.session())["stopped_at"], await csms.count("orphan")) == (None, 1)


async def test_with_two_open_sessions_a_stop_without_id_ends_neither(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start(1))
    await charger.call("StartTransaction", start(2))
    await charger.call("StopTransaction", stop(-1))
    assert (len(csms.known().sessions), await csms.count("orphan")) == (2, 1)


async def test_a_second_start_on_a_connector_leaves_both_sessions_and_flags_the_first(
    csms: Csms, charger: RawCharger
) -> None:
    first = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StartTransaction", start(tag="BERT", at=T1))
    assert [json.loads((await csms.session(n))["flags"]) for n in (1, 2)] == [["superseded_open"], []]
    await charger.call("StopTransaction", stop(first))
    assert json.loads((await csms.session(1))["flags"]) == ["superseded_open"]
    assert (await csms.session(2))["stopped_at"] is None


# What is open over a restart


async def test_an_open_session_goes_on_after_a_restart(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 3000))
    await csms.restart()
    session = csms.known().sessions[str(number)]
    assert (session.energy_wh, session.tag_id) == (3000, "ANNA")
    rows = [ListSessions().overlay(row, csms.central.fleet.live, csms.clock.now())
            for row in await csms.store.reading(ListSessions(open=True).select)]  # fmt: skip
    assert [(row.state, row.energy_wh) for row in rows] == [("open (charger offline)", 2000)]
    await (await csms.dial()).call("StopTransaction", stop(number))
    assert (await csms.session())["energy_wh"] == 7000


async def test_a_second_boot_keeps_the_open_session(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    charger = await csms.booted()
    await charger.call("MeterValues", metered(number, 3000, T1))
    await charger.call("StopTransaction", stop(number, at=T2))
    assert ((await csms.session())["energy_wh"], (await csms.session())["started_raw"]) == (7000, T0)
