"""Tasks: one result per target, kept from before anything is sent; what waits, and what a crash leaves. UX §4.8, CLI-11"""

import asyncio
import json
import sqlite3
from typing import Any

import pytest

from cpoctl import events
from cpoctl.errors import ChargerOffline, Conflict, Denied, NotFound, Refused, TimedOut, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act, Role
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.availability import SetAvailability
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.diag.fetch import FetchDiagnostics
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.operations.key.create import CreateKey
from cpoctl.operations.key.revoke import RevokeKey
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.session.stop import StopSession
from cpoctl.operations.task import Order, Plan
from cpoctl.operations.task.retry import RetryTask
from cpoctl.operations.var.set import SetVariable
from tests.support.csms import BOOT, Csms, start, stop
from tests.support.raw_charger import RawCharger

AVAILABLE = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
ACCEPTED = {"status": "Accepted"}


async def begin(csms: Csms, *targets: str, kind: type[Act] = ClearCache, **more: Any) -> int:
    """Begin a task."""
    given = more.pop("given", {})
    return await csms.central.tasks.start(Order(kind, given, list(targets), Plan(**more), "test"))


async def ended(csms: Csms, task_id: int) -> None:
    """Wait for its end."""
    await csms.central.tasks.finished(task_id, 10)


async def told(csms: Csms, task_id: int) -> list[tuple[str, str, str | None]]:
    """Target, state and status, in their order."""
    sql = "SELECT target, state, status FROM task_target WHERE task_id = ? ORDER BY position"
    return [(row["target"], row["state"], row["status"]) for row in await csms.rows(sql, task_id)]


async def until_waiting(csms: Csms, number: int = 1) -> None:
    """Wait until so many targets wait for a charger."""
    await csms.until(lambda: len(csms.central.tasks.waiting.of(None)) == number)


async def add(csms: Csms, *names: str) -> None:
    """Chargers that are known and away."""
    for name in names:
        await csms.do(AddCharger(charger=name))


# One act


async def test_what_becomes_of_a_target_is_told_as_it_happens_and_its_call_says_what_it_was_for(csms: Csms) -> None:
    charger = await csms.booted()
    heard: list[events.Event] = []
    csms.central.ledger.bus.listen(lambda seq, event: heard.append(event))
    task = await begin(csms, "CP-9", "CP-1")
    await charger.reply(ACCEPTED)
    await ended(csms, task)
    about = ("TaskStarted", "TaskTargetSent", "CommandFinished", "TaskTargetFinished")
    told = [(each.type, getattr(each, "position", None)) for each in heard if each.type in about]
    assert told[0] == ("TaskStarted", None)
    assert [each for each in told if each[1] == 1] == [(name, 1) for name in about[1:]]
    assert [each.task_id for each in heard if isinstance(each, events.CommandFinished)] == [task]


async def test_an_act_is_kept_as_a_task_with_its_outcome(csms: Csms) -> None:
    charger = await csms.booted()
    doing = asyncio.create_task(csms.central.tasks.perform(ClearCache(charger="cp-1"), "anna"))
    await charger.reply(ACCEPTED)
    assert (await doing).status == "Accepted"
    task = (await csms.rows("SELECT * FROM task"))[0]
    assert (task["operation"], task["actor"], task["state"]) == ("charger clear-cache", "anna", "finished")
    target = (await csms.rows("SELECT * FROM task_target"))[0]
    assert (target["charger_id"], target["ok"], target["status"]) == ("CP-1", 1, "Accepted")
    assert target["command_id"] == 1


async def test_a_refusal_is_raised_and_kept_with_its_frames(csms: Csms) -> None:
    charger = await csms.booted()
    doing = asyncio.create_task(csms.central.tasks.perform(ClearCache(charger="CP-1"), "anna"))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused) as refused:
        await doing
    assert refused.value.detail["task_id"] == 1
    error = json.loads((await csms.rows("SELECT error FROM task_target"))[0]["error"])
    assert error["detail"]["decided_by"] == "charger"
    assert "ClearCache" in error["detail"]["sent"]
    assert "Rejected" in error["detail"]["received"]


async def test_an_act_on_our_own_records_is_a_task_as_well(csms: Csms) -> None:
    await csms.central.tasks.perform(AddCharger(charger="NEW-1"), "anna")
    assert await told(csms, 1) == [("NEW-1", "done", "Added")]


SECRET = "CANARY-0123456789abcdef"


@pytest.mark.parametrize(
    "act",
    [
        SetPassword(charger="CP-1", password=SECRET),
        SetPassword(charger="CP-1", generate=True),
        SetVariable(charger="CP-1", name="AuthorizationKey", value=SECRET),
    ],
)
async def test_no_secret_is_kept_with_a_task(csms: Csms, act: Act) -> None:
    charger = await csms.booted()
    doing = asyncio.create_task(csms.central.tasks.perform(act, "anna"))
    if isinstance(act, SetVariable):
        await charger.reply(ACCEPTED)
    outcome = await doing
    await csms.rows("SELECT 1")
    with sqlite3.connect(csms.path) as connection:
        kept = "\n".join(connection.iterdump())
    connection.close()
    assert SECRET not in kept
    password = getattr(outcome, "password", None)
    assert password is None or password not in kept
    with pytest.raises(Conflict, match=r"secret|has failed"):
        await csms.central.tasks.retry(1, "anna")


# Many targets


async def test_every_target_has_its_own_result(csms: Csms) -> None:
    one, two = await csms.booted("CP-1"), await csms.booted("CP-2")
    await add(csms, "CP-3")
    task_id = await begin(csms, "CP-1", "CP-2", "CP-3")
    await one.reply(ACCEPTED)
    await two.reply({"status": "Rejected"})
    await ended(csms, task_id)
    assert await told(csms, task_id) == [
        ("CP-1", "done", "Accepted"), ("CP-2", "done", "Rejected"), ("CP-3", "done", "Offline"),
    ]  # fmt: skip
    assert (await csms.rows("SELECT state FROM task"))[0]["state"] == "finished"


async def test_no_more_than_the_plan_says_are_in_flight(csms: Csms) -> None:
    chargers = [await csms.booted(f"CP-{number}") for number in range(8)]
    together, flying, most = asyncio.Barrier(4), 0, 0

    async def answer(charger: RawCharger) -> None:
        nonlocal flying, most
        call = await charger.asked()
        flying += 1
        most = max(most, flying)
        await together.wait()  # four are there at once
        flying -= 1
        await charger.reply(ACCEPTED, to=call)

    task_id = await begin(csms, *(f"CP-{number}" for number in range(8)), parallel=4)
    async with asyncio.timeout(10):
        await asyncio.gather(*map(answer, chargers))
    await ended(csms, task_id)
    assert most == 4


async def test_fail_fast_begins_with_no_further_target(csms: Csms) -> None:
    one, two = await csms.booted("CP-1"), await csms.booted("CP-2")
    task_id = await begin(csms, "CP-1", "CP-2", parallel=1, fail_fast=True)
    await one.reply({"status": "Rejected"})
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("CP-1", "done", "Rejected"), ("CP-2", "done", "Skipped")]
    assert two.unasked == 0


async def test_a_batch_is_over_before_the_next_begins(csms: Csms) -> None:
    chargers = [await csms.booted(f"CP-{number}") for number in range(3)]
    task_id = await begin(csms, "CP-0", "CP-1", "CP-2", batch=2)
    call = await chargers[0].asked()
    await chargers[1].reply(ACCEPTED)
    await chargers[2].synced()
    assert chargers[2].unasked == 0
    await chargers[0].reply(ACCEPTED, to=call)
    await chargers[2].reply(ACCEPTED)
    await ended(csms, task_id)


async def test_cancelling_gives_up_what_was_not_sent(csms: Csms) -> None:
    one, two = await csms.booted("CP-1"), await csms.booted("CP-2")
    task_id = await begin(csms, "CP-1", "CP-2", parallel=1)
    call = await one.asked()
    assert await csms.central.tasks.cancel(task_id) == 1
    await one.reply(ACCEPTED, to=call)
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("CP-1", "done", "Accepted"), ("CP-2", "done", "Cancelled")]
    assert two.unasked == 0
    assert (await csms.rows("SELECT state FROM task"))[0]["state"] == "cancelled"
    with pytest.raises(Conflict):
        await csms.central.tasks.cancel(task_id)


async def test_a_retry_takes_only_what_failed(csms: Csms) -> None:
    one, two = await csms.booted("CP-1"), await csms.booted("CP-2")
    task_id = await begin(csms, "CP-1", "CP-2")
    await one.reply(ACCEPTED)
    await two.reply({"status": "Rejected"})
    await ended(csms, task_id)
    again = await csms.central.tasks.retry(task_id, "ben")
    await two.reply(ACCEPTED)
    await ended(csms, again)
    assert await told(csms, again) == [("CP-2", "done", "Accepted")]
    assert (await csms.rows("SELECT retry_of FROM task WHERE task_id = ?", again))[0]["retry_of"] == task_id


async def test_whoever_may_not_do_it_may_not_repeat_it(csms: Csms) -> None:
    task_id = await begin(csms, "CP-9")
    await ended(csms, task_id)
    with pytest.raises(Denied):
        await csms.central.tasks.retry(task_id, "ben", Role.VIEWER)


async def test_a_task_that_never_was_is_not_found(csms: Csms) -> None:
    with pytest.raises(NotFound):
        await csms.central.tasks.finished(99, 1)


# Waiting for what was asked


async def settling(csms: Csms, target: str, kind: type[Act], **given: Any) -> int:
    """Begin a task that waits for what was asked."""
    return await begin(csms, target, kind=kind, given=given, wait=True)


async def test_a_reset_is_over_after_the_boot_and_a_status(csms: Csms) -> None:
    charger = await csms.booted()
    task_id = await settling(csms, "CP-1", Reset)
    await charger.reply(ACCEPTED)
    await charger.synced()
    await charger.hang_up()
    charger = await csms.dial()
    await charger.call("BootNotification", BOOT)
    await csms.rows("SELECT 1")
    assert await told(csms, task_id) == [("CP-1", "sent", None)]
    await charger.call("StatusNotification", AVAILABLE)
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("CP-1", "done", "Restarted")]


async def test_what_does_not_come_about_in_time_is_a_timeout(csms: Csms) -> None:
    charger = await csms.booted()
    task_id = await begin(csms, "CP-1", kind=Reset, wait_for=0.05)
    await charger.reply(ACCEPTED)
    await ended(csms, task_id)
    error = json.loads((await csms.rows("SELECT error FROM task_target"))[0]["error"])
    assert (error["exit"], error["detail"]["decided_by"]) == (8, "time")


async def test_scheduled_availability_is_over_when_the_evse_has_changed(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.call("StatusNotification", AVAILABLE)
    task_id = await settling(csms, "CP-1:1", SetAvailability, inoperative=True)
    await charger.reply({"status": "Scheduled"})
    await charger.call("StatusNotification", {**AVAILABLE, "status": "Unavailable"})
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("CP-1:1", "done", "Inoperative")]


async def test_a_change_that_waits_for_a_session_names_it_when_it_did_not_come_in_time(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.call("StatusNotification", AVAILABLE)
    await charger.call("StartTransaction", start())
    given = {"inoperative": True}
    task_id = await begin(csms, "CP-1", kind=SetAvailability, given=given, wait_for=0.05)
    await charger.reply({"status": "Scheduled"})
    await ended(csms, task_id)
    error = json.loads((await csms.rows("SELECT error FROM task_target"))[0]["error"])
    assert error["message"] == (
        "CP-1 agreed (Scheduled), but within 0.05 s this did not come: each EVSE concerned to be in, or out of, service"
    )
    assert error["hints"][0] == "cpoctl session stop 1 --yes    it runs on EVSE 1, the change waits for it"


async def test_a_start_is_over_with_the_session_that_follows_even_if_it_is_told_first(csms: Csms) -> None:
    charger = await csms.booted()
    task_id = await settling(csms, "CP-1:1", StartSession, tag="ANNA")
    call = await charger.asked()
    await charger.call("StartTransaction", start())  # some tell before they answer
    await charger.reply(ACCEPTED, to=call)
    await ended(csms, task_id)
    row = (await csms.rows("SELECT status, result FROM task_target"))[0]
    assert (row["status"], json.loads(row["result"])["session_id"]) == ("Started", "1")


async def test_a_start_whose_tag_we_then_refuse_has_failed(csms: Csms) -> None:
    charger = await csms.booted()
    task_id = await settling(csms, "CP-1:1", StartSession, tag="NOBODY")
    await charger.reply(ACCEPTED)
    await charger.call("StartTransaction", {**start(), "idTag": "NOBODY"})
    await ended(csms, task_id)
    row = (await csms.rows("SELECT ok, status, error FROM task_target"))[0]
    error = json.loads(row["error"])
    assert (row["ok"], row["status"], error["exit"], error["detail"]["decided_by"]) == (0, "Invalid", 7, "tag")
    assert error["hints"][0].startswith("cpoctl tag check NOBODY --charger CP-1:1 ")


async def test_a_start_whose_tag_is_refused_before_the_session_has_failed_too(csms: Csms) -> None:
    charger = await csms.booted()
    task_id = await settling(csms, "CP-1:1", StartSession, tag="NOBODY")
    await charger.reply(ACCEPTED)
    await charger.call("Authorize", {"idTag": "NOBODY"})
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("CP-1:1", "done", "Invalid")]


async def test_a_stop_is_over_with_the_session(csms: Csms) -> None:
    charger = await csms.booted()
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    task_id = await settling(csms, "1", StopSession)
    await charger.reply(ACCEPTED)
    await charger.call("StopTransaction", stop(number))
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("1", "done", "Stopped")]


@pytest.mark.parametrize(
    ("told_last", "status", "ok"), [("Installed", "Installed", 1), ("InstallationFailed",) * 2 + (0,)]
)
async def test_a_firmware_update_is_over_with_its_last_step(csms: Csms, told_last: str, status: str, ok: int) -> None:
    charger = await csms.booted()
    task_id = await settling(csms, "CP-1", UpdateFirmware, url="ftp://files.example.com/fw.bin")
    await charger.reply({})
    for step in ("Downloading", "Downloaded", "Installing", told_last):
        await charger.call("FirmwareStatusNotification", {"status": step})
    await ended(csms, task_id)
    row = (await csms.rows("SELECT ok, status FROM task_target"))[0]
    assert (row["status"], row["ok"]) == (status, ok)


@pytest.mark.parametrize(("told_last", "ok"), [("Uploaded", 1), ("UploadFailed", 0)])
async def test_a_fetch_is_over_with_the_upload(csms: Csms, told_last: str, ok: int) -> None:
    charger = await csms.booted()
    task_id = await settling(csms, "CP-1", FetchDiagnostics, url="ftp://files.example.com/up/")
    await charger.reply({"fileName": "diag.zip"})
    for step in ("Uploading", told_last):
        await charger.call("DiagnosticsStatusNotification", {"status": step})
    await ended(csms, task_id)
    row = (await csms.rows("SELECT ok, status, result FROM task_target"))[0]
    assert (row["status"], row["ok"]) == (told_last, ok)
    assert ok == 0 or json.loads(row["result"])["file"] == "diag.zip"


async def test_a_fetch_of_nothing_is_over_with_the_answer_and_has_failed(csms: Csms) -> None:
    charger = await csms.booted()
    task_id = await settling(csms, "CP-1", FetchDiagnostics, url="ftp://files.example.com/up/")
    await charger.reply({})
    await ended(csms, task_id)
    assert (await csms.rows("SELECT ok FROM task_target"))[0]["ok"] == 0


# Waiting for the charger


async def test_a_charger_that_is_away_gets_it_when_it_has_booted(csms: Csms) -> None:  # CLI-13
    await add(csms, "CP-1")
    task_id = await begin(csms, "CP-1", queue=True)
    await until_waiting(csms)
    assert await told(csms, task_id) == [("CP-1", "waiting", None)]
    charger = await csms.dial()
    await charger.synced()
    assert charger.unasked == 0
    await charger.call("BootNotification", BOOT)
    await charger.reply(ACCEPTED)
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("CP-1", "done", "Accepted")]


async def test_what_the_chargers_version_can_never_be_asked_is_refused_at_once_and_does_not_wait(csms: Csms) -> None:
    charger = await csms.booted("DC-01", version=Version.V201)
    await charger.hang_up()
    await add(csms, "NEW-1")  # of which no version is known yet
    given = {"name": "BlinkRepeat", "value": "3"}
    number = await begin(csms, "DC-01", "NEW-1", kind=SetVariable, given=given, queue_for=60)
    await until_waiting(csms)
    assert await told(csms, number) == [("DC-01", "done", "Failed"), ("NEW-1", "waiting", None)]
    error = json.loads((await csms.rows("SELECT error FROM task_target WHERE target = 'DC-01'"))[0]["error"])
    assert error["message"] == "OCPP 2.x, which this charger speaks, has nothing that says the same as BlinkRepeat"


async def test_what_waits_survives_a_restart_of_the_server(csms: Csms) -> None:
    await add(csms, "CP-1")
    task_id = await begin(csms, "CP-1", kind=SetVariable, given={"name": "A", "value": "1"}, queue_for=600.0)
    await until_waiting(csms)
    await csms.restart()
    charger = await csms.dial()
    await charger.call("BootNotification", BOOT)
    assert (await charger.reply(ACCEPTED))[2:] == ["ChangeConfiguration", {"key": "A", "value": "1"}]
    await ended(csms, task_id)
    assert await told(csms, task_id) == [("CP-1", "done", "Accepted")]


async def test_of_one_that_had_answered_when_the_server_died_that_is_said(csms: Csms) -> None:
    charger = await csms.booted("CP-1")
    task_id = await settling(csms, "CP-1", FetchDiagnostics, url="ftp://files.example.com/up/")
    await charger.reply({"fileName": "diag.zip"})
    await charger.synced()
    await csms.store.close()  # as a crash: nothing of what follows reaches the disk
    charger.drop()
    await csms.central.tasks.close()
    await csms.central.server.close()
    await csms.open()
    error = (await csms.rows(f"SELECT error FROM task_target WHERE task_id = {task_id}"))[0]["error"]
    assert "the server ended after CP-1 had answered; what came of it is not known" in error


async def test_what_was_sent_when_the_server_died_is_unknown_and_never_sent_again(csms: Csms) -> None:
    charger = await csms.booted("CP-1")
    await csms.booted("CP-2")
    task_id = await begin(csms, "CP-1", "CP-2", "CP-3", parallel=1, queue=True, kind=Reset)
    await charger.asked()
    await csms.store.close()  # as a crash: nothing of what follows reaches the disk
    charger.drop()
    await csms.central.tasks.close()
    await csms.central.server.close()
    await csms.open()
    assert await told(csms, task_id) == [
        ("CP-1", "done", "Unknown"), ("CP-2", "done", "Dropped"), ("CP-3", "done", "Dropped"),
    ]  # fmt: skip
    charger = await csms.dial("CP-1")
    await charger.call("BootNotification", BOOT)
    await charger.call("StatusNotification", AVAILABLE)
    await charger.synced()
    assert charger.unasked == 0


async def test_what_may_have_been_done_is_repeated_only_if_it_is_asked_for(csms: Csms) -> None:
    charger = await csms.booted("CP-1")
    await add(csms, "CP-2")
    lost = await begin(csms, "CP-1")
    await charger.asked()
    both = await begin(csms, "CP-1", "CP-2", parallel=1)
    await csms.store.close()
    charger.drop()
    await csms.central.tasks.close()
    await csms.central.server.close()
    await csms.open()
    assert (await told(csms, lost))[0][2] == "Unknown"
    with pytest.raises(Conflict, match="may have been done") as refused:
        await csms.do(RetryTask(task=lost))
    assert any("--unknown" in hint for hint in refused.value.hints)
    again = await csms.do(RetryTask(task=lost, unknown=True))
    await ended(csms, again.task_id)
    assert [target for target, _, _ in await told(csms, again.task_id)] == ["CP-1"]
    assert [status for _, _, status in await told(csms, both)] == ["Unknown", "Dropped"]
    again = await csms.do(RetryTask(task=both))
    await ended(csms, again.task_id)
    assert [target for target, _, _ in await told(csms, again.task_id)] == ["CP-2"]
    assert (again.left_out, again.note) == (1, f"1 Unknown left out: cpoctl task retry {both} --unknown --yes")


async def test_a_target_waits_until_its_charger_has_no_session(csms: Csms) -> None:
    charger = await csms.booted()
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    task_id = await begin(csms, "CP-1", kind=Reset, when="idle")
    await until_waiting(csms)
    await charger.synced()
    assert charger.unasked == 0
    await charger.call("StopTransaction", stop(number))
    await charger.reply(ACCEPTED)
    await ended(csms, task_id)


async def test_what_waits_too_long_expires(csms: Csms) -> None:
    await add(csms, "CP-1")
    task_id = await begin(csms, "CP-1", queue_for=60.0)
    await until_waiting(csms)
    csms.clock.move(59)
    await csms.central.tasks.expire()
    await until_waiting(csms)
    csms.clock.move(1)
    await csms.central.tasks.expire()
    assert await told(csms, task_id) == [("CP-1", "done", "Expired")]
    charger = await csms.dial()
    await charger.call("BootNotification", BOOT)
    await charger.synced()
    assert charger.unasked == 0


async def test_what_waits_for_one_charger_goes_out_in_order(csms: Csms) -> None:
    await add(csms, "CP-1")
    first = await begin(csms, "CP-1", queue=True)
    await until_waiting(csms)
    second = await begin(csms, "CP-1", kind=Reset, queue=True)
    await until_waiting(csms, 2)
    charger = await csms.dial()
    await charger.call("BootNotification", BOOT)
    assert (await charger.reply(ACCEPTED))[2] == "ClearCache"
    assert (await charger.reply(ACCEPTED))[2] == "Reset"
    await ended(csms, first)
    await ended(csms, second)


async def test_what_waits_can_be_dropped(csms: Csms) -> None:
    await add(csms, "CP-1")
    task_id = await begin(csms, "CP-1", queue=True)
    await until_waiting(csms)
    assert await csms.central.tasks.drop("cp-1") == 1
    assert await told(csms, task_id) == [("CP-1", "done", "Cancelled")]


async def test_what_waits_goes_with_the_key_that_asked_for_it(csms: Csms) -> None:
    await add(csms, "CP-1", "CP-2")
    await csms.do(CreateKey(name="anna", grants=Role.OPERATOR))
    order = Order(ClearCache, {}, ["CP-1", "CP-2"], Plan(queue=True), "key:anna")
    hers = await csms.central.tasks.start(order)
    another = await begin(csms, "CP-1", queue=True)
    await until_waiting(csms, 3)
    assert (await csms.do(RevokeKey(key="anna"))).dropped == 2
    assert await told(csms, hers) == [("CP-1", "done", "Cancelled"), ("CP-2", "done", "Cancelled")]
    assert (await told(csms, another))[0][1] == "waiting"


async def test_a_key_that_revokes_itself_has_done_so(csms: Csms) -> None:
    await csms.do(CreateKey(name="anna", grants=Role.ADMIN))
    await csms.central.tasks.perform(RevokeKey(key="anna"), "key:anna")
    assert (await csms.rows("SELECT state FROM task"))[0]["state"] == "finished"


async def test_waiting_for_a_task_has_an_end(csms: Csms) -> None:
    await add(csms, "CP-1")
    task_id = await begin(csms, "CP-1", queue=True)
    with pytest.raises(TimedOut):
        await csms.central.tasks.finished(task_id, 0.01)


@pytest.mark.parametrize(
    ("kind", "given", "plan", "says"),
    [
        (StartSession, {"tag": "ANNA"}, {"queue_for": 301.0}, "5m at most"),
        (ClearCache, {}, {"queue_for": 8 * 86400.0}, "7d at most"),
        (SetVariable, {"name": "AuthorizationKey", "value": "x"}, {"queue": True}, "secret"),
        (ClearCache, {}, {"parallel": 0}, "at least 1"),
        (ClearCache, {}, {"pause": 5.0}, "--batch"),
    ],
)
async def test_a_plan_that_cannot_be_meant_is_refused_and_nothing_kept(
    csms: Csms, kind: type[Act], given: dict[str, Any], plan: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageProblem, match=says):
        await begin(csms, "CP-1", kind=kind, given=given, **plan)
    assert await csms.count("task") == 0


async def test_an_offline_charger_is_told_as_such_without_a_queue(csms: Csms) -> None:
    await add(csms, "CP-1")
    with pytest.raises(ChargerOffline):
        await csms.central.tasks.perform(ClearCache(charger="CP-1"), "anna")
