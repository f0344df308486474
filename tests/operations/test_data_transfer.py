"""A vendor's own message: sent as given, its answer's data told. OCPP 1.6 §5.6"""

import asyncio
from typing import Any

import pytest

from cpoctl.errors import ChargerOffline, Refused, UsageProblem
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.ocpp.transfer import Transfer
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A connected charger."""
    return await csms.booted("HQ-07")


@pytest.mark.parametrize(
    ("given", "payload"),
    [
        ({}, {"vendorId": "com.acme"}),
        ({"data": ""}, {"vendorId": "com.acme", "data": ""}),
        ({"message_id": "Set", "data": '{"a": 1}\n'}, {"vendorId": "com.acme", "messageId": "Set", "data": '{"a": 1}\n'}),
    ],
)  # fmt: skip
async def test_what_was_given_is_sent_as_it_is(
    csms: Csms, charger: RawCharger, given: dict[str, Any], payload: dict[str, str]
) -> None:
    doing = asyncio.create_task(csms.do(Transfer(charger="HQ-07", vendor="com.acme", **given)))
    action, sent = (await charger.reply({"status": "Accepted"}))[2:]
    assert (action, list(sent.items())) == ("DataTransfer", list(payload.items()))
    assert ((await doing).ok, (await doing).data) == (True, None)


@pytest.mark.parametrize(("answer", "data"), [("night", "night"), ({"level": 3}, '{"level": 3}'), (None, None)])
async def test_the_answers_data_is_told(csms: Csms, charger: RawCharger, answer: Any, data: str | None) -> None:
    doing = asyncio.create_task(csms.do(Transfer(charger="HQ-07", vendor="com.acme")))
    await charger.reply({"status": "Accepted", "data": answer})
    assert (await doing).data == data


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("UnknownVendorId", "cpoctl charger show HQ-07"),
        ("UnknownMessageId", "cpoctl ocpp transfer HQ-07 com.acme --message-id ID --yes"),
        ("Rejected", "cpoctl log list HQ-07 --last 5"),
    ],
)
async def test_a_refusal_says_what_to_try_next(csms: Csms, charger: RawCharger, status: str, hint: str) -> None:
    doing = asyncio.create_task(csms.do(Transfer(charger="HQ-07", vendor="com.acme")))
    await charger.reply({"status": status})
    with pytest.raises(Refused, match=status) as refused:
        await doing
    assert refused.value.hints[0].split("    ")[0] == hint


async def test_an_offline_charger_is_told_as_such(csms: Csms) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    with pytest.raises(ChargerOffline):
        await csms.do(Transfer(charger="HQ-07", vendor="com.acme"))


async def test_an_id_that_the_standard_has_no_room_for_is_not_sent(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(UsageProblem, match="vendorId"):
        await csms.do(Transfer(charger="HQ-07", vendor="x" * 256))
    assert charger.unasked == 0


async def test_a_charger_that_knows_the_message_answers_it(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    url = f"ws://127.0.0.1:{csms.port}/"
    async with VirtualCharger(url, "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        echo = Transfer(charger="CP-1", vendor="Simulated", message_id="Echo", data="hello")
        assert (await csms.do(echo)).data == "hello"
