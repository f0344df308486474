"""What a full disk, a stranger or a hostile charger cannot do. RELIABILITY §2.1 rule 3, S-02, S-04"""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from cpoctl.errors import StoreUnavailable
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.running import _say
from tests.csms.conftest import Make
from tests.support.csms import Csms, metered, stop
from tests.support.faults import FaultPlan
from tests.support.raw_charger import HEADERS, HandshakeRefused, basic

CHOSEN = "a password that a human has chosen"


async def test_a_handshake_that_the_store_fails_under_is_refused(tmp_path: Path) -> None:
    csms, plan = Csms(tmp_path / "csms.db"), FaultPlan()
    csms.connect = plan.connect
    async with csms:
        await csms.do(AddCharger(charger="CP-1"))
        await csms.do(SetPassword(charger="CP-1", password=CHOSEN))
        plan.word = "BEGIN"
        knocking = asyncio.ensure_future(csms.dial("CP-1", [*HEADERS, basic("CP-1", CHOSEN)]))
        await csms.until(lambda: csms.central.admission.passwords.computed == 1)
        with pytest.raises(StoreUnavailable):
            await csms.store.write([])
        with pytest.raises(HandshakeRefused) as refused:
            await knocking
        assert refused.value.status == 503
        plan.heal()


async def test_a_charger_that_was_removed_and_added_again_has_no_password_after_a_restart(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(SetPassword(charger="CP-1", password=CHOSEN))
    csms.clock.move(60)
    await csms.do(RemoveCharger(charger="CP-1"))
    removed = await csms.rows("SELECT removed_at > added_at AS later FROM charger")
    assert removed == [{"later": 1}]
    await csms.do(AddCharger(charger="CP-1"))
    await csms.restart()
    assert csms.known().password_hash is None
    await csms.dial("CP-1")


async def test_a_second_address_that_tries_again_and_again_is_told_of_once_a_minute(make_csms: Make) -> None:
    csms: Csms = await make_csms(unknown="accept")
    await csms.booted("CP-1")
    for minute in range(2):
        for _ in range(20):
            with pytest.raises(HandshakeRefused, match="409"):
                await csms.dial("CP-1", HEADERS, source="127.0.0.2")
        assert await csms.count("security_event") == minute + 1
        csms.clock.move(60)


async def test_a_charger_that_invents_actions_leaves_a_bounded_number_of_violations(csms: Csms) -> None:
    charger = await csms.booted("CP-1")
    for number in range(520):
        await charger.exchange(f"Invented{number}", {})
    assert await csms.count("violation") == 500


async def test_a_charger_whose_session_cannot_be_looked_up_is_sent_away_to_try_again(csms: Csms) -> None:
    charger = await csms.booted("CP-1")
    with contextlib.closing(sqlite3.connect(csms.path, isolation_level=None)) as other:
        other.execute("ALTER TABLE session RENAME TO lost")
        await charger.say([2, "1", "StopTransaction", stop(4711)])
        assert await charger.ended() == 1013
        other.execute("ALTER TABLE lost RENAME TO session")


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_charger_that_comes_back_under_another_spelling_keeps_that_of_its_history(
    csms: Csms, restarted: bool
) -> None:
    for name in ("CP-1", "CP-2"):
        await csms.do(AddCharger(charger=name))
        await csms.do(RemoveCharger(charger=name))
    if restarted:
        await csms.restart()
    assert (await csms.do(AddCharger(charger="cp-1"))).target == "CP-1"
    await csms.dial("cp-2")
    assert [csms.known(name).charger_id for name in ("cp-1", "cp-2")] == ["CP-1", "CP-2"]


async def test_a_charger_that_invents_evses_fills_its_history_but_not_the_memory(csms: Csms) -> None:
    charger = await csms.booted("CP-1")
    for number in range(510):
        await charger.call("StatusNotification", {"connectorId": number, "status": "Available", "errorCode": "NoError"})
    await charger.call("MeterValues", metered(None, 5, connector=9999))
    assert len(csms.known().evses) == await csms.count("evse") == 500
    assert await csms.count("status_change") == 510


async def test_a_stranger_that_floods_is_slowed_down_and_nothing_of_it_is_lost(csms: Csms) -> None:  # F-29
    charger = await csms.dial("STRANGER")
    connection = csms.central.fleet.connection("STRANGER")
    assert connection is not None
    for number in range(101):
        await charger.say([2, f"m{number}", "Heartbeat", {}])
    await csms.until(lambda: connection.tokens < 0)
    await charger.say([2, "held", "Heartbeat", {}])
    for _ in range(20):
        await csms.store.read("SELECT 1")  # as many turns of the loop as an answer would need, and more
    assert csms.central.fleet.dispatch.received["Heartbeat"] == 101
    csms.central.server.sweep(csms.clock.monotonic())  # a second later
    for number in range(101):
        await charger.answer(f"m{number}")
    await charger.answer("held")


async def test_a_charger_that_is_accepted_may_replay_a_long_queue_at_full_speed(csms: Csms) -> None:
    charger = await csms.booted()
    connection = csms.central.fleet.connection("CP-1")
    assert connection is not None
    for number in range(1500):
        await charger.say([2, f"m{number}", "Heartbeat", {}])
    for number in range(1500):
        await charger.answer(f"m{number}")
    assert connection.tokens >= 0


def test_a_log_that_cannot_be_written_keeps_nobody_from_being_served(monkeypatch: pytest.MonkeyPatch) -> None:  # D-14
    full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115 # closing it would try to write again
    monkeypatch.setattr("sys.stderr", full)
    _say("ready")
    monkeypatch.undo()
    with contextlib.suppress(OSError):
        full.close()
