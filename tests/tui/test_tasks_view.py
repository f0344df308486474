"""Tasks: every target as it goes, also where nobody was looking, and what is done with a task."""

import asyncio

from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.task.list import ListTasks
from tests.support.raw_charger import RawCharger
from tests.tui.harness import Server, Watched, told_status, watched

ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}


async def soft_reset(desk: Watched, *, many: int = 1) -> None:
    """Reset the marked chargers, or the one under the cursor, from the fleet."""
    await desk.press("R")
    await desk.sees("Go on")
    await desk.press("ctrl+s")
    await desk.sees("Sends:")
    if many > 20:
        await desk.press("shift+tab")
        await desk.write(str(many))
        await desk.press("enter", "enter")
    else:
        await desk.press("tab", "enter")


async def comes_back(charger: RawCharger) -> None:
    """What a charger tells after its reset."""
    await charger.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
    await told_status(charger, "Available")


async def test_of_one_charger_the_answer_and_then_the_effect_are_told(server: Server) -> None:
    async with watched(server) as desk:
        charger = await server.charger("HQ-1", "Available")
        await desk.sees("HQ-1")
        await soft_reset(desk)
        await charger.reply(ACCEPTED)
        await desk.sees("HQ-1: Reset accepted · waits for the charger's")
        await desk.press("6")
        await desk.sees("▸ running", "◔ answered", "Reset accepted")
        await comes_back(charger)
        await desk.sees("✓ Restarted", "✓ finished", "HQ-1: Restarted")


async def test_a_refusal_is_told_with_what_to_try(server: Server) -> None:
    async with watched(server) as desk:
        charger = await server.charger("HQ-1", "Available")
        await desk.sees("HQ-1")
        await soft_reset(desk)
        await charger.reply(REJECTED)
        await desk.sees("HQ-1 answered Reset with Rejected", "--hard")
        await desk.press("6", "enter")
        await desk.sees("explanation", "the charger's own answer decided", "received: ")


async def test_fifty_chargers_are_fifty_lines_and_only_those_that_failed_are_repeated(own_server: Server) -> None:
    """TUI-29"""
    chargers = [await own_server.charger(f"HQ-{number:02}", "Available") for number in range(50)]
    async with watched(own_server, size=(120, 80)) as desk:
        await desk.sees("50 chargers")
        await desk.press("asterisk")
        await soft_reset(desk, many=50)
        await desk.press("6")
        await desk.sees("▸ running", "→ sent", "· not begun", "0 ok, 0 failed, 8 under way, 42 not begun of 50")
        assert len(desk.app.query_one(".targets").keys) == 50  # type: ignore[attr-defined] # a RowTable
        await asyncio.gather(*(resets(charger, well=number >= 5) for number, charger in enumerate(chargers)))
        await desk.sees("✕ finished", "45 ok, 5 failed of 50")
        await desk.press("f")
        assert desk.line("HQ-04") and not desk.line("HQ-05")
        await retried(desk, own_server, chargers)


async def resets(charger: RawCharger, *, well: bool = True) -> None:
    """A charger that is asked to reset does it, or refuses."""
    await charger.reply(ACCEPTED if well else REJECTED)
    if well:
        await comes_back(charger)


async def retried(desk: Watched, server: Server, chargers: list[RawCharger]) -> None:
    """Repeat what failed: a new task of five targets, under the cursor at once."""
    await desk.press("R")
    await desk.sees("Go on")
    await desk.press("ctrl+s")
    await desk.sees("Same as: cpoctl task retry 1 --yes")
    await desk.press("tab", "enter")
    await desk.sees("task 1: Started, now task 2", "repeats task 1")
    await asyncio.gather(*(resets(charger) for charger in chargers[:5]))
    await desk.sees("5 ok, 0 failed of 5", "task 2: 5 ok, 0 failed")
    assert [(task["targets"], task["retry_of"]) for task in await server.do(ListTasks())] == [(5, 1), (50, None)]


async def test_a_target_that_waits_for_its_charger_can_be_given_up(server: Server) -> None:
    charger = await server.charger("HQ-1", "Available")
    await charger.hang_up()
    async with watched(server) as desk:
        await desk.sees("OFFLINE")
        body = {"operation": "charger reset", "targets": ["HQ-1"], "plan": {"queue": True}}
        await asyncio.to_thread(server.client.request, "POST", "/v1/tasks", body)
        await desk.press("6")
        await desk.sees("‖ waits for its charger", "until 20")
        await desk.press("c")
        await desk.sees("what is not sent yet never will be")
        await desk.press("tab", "enter")
        await desk.sees("✕ Cancelled", "✕ cancelled", "cancelled before it was sent")


async def test_what_others_do_is_seen_as_it_happens(server: Server) -> None:
    charger = await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("6")
        await desk.sees("tasks ·")
        doing = asyncio.create_task(server.do(ClearCache(charger="HQ-1")))
        await desk.sees("charger clear-cache", "▸ running")
        await charger.reply(ACCEPTED)
        await doing
        await desk.until(lambda: "✓ finished" in desk.line("charger clear-cache"))


async def test_what_was_begun_here_is_told_though_the_server_was_away_when_it_ended(own_server: Server) -> None:
    async with watched(own_server) as desk:
        await own_server.charger("HQ-1", "Available")
        await desk.sees("HQ-1")
        await soft_reset(desk)
        await desk.sees("task 1: sent to HQ-1")
        await own_server.halt()
        await desk.sees("DISCONNECTED")
        await own_server.restart()
        await desk.press("r")
        await desk.sees("charger reset: Unknown", seconds=10)


async def test_escape_goes_from_the_targets_back_to_the_list(server: Server) -> None:
    await server.charger("HQ-1", "Available")
    await server.charger("HQ-2", "Available")
    body = {"operation": "charger clear-cache", "targets": ["HQ-1", "HQ-2"], "given": {"timeout": 0.1}}
    async with watched(server, size=(80, 20)) as desk:
        await asyncio.to_thread(server.client.request, "POST", "/v1/tasks", body)
        await desk.press("6")
        await desk.sees("charger clear-cache")
        await desk.press("enter")
        await desk.sees("HQ-1", "HQ-2", "TARGET")
        assert desk.app.front.command().startswith("cpoctl task show")
        await desk.press("escape")
        await desk.sees("OPERATION")
        assert "TARGET" not in desk.text
