"""Tasks when things happen at once or the disk is full: what was sent is told as sent, and every task ends."""

import asyncio
import contextlib
import json
import sqlite3

import pytest

from cpoctl.errors import UsageProblem
from cpoctl.operations import Act
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.ocpp.transfer import Transfer
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.task import Order, Plan
from cpoctl.operations.var.set import SetVariable
from tests.csms.test_tasks import ACCEPTED, add, begin, ended, told, until_waiting
from tests.support.csms import BOOT, Csms
from tests.support.faults import FaultPlan


def heard(csms: Csms) -> list[str]:
    """The states of the store from now on."""
    states: list[str] = []
    csms.store.on_state(states.append)
    return states


async def test_a_task_that_begins_to_wait_on_a_full_disk_goes_on_when_there_is_room(
    failing: Csms, plan: FaultPlan
) -> None:
    await add(failing, "CP-1", "CP-2")
    states = heard(failing)
    plan.word = "UPDATE task_target"
    task_id = await begin(failing, "CP-1", "CP-2", queue=True, parallel=1)
    await failing.until(lambda: "failing" in states)  # told after the hit, perhaps for a moment only
    plan.heal()
    await until_waiting(failing, 2)
    await failing.until(lambda: failing.store.state == "ok")
    assert {state for _, state, _ in await told(failing, task_id)} <= {"pending", "waiting"}
    for name in ("CP-1", "CP-2"):
        charger = await failing.booted(name)
        await charger.reply(ACCEPTED)
    await ended(failing, task_id)


async def test_what_is_not_yet_noted_as_sent_is_not_sent(failing: Csms, plan: FaultPlan) -> None:
    await add(failing, "CP-1")
    task_id = await begin(failing, "CP-1", kind=Reset, queue=True)
    await until_waiting(failing)
    charger = await failing.dial("CP-1")
    states = heard(failing)
    plan.word = "UPDATE task_target"
    await charger.say([2, "boot", "BootNotification", BOOT])
    await failing.until(lambda: "failing" in states)  # told after the hit, perhaps for a moment only
    plan.heal()
    await failing.until(lambda: failing.store.state == "ok")
    assert await failing.count("command") == 0
    await until_waiting(failing)
    charger = await failing.booted("CP-1")
    assert (await charger.reply(ACCEPTED))[2] == "Reset"
    await ended(failing, task_id)
    assert await failing.count("command") == 1


async def test_what_goes_out_while_others_expire_is_not_told_as_expired(csms: Csms) -> None:
    await add(csms, "CP-1", "CP-2")
    task_id = await begin(csms, "CP-1", "CP-2", queue_for=60.0)
    await until_waiting(csms, 2)
    csms.clock.move(60)
    expiring = asyncio.create_task(csms.central.tasks.expire())
    charger = await csms.dial("CP-2")
    await charger.call("BootNotification", BOOT)
    await expiring
    await charger.synced()
    assert charger.unasked == 0
    assert await told(csms, task_id) == [("CP-1", "done", "Expired"), ("CP-2", "done", "Expired")]


async def test_what_goes_out_while_others_are_dropped_is_not_told_as_cancelled(csms: Csms) -> None:
    charger = await csms.booted()
    number = (await charger.call("StartTransaction", _start()))["transactionId"]
    for _ in range(3):
        await begin(csms, "CP-1", when="idle")
    await until_waiting(csms, 3)
    desk = csms.central.tasks
    dropping = asyncio.create_task(desk.drop("CP-1"))
    await asyncio.sleep(0)  # the first of them is being ended
    assert desk.waiting.of("CP-1") == []
    await charger.call(
        "StopTransaction", {"transactionId": number, "meterStop": 9000, "timestamp": "2026-11-22T13:45:00Z"}
    )
    assert await dropping == 3
    await charger.synced()
    assert charger.unasked == 0


def _start() -> dict[str, object]:
    return {"connectorId": 1, "idTag": "ANNA", "meterStart": 0, "timestamp": "2026-11-22T13:00:00Z"}


async def test_a_task_is_known_as_soon_as_its_beginning_is_told(csms: Csms) -> None:
    await add(csms, "CP-1")
    cancelled: list[asyncio.Task[int]] = []

    def heard(seq: int | None, event: object) -> None:
        if type(event).__name__ == "TaskStarted":
            cancelled.append(asyncio.get_running_loop().create_task(csms.central.tasks.cancel(1)))

    csms.central.ledger.bus.listen(heard)
    task_id = await csms.central.tasks.start(Order(ClearCache, {}, ["CP-1"], Plan(queue=True), "test"))
    assert await cancelled[0] == 1
    await csms.central.tasks.finished(task_id, 10)
    assert await told(csms, task_id) == [("CP-1", "done", "Cancelled")]


async def test_two_starts_of_a_tag_in_one_commit_are_both_kept_and_the_second_is_flagged(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONCE", sessions_most=1))
    one, two = await csms.booted("CP-1"), await csms.booted("CP-2")
    start = {**_start(), "idTag": "ONCE"}
    await asyncio.gather(one.call("StartTransaction", start), two.call("StartTransaction", start))
    kept = await csms.rows("SELECT tag_status, flags FROM session ORDER BY session_id")
    assert len(kept) == 2
    second = kept[1]
    assert second["tag_status"] == "ConcurrentTx" or json.loads(second["flags"]) == ["sessions_exceeded"]


@pytest.mark.parametrize(
    "act",
    [
        SetVariable(charger="CP-1", name="AuthorizationKey", value="CANARY" * 100),
        CallAction(
            charger="CP-1", action="ChangeConfiguration", payload='{"key": "AuthorizationKey", "value": 77117711}'
        ),
        Transfer(charger="CP-1", vendor="Acme", data='{"password": "CANARY"}'),
    ],
    ids=["too long", "no text", "within a text"],
)
async def test_a_secret_is_not_kept_by_way_of_what_is_wrong_with_it(csms: Csms, act: Act) -> None:
    charger = await csms.booted()
    doing = asyncio.create_task(csms.central.tasks.perform(act, "anna"))
    if isinstance(act, Transfer):
        await charger.reply(ACCEPTED)
        await doing
    else:
        with pytest.raises(UsageProblem) as problem:
            await doing
        assert "CANARY" not in str(problem.value.as_json())
        assert "7711" not in str(problem.value.detail)
    await csms.rows("SELECT 1")
    with contextlib.closing(sqlite3.connect(csms.path)) as connection:
        kept = "\n".join(connection.iterdump())
    assert "CANARY" not in kept
    assert "77117711" not in kept
