"""Watching a session and chargers as things happen, and waiting for a charger. OCPP 1.6 §4.7, §4.9"""

import asyncio
import json
from collections.abc import AsyncIterable
from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.errors import NotFound, TimedOut, UsageProblem
from cpoctl.http.feeds import Feeds
from cpoctl.http.streams import followed
from cpoctl.operations import Record, Stream
from cpoctl.operations.charger.wait import WaitForCharger
from cpoctl.operations.charger.watch import WatchChargers
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.watch import WatchSession
from tests.support.csms import T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger

STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
SOC = [
    {"value": "8000"},
    {"value": "7400", "measurand": "Power.Active.Import"},
    {"value": "56", "measurand": "SoC", "unit": "Percent"},
]


class Watched:
    """A stream as a client reads it."""

    def __init__(self, blocks: AsyncIterable[Any]) -> None:
        self._blocks = aiter(blocks)

    async def row(self) -> Record:
        """The next row."""
        async with asyncio.timeout(5):
            async for block in self._blocks:
                for line in block.decode().splitlines():
                    if line.startswith("data: "):
                        found: Record = json.loads(line[6:])
                        return found
        raise AssertionError("the stream has ended")

    async def ends(self) -> bool:
        """Whether nothing more comes."""
        async with asyncio.timeout(5):
            return [block async for block in self._blocks] == []


async def watched(csms: Csms, stream: Stream) -> Watched:
    """What the server streams."""
    await csms.store.write([])
    response = await followed(Face(csms.central), Feeds(), stream, lambda: None)
    return Watched(response.body_iterator)


@pytest.fixture
async def transaction(charger: RawCharger) -> int:
    """A session that began at 13:00 with 1 kWh on the meter."""
    return int((await charger.call("StartTransaction", start()))["transactionId"])


# A session


async def test_a_session_is_watched_from_where_it_stands_to_its_end(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    watch = await watched(csms, WatchSession(session="1"))
    assert (await watch.row())["state"] == "open"
    reading = metered(transaction, 4500)
    reading["meterValue"][0]["sampledValue"] = SOC
    await charger.call("MeterValues", reading)
    row = await watch.row()
    assert (row["energy_wh"], row["power_w"], row["soc_percent"], row["duration_s"]) == (7000, 7400, 56, 1800)
    assert WatchSession.line(row).endswith("    7.00 kWh    7.4 kW  SoC 56 %    30m")
    await charger.call("StopTransaction", stop(transaction, 9000, reason="EVDisconnected"))
    last = await watch.row()
    assert (last["state"], last["energy_wh"], last["note"]) == ("closed", 8000, "EVDisconnected")
    assert WatchSession.line(last) == "session 1 ended: 8.00 kWh in 45m, EVDisconnected"
    assert await watch.ends()


async def test_what_happens_around_a_session_is_told_and_what_happens_elsewhere_is_not(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    other = await csms.booted("CP-2")
    watch = await watched(csms, WatchSession(session="1"))
    await watch.row()
    elsewhere = (await charger.call("StartTransaction", start(connector=2)))["transactionId"]
    await charger.call("MeterValues", metered(elsewhere, 4500, connector=2))
    await charger.call("StatusNotification", {**STATUS, "connectorId": 2, "status": "Charging"})
    await other.call("StatusNotification", STATUS)
    await charger.call("StatusNotification", {**STATUS, "status": "SuspendedEV"})
    assert (await watch.row())["note"] == "SuspendedEV"
    await charger.hang_up()
    assert (await watch.row())["note"] == "charger offline"
    await csms.dial()
    assert (await watch.row())["note"] == "charger online"


async def test_watching_a_session_that_has_ended_tells_how_and_ends(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await charger.call("StopTransaction", stop(transaction))
    watch = await watched(csms, WatchSession(session="1"))
    row = await watch.row()
    assert (row["state"], row["energy_wh"], row["duration_s"], row["note"]) == ("closed", 7000, 2700, "Local")
    assert await watch.ends()


async def test_a_session_that_is_closed_by_hand_ends_there_too(csms: Csms, transaction: int) -> None:
    watch = await watched(csms, WatchSession(session="1"))
    await watch.row()
    await csms.do(CloseSession(session="1", reason="stuck", energy_wh=10.0))
    assert (await watch.row())["note"] == "ClosedByHand"
    assert await watch.ends()


async def test_an_unknown_session_or_charger_cannot_be_watched(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(NotFound, match="no session 7"):
        await watched(csms, WatchSession(session="7"))
    with pytest.raises(NotFound, match="CP-X"):
        await watched(csms, WatchChargers(charger=("CP-1", "CP-X")))
    with pytest.raises(NotFound, match=r"X\*"):
        await watched(csms, WatchChargers(charger=("X*",)))
    with pytest.raises(UsageProblem, match="CP-1:2 is a part"):
        await watched(csms, WatchChargers(charger=("CP-1:2",)))


async def test_chargers_are_watched_by_globs_and_lists(csms: Csms) -> None:
    chargers = {name: await csms.booted(name) for name in ("HQ-1", "HQ-2", "HAM-1", "OUT-1")}
    watch = await watched(csms, WatchChargers(charger=("hq-*,HAM-1",)))
    assert [(await watch.row())["charger_id"] for _ in range(3)] == ["HAM-1", "HQ-1", "HQ-2"]
    for name in ("OUT-1", "HQ-2"):
        await chargers[name].call("StatusNotification", STATUS)
    assert (await watch.row())["charger_id"] == "HQ-2"


# Chargers


async def test_a_charger_is_watched_with_all_that_happens_to_it(csms: Csms, charger: RawCharger) -> None:
    other = await csms.booted("CP-2")
    watch = await watched(csms, WatchChargers(charger=("cp-1",)))
    row = await watch.row()
    assert (row["charger_id"], row["what"], row["detail"]) == ("CP-1", "now", "online")
    await other.call("StatusNotification", STATUS)
    await charger.call("StatusNotification", {**STATUS, "status": "Faulted", "errorCode": "GroundFailure"})
    row = await watch.row()
    assert (row["evse_id"], row["what"], row["detail"]) == (1, "status", "Faulted (GroundFailure)")
    assert WatchChargers.line(row).endswith(" CP-1:1         status          Faulted (GroundFailure)")
    number = (await charger.call("StartTransaction", start(tag="NOBODY")))["transactionId"]
    row = await watch.row()
    assert (row["what"], row["session_id"], row["detail"]) == (
        "session started",
        "1",
        "session 1, tag NOBODY (Invalid)",
    )
    await charger.call("MeterValues", metered(number, 4500))
    await charger.call("StopTransaction", stop(number))
    assert (await watch.row())["detail"] == "session 1, 7.00 kWh, Local"
    await charger.hang_up()
    assert (await watch.row())["what"] == "offline"


async def test_without_a_name_all_chargers_are_watched(csms: Csms, charger: RawCharger) -> None:
    other = await csms.booted("CP-2")
    watch = await watched(csms, WatchChargers())
    assert [(await watch.row())["charger_id"] for _ in range(2)] == ["CP-1", "CP-2"]
    for name, each in (("CP-2", other), ("CP-1", charger)):
        await each.call("StatusNotification", STATUS)
        assert (await watch.row())["charger_id"] == name


# Waiting


def waiting(condition: Any, charger: str = "CP-1", timeout: float = 5.0) -> WaitForCharger:
    """Wait for a charger."""
    return WaitForCharger(charger=charger, condition=condition, timeout=timeout)


@pytest.mark.parametrize("condition", ["online", "charging", "faulted", "idle"])
async def test_what_is_so_already_needs_no_waiting(csms: Csms, charger: RawCharger, condition: str) -> None:
    await charger.call("StatusNotification", STATUS)
    await charger.call("StatusNotification", {**STATUS, "connectorId": 2, "status": "Faulted"})
    outcome = await csms.do(waiting(condition, timeout=0.0))
    assert (outcome.ok, outcome.status) == (True, condition)


async def test_it_ends_with_the_event_that_makes_it_so(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StatusNotification", STATUS)
    await charger.call("StatusNotification", {**STATUS, "connectorId": 2})
    everything, one_evse = (asyncio.create_task(csms.do(waiting("available", at))) for at in ("CP-1", "cp-1:2"))
    await charger.call("StatusNotification", {**STATUS, "connectorId": 2, "status": "Available"})
    assert (await one_evse).target == "CP-1:2"
    assert not everything.done()
    await charger.call("StatusNotification", {**STATUS, "status": "Available"})
    assert (await everything).ok


async def test_a_charger_is_waited_for_while_it_goes_and_comes(csms: Csms, charger: RawCharger) -> None:
    gone = asyncio.create_task(csms.do(waiting("offline")))
    await charger.synced()
    await charger.hang_up()
    assert (await gone).ok
    back = asyncio.create_task(csms.do(waiting("online")))
    await csms.dial()
    assert (await back).ok


async def test_idle_is_when_the_last_session_has_ended(csms: Csms, charger: RawCharger, transaction: int) -> None:
    assert (await csms.do(waiting("idle", "CP-1:2", timeout=0.0))).ok
    idle = asyncio.create_task(csms.do(waiting("idle")))
    await charger.synced()
    await charger.call("StopTransaction", stop(transaction, at=T2))
    assert (await idle).ok


async def test_a_boot_is_the_next_one_and_not_the_last(csms: Csms, charger: RawCharger) -> None:
    boot = asyncio.create_task(csms.do(waiting("boot")))
    await charger.call("StatusNotification", STATUS)
    assert not boot.done()
    await charger.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "AC-22"})
    assert (await boot).ok


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("faulted", "CP-1 is not faulted after 0s: it is online, Charging"),
        ("boot", "CP-1 did not boot within 0s: it is online, Charging"),
    ],
)
async def test_at_the_limit_it_is_told_how_the_charger_stands(
    csms: Csms, charger: RawCharger, condition: str, says: str
) -> None:
    await charger.call("StatusNotification", STATUS)
    with pytest.raises(TimedOut, match=says) as late:
        await csms.do(waiting(condition, timeout=0.05))
    assert (late.value.exit_code, late.value.hints[0]) == (8, "cpoctl charger show CP-1")


async def test_what_an_offline_charger_said_last_does_not_count(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StatusNotification", {**STATUS, "timestamp": T1})
    await charger.hang_up()
    await csms.until(lambda: not csms.known().connected)
    with pytest.raises(TimedOut, match="it is offline"):
        await csms.do(waiting("charging", timeout=0.05))
