"""Many simulated chargers in one process: they boot, live, and end without leaving anything behind."""

import asyncio
from dataclasses import replace

from cpoctl.simulator import (
    Fleet,
    Habits,
    Happening,
    ManualTime,
    Pace,
    RealTime,
    Step,
    VirtualCharger,
    charger_ids,
    live,
)
from cpoctl.simulator.dice import dice
from cpoctl.simulator.life import visits
from tests.simulator.backend import Backend


def simulator_tasks() -> list[str]:
    """Name the tasks of the simulator that still run."""
    return [repr(task) for task in asyncio.all_tasks() if "cpoctl/simulator/" in repr(task)]


async def test_two_hundred_chargers_boot_and_end_cleanly(backend: Backend) -> None:
    fleet = Fleet(backend.url, charger_ids(200), habits=Habits(pace=None), stagger_s=0.0005)
    fleet.start()
    await fleet.all_accepted()
    assert all(charger.online for charger in fleet.chargers)
    await fleet.stop()
    assert not any(charger.online for charger in fleet.chargers)
    assert simulator_tasks() == []
    assert len({call.charger_id for call in backend.calls if call.action == "BootNotification"}) == 200


async def test_a_lively_fleet_charges_cars(backend: Backend) -> None:
    pace = Pace(between_visits_s=60, stay_s=600)
    fleet = Fleet(
        backend.url, charger_ids(3), connectors=2, time=RealTime(speed=20_000), habits=Habits(pace=pace), stagger_s=0
    )
    fleet.start()
    await backend.received("StopTransaction", 12)
    await fleet.stop()
    assert len(backend.payloads("StartTransaction")) >= 12
    assert len(backend.payloads("MeterValues")) >= 12


async def test_a_fleet_runs_until_it_is_told_to_stop(backend: Backend) -> None:
    stop, told = asyncio.Event(), list[Happening]()

    def listen(happening: Happening) -> None:
        told.append(happening)
        if happening.what == "session started":
            stop.set()

    fleet = Fleet(backend.url, charger_ids(2), seed=1, time=RealTime(20_000), on_event=listen)
    await fleet.until(stop)
    assert {str(happening) for happening in told} >= {"SIM-001  connected", "SIM-002  booted  Accepted"}


async def test_a_charger_closed_in_the_middle_of_a_reset_leaves_nothing(
    booted: VirtualCharger, backend: Backend
) -> None:
    await backend.call("CP-1", "Reset", {"type": "Hard"})
    await booted.disconnect()
    assert simulator_tasks() == []
    assert not booted.online


async def test_a_charger_that_is_stopped_while_it_loses_its_line_ends_in_order(
    booted: VirtualCharger, backend: Backend
) -> None:
    losing = asyncio.create_task(booted.go_offline())
    await asyncio.sleep(0)  # it now waits for the end of the line
    losing.cancel()
    await asyncio.gather(losing, return_exceptions=True)
    await booted.disconnect()
    assert simulator_tasks() == []


async def test_a_fleet_that_is_stopped_before_it_connected_leaves_nothing(backend: Backend) -> None:
    fleet = Fleet(backend.url, charger_ids(20), stagger_s=0.05)
    fleet.start()
    await fleet.stop()
    assert backend.calls == []


async def test_a_script_is_lived_step_by_step(booted: VirtualCharger, backend: Backend) -> None:
    script = [
        Step(5, "plug in"),
        Step(5, "present tag", tag="TAG"),
        Step(600, "go offline"),
        Step(600, "stop"),
        Step(60, "come back"),
        Step(10, "unplug"),
    ]
    await live(booted, script)
    assert backend.actions("StatusNotification", "Heartbeat") == [
        "BootNotification",
        "Authorize",
        "StartTransaction",
        "StopTransaction",
    ]
    assert backend.statuses() == ["Available", "Preparing", "Charging", "Finishing", "Available"]


async def test_a_session_ended_from_afar_does_not_upset_the_driver(booted: VirtualCharger, backend: Backend) -> None:
    await live(booted, [Step(5, "plug in"), Step(5, "present tag", tag="TAG")])
    await booted.stop(reason="Remote")
    await live(booted, [Step(600, "suspend"), Step(60, "resume"), Step(60, "stop"), Step(60, "unplug")])
    assert len(backend.payloads("StopTransaction")) == 1
    assert backend.statuses()[-1] == "Available"


async def test_the_same_seed_gives_the_same_sessions(backend: Backend) -> None:
    days = []
    for charger_id in ("CP-1", "cp-1"):  # the same dice for both
        async with VirtualCharger(backend.url, charger_id, time=ManualTime(), seed=3) as charger:
            charger.noise, charger.outlets[1].register_wh = dice("noise"), 1_000.0
            await charger.connect()
            await charger.boot()
            steps = visits(dice("day"), 1, ("A", "B"), Pace(), dc=False)
            await live(charger, [replace(step) for step, _ in zip(steps, range(20), strict=False)])
        mine = [call for call in backend.calls if call.charger_id == charger_id]
        days.append([call.payload for call in mine if call.action in ("StartTransaction", "StopTransaction")])
    for first, second in zip(*days, strict=True):
        assert first | {"transactionId": 0} == second | {"transactionId": 0}
