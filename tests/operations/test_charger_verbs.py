"""Unlocking, availability, triggers, the cache and the connection of a charger. OCPP 1.6 §5.2, §5.4, §5.17, §5.18"""

import asyncio
from typing import Any

import pytest

from cpoctl.errors import ChargerOffline, NotFound, Refused, TimedOut, UsageProblem
from cpoctl.operations import Act
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.availability import SetAvailability
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.charger.disconnect import Disconnect
from cpoctl.operations.charger.ping import Ping
from cpoctl.operations.charger.trigger import Trigger
from cpoctl.operations.charger.unlock import Unlock
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.support.csms import Csms, start
from tests.support.raw_charger import RawCharger

OUT, IN = {"inoperative": True}, {"operative": True}
SENT: list[tuple[Act, str, list[Any]]] = [
    (Unlock(charger="HQ-07:2"), "Unlocked", ["UnlockConnector", {"connectorId": 2}]),
    (Unlock(charger="hq-07:99"), "Unlocked", ["UnlockConnector", {"connectorId": 99}]),
    (SetAvailability(charger="HQ-07", inoperative=True), "Accepted",
     ["ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}]),
    (SetAvailability(charger="HQ-07:2", operative=True), "Scheduled",
     ["ChangeAvailability", {"connectorId": 2, "type": "Operative"}]),
    (Trigger(charger="HQ-07", message="Heartbeat"), "Accepted", ["TriggerMessage", {"requestedMessage": "Heartbeat"}]),
    (Trigger(charger="HQ-07:2", message="MeterValues"), "Accepted",
     ["TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 2}]),
    (Trigger(charger="HQ-07", message="Heartbeat", extended=True), "Accepted",
     ["ExtendedTriggerMessage", {"requestedMessage": "Heartbeat"}]),
    (Trigger(charger="HQ-07", message="SignChargingStationCertificate"), "Accepted",
     ["ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}]),
    (ClearCache(charger="HQ-07"), "Accepted", ["ClearCache", {}]),
]  # fmt: skip
REFUSED: list[tuple[Act, str, str]] = [
    (Unlock(charger="HQ-07:2"), "UnlockFailed", "cpoctl charger unlock HQ-07:2 --yes"),
    (Unlock(charger="HQ-07:2"), "NotSupported", "cpoctl charger show HQ-07"),
    (SetAvailability(charger="HQ-07", **OUT), "Rejected", "cpoctl charger availability HQ-07:1 --inoperative --yes"),
    (SetAvailability(charger="HQ-07:9", **IN), "Rejected", "cpoctl charger show HQ-07"),
    (Trigger(charger="HQ-07", message="MeterValues"), "Rejected", "cpoctl charger trigger HQ-07:1 MeterValues"),
    (Trigger(charger="HQ-07", message="Heartbeat"), "NotImplemented", "cpoctl charger trigger HQ-07 Heartbeat --extended"),
    (Trigger(charger="HQ-07", message="Heartbeat", extended=True), "Rejected", "cpoctl charger trigger HQ-07 Heartbeat"),
    (ClearCache(charger="HQ-07"), "Rejected", "cpoctl var get HQ-07 AuthorizationCacheEnabled"),
]  # fmt: skip


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A connected charger that has told of no EVSE."""
    return await csms.booted("HQ-07")


@pytest.mark.parametrize(("act", "status", "call"), SENT, ids=lambda value: getattr(value, "path", None))
async def test_it_is_sent_as_the_standard_has_it_and_its_status_is_told(
    csms: Csms, charger: RawCharger, act: Act, status: str, call: list[Any]
) -> None:
    doing = asyncio.create_task(csms.do(act))
    sent = (await charger.reply({"status": status}))[2:]
    outcome = await doing
    assert (sent, list(sent[1])) == (call, list(call[1]))
    assert (outcome.ok, outcome.status) == (True, status)
    assert outcome.target == act.charger.upper()  # type: ignore[attr-defined] # each of these has one


@pytest.mark.parametrize(("act", "status", "hint"), REFUSED)
async def test_a_refusal_says_what_to_try_next(
    csms: Csms, charger: RawCharger, act: Act, status: str, hint: str
) -> None:
    doing = asyncio.create_task(csms.do(act))
    await charger.reply({"status": status})
    with pytest.raises(Refused, match=status) as refused:
        await doing
    assert hint in [each.split("    ")[0] for each in refused.value.hints]


@pytest.mark.parametrize("act", [act for act, *_ in SENT] + [Disconnect(charger="HQ-07")])
async def test_an_offline_charger_is_told_as_such(csms: Csms, act: Act) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    with pytest.raises(ChargerOffline, match="HQ-07 is not connected"):
        await csms.do(act)


# Unlocking without a named EVSE


async def status_of(charger: RawCharger, *connectors: int) -> None:
    """Tell the status of some connectors."""
    for number in connectors:
        told = {"connectorId": number, "errorCode": "NoError", "status": "Available"}
        await charger.call("StatusNotification", told)


async def test_the_only_evse_is_unlocked_without_being_named(csms: Csms, charger: RawCharger) -> None:
    await status_of(charger, 0, 1)
    doing = asyncio.create_task(csms.do(Unlock(charger="HQ-07")))
    assert (await charger.reply({"status": "Unlocked"}))[3] == {"connectorId": 1}
    assert (await doing).target == "HQ-07:1"


async def test_an_evse_that_only_a_session_told_of_is_known(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start(2))
    doing = asyncio.create_task(csms.do(Unlock(charger="HQ-07")))
    assert (await charger.reply({"status": "Unlocked"}))[3] == {"connectorId": 2}
    await doing


@pytest.mark.parametrize(("connectors", "says"), [((0, 2, 1), "HQ-07:1, HQ-07:2"), ((0,), "told of none so far")])
async def test_of_several_evses_or_none_one_must_be_named(
    csms: Csms, charger: RawCharger, connectors: tuple[int, ...], says: str
) -> None:
    await status_of(charger, *connectors)
    with pytest.raises(UsageProblem, match=says) as problem:
        await csms.do(Unlock(charger="HQ-07"))
    assert problem.value.hints == ("cpoctl charger unlock HQ-07:1 --yes",)
    assert charger.unasked == 0


# What cannot be meant


@pytest.mark.parametrize("given", [{}, OUT | IN])
async def test_availability_is_one_or_the_other(csms: Csms, charger: RawCharger, given: dict[str, bool]) -> None:
    with pytest.raises(UsageProblem, match="one of --operative and --inoperative"):
        await csms.do(SetAvailability(charger="HQ-07", **given))
    assert charger.unasked == 0


async def test_a_message_that_the_request_cannot_name_is_not_sent(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(UsageProblem, match="without --extended only"):
        await csms.do(Trigger(charger="HQ-07:1", message="DiagnosticsStatusNotification", extended=True))
    assert charger.unasked == 0


@pytest.mark.parametrize("given", [{"message": "CustomTrigger"}, {"message": "Heartbeat", "custom": "Siren"}])
async def test_a_vendors_own_message_is_named(csms: Csms, charger: RawCharger, given: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem, match="go together"):
        await csms.do(Trigger(charger="HQ-07", **given))


# The connection


async def test_a_charger_is_disconnected_and_may_come_back(csms: Csms, charger: RawCharger) -> None:
    assert (await csms.do(Disconnect(charger="hq-07"))).target == "HQ-07"
    assert await charger.ended() == 1000
    await csms.until(lambda: not csms.known("HQ-07").connected)
    await csms.booted("HQ-07")


async def test_only_a_known_charger_can_be_disconnected(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(NotFound, match="did you mean HQ-07"):
        await csms.do(Disconnect(charger="HQ-70"))


# A whole story


async def test_a_charger_goes_out_of_service_and_comes_back(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    url = f"ws://127.0.0.1:{csms.port}/"
    async with VirtualCharger(url, "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        await csms.do(SetAvailability(charger="CP-1:1", inoperative=True))
        await csms.until(lambda: csms.known().evses[1].status == "Unavailable")
        await csms.do(SetAvailability(charger="CP-1:1", operative=True))
        await csms.until(lambda: csms.known().evses[1].status == "Available")
        assert (await csms.do(Unlock(charger="CP-1"))).status == "Unlocked"
        assert (await csms.do(Trigger(charger="CP-1:1", message="StatusNotification"))).ok
        assert (await csms.do(ClearCache(charger="CP-1"))).ok


async def test_a_charger_that_answers_a_ping_is_alive(csms: Csms, charger: RawCharger) -> None:
    outcome = await csms.do(Ping(charger="hq-07"))
    assert (outcome.target, outcome.ok, outcome.status) == ("HQ-07", True, "Alive")
    assert charger.pings == 1


async def test_a_charger_that_says_nothing_at_all_is_told_as_silent(csms: Csms) -> None:
    await csms.booted("MUTE", pongs=False)
    with pytest.raises(TimedOut, match="said nothing"):
        await csms.do(Ping(charger="MUTE", timeout=0.05))


async def test_a_charger_that_is_away_cannot_be_pinged(csms: Csms) -> None:
    await csms.do(AddCharger(charger="AWAY"))
    with pytest.raises(ChargerOffline):
        await csms.do(Ping(charger="AWAY"))
