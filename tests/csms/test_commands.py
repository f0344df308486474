"""Our Calls to chargers: journalled from before they are sent until their last word. RELIABILITY §2.1 rule 5, F-24, V-12"""

import asyncio
import sqlite3
from typing import Any

import pytest

from cpoctl.errors import ChargerOffline, TimedOut
from cpoctl.operations import Answer, Request
from tests.support.csms import BOOT, Csms
from tests.support.raw_charger import RawCharger

SECRET = "CANARY-0123456789"


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


def calling(csms: Csms, action: str = "ClearCache", payload: Any = None, timeout: float = 5) -> "asyncio.Task[Answer]":
    """Send a Call, without looking whether it is valid."""
    request = Request(action, payload if payload is not None else {})
    return asyncio.create_task(csms.operator().call("CP-1", request, timeout=timeout, check=False))


async def states(csms: Csms) -> list[str]:
    """How far the commands have come."""
    return [row["state"] for row in await csms.rows("SELECT state FROM command ORDER BY command_id")]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"status": "Accepted"}, "accepted"),
        ({}, "accepted"),
        ({"status": "RebootRequired"}, "accepted"),
        ({"status": "Rejected"}, "rejected"),
        ({"status": "NotSupported"}, "rejected"),
    ],
)
async def test_what_the_charger_said_is_told_and_kept(
    csms: Csms, charger: RawCharger, answer: dict[str, str], state: str
) -> None:
    call = calling(csms)
    sent = await charger.asked()
    assert await states(csms) == ["sent"]
    await charger.reply(answer, to=sent)
    assert (await call).payload == answer
    assert await states(csms) == [state]
    command = (await csms.rows("SELECT actor, message_id, answer FROM command"))[0]
    assert (command["actor"], command["message_id"]) == ("test", sent[1])
    assert sent[1] in command["answer"]


async def test_an_error_of_the_charger_is_told_with_its_words(csms: Csms, charger: RawCharger) -> None:
    call = calling(csms)
    await charger.refuse("NotImplemented", "never heard of it")
    assert (await call).error == ("NotImplemented", "never heard of it")
    assert await states(csms) == ["error"]


async def test_one_call_is_in_flight_at_a_time_and_answers_find_theirs(csms: Csms, charger: RawCharger) -> None:
    first, second = calling(csms, "ClearCache"), calling(csms, "GetLocalListVersion")
    asked = await charger.asked()
    await charger.synced()
    assert charger.unasked == 0
    await charger.reply({"status": "Accepted"}, to=asked)
    await charger.reply({"listVersion": 3})
    assert ((await first).status, (await second).payload) == ("Accepted", {"listVersion": 3})


async def test_calls_of_the_charger_are_served_while_ours_waits(csms: Csms, charger: RawCharger) -> None:
    call = calling(csms)
    asked = await charger.asked()
    await charger.synced()
    await charger.reply({"status": "Accepted"}, to=asked)
    await call


async def test_an_answer_that_comes_late_is_kept_with_its_own_command(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(TimedOut):
        await calling(csms, timeout=0.05)
    asked = await charger.asked()
    assert await states(csms) == ["timeout"]
    second = calling(csms)
    other = await charger.asked()
    await charger.reply({"status": "Rejected"}, to=asked)
    await charger.reply({"status": "Accepted"}, to=other)
    assert (await second).status == "Accepted"
    assert await states(csms) == ["late", "accepted"]
    assert "Rejected" in (await csms.rows("SELECT answer FROM command"))[0]["answer"]


async def test_an_answer_on_a_newer_connection_is_kept_with_its_command(csms: Csms, charger: RawCharger) -> None:
    call = calling(csms)
    asked = await charger.asked()
    charger.drop()
    with pytest.raises(TimedOut, match="connection was lost"):
        await call
    assert await states(csms) == ["unknown"]
    charger = await csms.dial()
    await charger.reply({"status": "Accepted"}, to=asked)
    await charger.synced()
    assert await states(csms) == ["late"]


async def test_no_charger_can_answer_the_command_of_another(csms: Csms, charger: RawCharger) -> None:
    other = await csms.booted("CP-2")
    call = calling(csms)
    asked = await charger.asked()
    await other.reply({"status": "Rejected"}, to=asked)
    await other.synced()
    await charger.reply({"status": "Accepted"}, to=asked)
    assert (await call).status == "Accepted"


@pytest.mark.parametrize("text", ['[3,"%s",{"status":', '[3,"%s"]', '[3,"%s",{"status":"Acc', '[4,"%s",7]'])
async def test_a_malformed_answer_ends_the_command_as_such(csms: Csms, charger: RawCharger, text: str) -> None:
    call = calling(csms)
    await charger.text(text % (await charger.asked())[1])
    assert (await call).status == "MalformedAnswer"
    assert await states(csms) == ["error"]


async def test_an_answer_whose_last_brackets_are_missing_is_read(csms: Csms, charger: RawCharger) -> None:
    call = calling(csms, "GetConfiguration")
    await charger.text(f'[3,"{(await charger.asked())[1]}",{{"configurationKey":[]')
    assert (await call).payload == {"configurationKey": []}


async def test_an_answer_that_is_no_object_is_an_answer_without_content(csms: Csms, charger: RawCharger) -> None:
    call = calling(csms)
    await charger.reply(["Accepted"])
    assert (await call).payload == {}


async def test_a_command_that_a_restart_interrupts_is_unknown_and_never_sent_again(
    csms: Csms, charger: RawCharger
) -> None:
    call = calling(csms)
    await charger.asked()
    await csms.store.close()  # as a crash: nothing of what follows reaches the disk
    charger.drop()
    with pytest.raises(Exception, match=r"cannot write|closed|did not answer"):
        await call
    await csms.central.server.close()
    await csms.open()
    assert await states(csms) == ["unknown"]
    charger = await csms.dial()
    await charger.call("BootNotification", BOOT)
    await charger.synced()
    assert charger.unasked == 0


async def test_an_answer_that_comes_after_a_restart_of_the_server_is_kept_with_its_command(
    csms: Csms, charger: RawCharger
) -> None:  # F-24
    call = calling(csms, timeout=0.01)
    sent = await charger.asked()
    with pytest.raises(TimedOut):
        await call
    await csms.restart()
    charger = await csms.dial()
    await charger.reply({"status": "Accepted"}, to=sent)
    await charger.synced()
    assert await states(csms) == ["late"]


async def test_whoever_stops_waiting_does_not_block_the_next_command(csms: Csms, charger: RawCharger) -> None:
    first = calling(csms)
    asked = await charger.asked()
    first.cancel()
    await asyncio.wait([first])
    second = calling(csms)
    await charger.reply({"status": "Accepted"})
    assert (await second).status == "Accepted"
    assert await states(csms) == ["unknown", "accepted"]
    await charger.reply({"status": "Rejected"}, to=asked)
    await charger.synced()
    assert await states(csms) == ["late", "accepted"]


async def test_a_charger_that_leaves_before_its_turn_is_offline_and_the_command_dropped(
    csms: Csms, charger: RawCharger
) -> None:
    first, second = calling(csms), calling(csms)
    await charger.asked()
    charger.drop()
    with pytest.raises(TimedOut):
        await first
    with pytest.raises(ChargerOffline):
        await second
    assert await states(csms) == ["unknown", "dropped"]


async def test_a_callers_json_goes_out_exactly_as_given(csms: Csms, charger: RawCharger) -> None:
    text = '{"key": "A",  "value":1.0e0, "key":"B"}'
    call = calling(csms, "ChangeConfiguration", text)
    sent = await charger.reply({"status": "Rejected"})
    await call
    assert text in (await csms.rows("SELECT request FROM journal WHERE message_id = ?", sent[1]))[0]["request"]


# Secrets


async def dump(csms: Csms) -> str:
    """The whole database as text."""
    await csms.rows("SELECT 1")
    connection = sqlite3.connect(csms.path)
    text = "\n".join(connection.iterdump())
    connection.close()
    return text


LEAK = {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": SECRET},
                             {"key": "StationPassword", "readonly": True, "value": SECRET},
                             {"key": "HeartbeatInterval", "readonly": False, "value": "300"}]}  # fmt: skip


async def test_a_secret_that_a_charger_tells_is_not_kept_and_not_shown(csms: Csms, charger: RawCharger) -> None:
    call = calling(csms, "GetConfiguration")
    await charger.reply(LEAK)
    answer = await call
    assert SECRET not in str(answer)
    assert answer.payload["configurationKey"][2]["value"] == "300"
    assert SECRET not in await dump(csms)


async def test_a_secret_in_an_answer_that_is_late_malformed_or_nobodys_is_not_kept(
    csms: Csms, charger: RawCharger
) -> None:
    with pytest.raises(TimedOut):
        await calling(csms, "GetConfiguration", timeout=0.05)
    await charger.reply(LEAK)
    call = calling(csms, "GetConfiguration")
    broken = f'[3,"{(await charger.asked())[1]}",{{"configurationKey":[{{"key":"AuthorizationKey","value":"{SECRET}'
    await charger.text(broken)
    await call
    await charger.say([3, "nobody", LEAK])
    await charger.text(f'{{"AuthorizationKey":"{SECRET}"}}')
    await charger.synced()
    assert SECRET not in await dump(csms)


async def test_a_secret_that_we_send_is_not_kept(csms: Csms, charger: RawCharger) -> None:
    call = calling(csms, "ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET})
    assert (await charger.reply({"status": "Accepted"}))[3]["value"] == SECRET
    assert SECRET not in str(await call)
    call = calling(csms, "GetDiagnostics", {"location": f"ftp://user:{SECRET}@host/dir"})
    await charger.reply({})
    await call
    assert SECRET not in await dump(csms)
