"""Who is still there: pings, silence, and the quiet before the boot. RELIABILITY §3.3 L-08, L-09 · DESIGN §6"""

import asyncio

import pytest

from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.reset import Reset
from cpoctl.simulator import VirtualCharger
from tests.csms.conftest import Make
from tests.support.csms import BOOT, Csms


def sweep(csms: Csms, seconds: float) -> None:
    """Let time pass and look after the connections."""
    csms.clock.move(seconds)
    csms.central.server.sweep(csms.clock.monotonic())


async def test_a_silent_charger_is_pinged_after_a_minute(csms: Csms) -> None:
    charger = await csms.booted()
    sweep(csms, 59)
    sweep(csms, 1)
    await charger.pinged()
    await csms.until(lambda: csms.known().ponged)
    assert charger.pings == 1


async def test_a_charger_that_has_ponged_is_dead_30_s_after_an_unanswered_ping(csms: Csms) -> None:
    charger = await csms.booted(pongs=False)
    csms.known().ponged = True
    sweep(csms, 60)
    await charger.pinged()
    sweep(csms, 29)
    assert csms.central.fleet.connections
    sweep(csms, 1)
    assert await charger.ended() == 1008
    await csms.until(lambda: not csms.known().connected)


async def test_any_frame_answers_a_ping(csms: Csms) -> None:
    charger = await csms.booted(pongs=False)
    csms.known().ponged = True
    sweep(csms, 60)
    await charger.pinged()
    sweep(csms, 29)
    await charger.synced()
    sweep(csms, 59)
    assert csms.known().connected


async def test_a_charger_that_never_pongs_is_dead_after_three_heartbeats_of_silence(make_csms: Make) -> None:
    csms = await make_csms(heartbeat=300)
    charger = await csms.booted(pongs=False)
    for _ in range(14):
        sweep(csms, 60)
    sweep(csms, 59)
    assert csms.known().connected
    sweep(csms, 1)
    assert await charger.ended() == 1008


async def test_with_a_short_heartbeat_silence_is_borne_for_90_s(make_csms: Make) -> None:
    csms = await make_csms(heartbeat=10)
    charger = await csms.booted(pongs=False)
    sweep(csms, 89)
    assert csms.known().connected
    sweep(csms, 1)
    assert await charger.ended() == 1008


async def test_a_charger_that_only_heartbeats_stays_connected_for_a_day(csms: Csms) -> None:
    charger = await csms.booted(pongs=False)
    for _ in range(288):
        for _ in range(5):
            sweep(csms, 60)
        await charger.synced()
    assert await csms.count("connection") == 1
    assert csms.known().connected


async def test_that_a_charger_pongs_is_remembered_over_a_restart(csms: Csms) -> None:
    await csms.booted()
    sweep(csms, 60)
    await csms.until(lambda: csms.known().ponged)
    await csms.restart()
    assert csms.known().ponged


async def test_nothing_is_sent_before_the_boot_is_answered(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    charger = await csms.dial()
    act = asyncio.create_task(csms.do(Reset(charger="CP-1")))
    await charger.synced()
    assert charger.unasked == 0
    await charger.call("BootNotification", BOOT, "boot")
    await charger.reply({"status": "Accepted"})
    assert (await act).ok
    assert [frame[1] for frame in charger.heard][1] == "boot"


async def test_after_ten_seconds_without_a_boot_the_charger_may_be_asked(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    charger = await csms.dial()
    await charger.synced()
    csms.clock.move(10)
    act = asyncio.create_task(csms.do(Reset(charger="CP-1")))
    await charger.reply({"status": "Accepted"})
    assert (await act).ok


async def test_nothing_is_ever_sent_unasked(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    async with VirtualCharger(f"ws://127.0.0.1:{csms.port}/", "CP-1") as story:
        await story.connect()
        await story.boot()
    assert await csms.rows("SELECT 1 FROM journal WHERE sender = 'csms'") == []


async def test_the_dead_are_found_although_something_went_wrong_in_a_sweep(
    csms: Csms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    charger = await csms.booted()
    monkeypatch.setattr("cpoctl.csms.server.SWEEP_EVERY", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr("cpoctl.csms.server._misbehaving", lambda *_: 1 // 0)
        await csms.until(lambda: "a sweep failed" in caplog.text)
    csms.clock.move(1000)
    assert await charger.ended() == 1008
