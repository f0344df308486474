"""What a simulated charger does about a line that fails: queue, replay, redial. OCPP 1.6 §3.7"""

import asyncio

from cpoctl.simulator import Backoff, Happening, ManualTime, VirtualCharger
from tests.simulator.backend import Backend, Received

TRANSACTIONAL = ("StartTransaction", "MeterValues", "StopTransaction")


def transaction_calls(backend: Backend) -> list[Received]:
    return [call for call in backend.calls if call.action in TRANSACTIONAL]


async def test_a_session_lived_offline_is_replayed_in_order(booted: VirtualCharger, backend: Backend) -> None:
    await booted.go_offline()
    session = await booted.charge("TAG", wh=5_000, samples=2)
    assert session is not None
    assert session.transaction_id is None
    assert booted.waiting_messages == 4
    await booted.come_back()
    calls = transaction_calls(backend)
    assert [call.action for call in calls] == ["StartTransaction", "MeterValues", "MeterValues", "StopTransaction"]
    assert {call.payload["transactionId"] for call in calls[1:]} == {session.transaction_id}
    assert calls[0].payload["timestamp"] < calls[-1].payload["timestamp"]
    assert booted.waiting_messages == 0


async def test_a_lost_answer_makes_the_charger_send_the_same_again(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    backend.reply["StopTransaction"] = lambda _: None
    stopping = asyncio.create_task(booted.stop())
    await backend.received("StopTransaction")
    await booted.go_offline()
    await stopping
    del backend.reply["StopTransaction"]
    await booted.come_back()
    first, again = (call for call in backend.calls if call.action == "StopTransaction")
    assert first.payload == again.payload
    assert first.message_id != again.message_id


async def test_a_start_whose_answer_was_lost_gives_later_messages_the_id_of_its_replay(
    booted: VirtualCharger, backend: Backend
) -> None:
    backend.reply["StartTransaction"] = lambda _: None
    await booted.plug_in()
    starting = asyncio.create_task(booted.start("TAG"))
    await backend.received("StartTransaction")
    await booted.go_offline()
    await starting
    await booted.stop()
    backend.reply["StartTransaction"] = lambda _: {"idTagInfo": {"status": "Accepted"}, "transactionId": 4711}
    await booted.come_back()
    starts = backend.payloads("StartTransaction")
    assert starts[0] == starts[1]
    assert backend.payloads("StopTransaction")[0]["transactionId"] == 4711


async def test_a_start_refused_for_good_takes_its_session_with_it(booted: VirtualCharger, backend: Backend) -> None:
    backend.reply["StartTransaction"] = lambda _: {"error": "InternalError"}
    await booted.charge("TAG")  # 1.6 §3.7.1: three attempts, then it is given up
    assert len(backend.payloads("StartTransaction")) == 3
    assert backend.payloads("StopTransaction") == []
    assert booted.waiting_messages == 0


async def test_a_reconnect_boots_nothing_but_tells_what_changed(booted: VirtualCharger, backend: Backend) -> None:
    await booted.go_offline()
    await booted.plug_in()
    await booted.come_back()
    assert len(backend.payloads("BootNotification")) == 1
    assert backend.statuses() == ["Available", "Preparing"]


async def test_an_unknown_tag_may_be_let_in_while_offline(booted: VirtualCharger) -> None:
    await booted.go_offline()
    assert await booted.authorize("TAG") == "Accepted"
    booted.settings["AllowOfflineTxForUnknownId"] = "false"
    assert await booted.authorize("TAG") == "Invalid"


async def test_a_charger_redials_a_server_that_went_away(backend: Backend) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()

    def listen(happening: Happening) -> None:
        told.put_nowait(happening.what)

    backoff = Backoff(first_s=0.01, longest_s=0.02)
    async with VirtualCharger(backend.url, "CP-1", time=ManualTime(), backoff=backoff, on_event=listen) as charger:
        await charger.dial_again()
        await backend.go_away()
        while await told.get() != "disconnected":
            pass
        await backend.listen()
        while await told.get() != "connected":
            pass
        assert charger.online


async def test_a_finite_backoff_gives_up(backend: Backend) -> None:
    given_up = asyncio.Event()

    def listen(happening: Happening) -> None:
        if happening.what == "gave up dialling":
            given_up.set()

    backoff = Backoff(first_s=0.001, attempts=2)
    async with VirtualCharger("ws://127.0.0.1:9", "CP-1", backoff=backoff, on_event=listen) as charger:
        await charger.dial_again()
        await given_up.wait()
        assert not charger.online


async def test_a_session_begun_offline_ends_when_the_server_refuses_its_tag(
    booted: VirtualCharger, backend: Backend
) -> None:
    await booted.go_offline()
    await booted.plug_in()
    await booted.start("STRANGER")
    backend.reply["StartTransaction"] = lambda _: {"idTagInfo": {"status": "Invalid"}, "transactionId": 8}
    await booted.come_back()
    assert backend.payloads("StopTransaction")[0]["reason"] == "DeAuthorized"
