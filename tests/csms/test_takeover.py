"""Two connections of one charger: which one wins, and what the loser may not do. RELIABILITY §1.2, S-01"""

import asyncio

import pytest

from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.charger.reset import Reset
from tests.support.csms import BOOT, Csms
from tests.support.raw_charger import HEADERS, HandshakeRefused, basic

KEY = "0123456789abcdef0123456789abcdef01234567"


async def test_the_newest_connection_wins_and_gets_the_commands(csms: Csms) -> None:
    old = await csms.booted()
    new = await csms.dial()
    assert await old.ended() == 1008
    await new.call("BootNotification", BOOT)
    act = asyncio.create_task(csms.do(Reset(charger="CP-1")))
    assert (await new.reply({"status": "Accepted"}))[2] == "Reset"
    assert (await act).ok


async def test_the_late_end_of_an_old_connection_never_removes_the_new_one(csms: Csms) -> None:
    old = await csms.booted(pongs=False)
    old.stop_reading()
    new = await csms.dial()
    await new.synced()
    old.drop()
    await csms.until(lambda: len(csms.central.fleet.connections) == 1)
    await new.synced()
    link = csms.known().link
    assert link is not None
    assert csms.central.fleet.connections["cp-1"].connection_id == link.connection_id
    closed = await csms.rows("SELECT connection_id FROM connection WHERE closed_at IS NULL")
    assert [row["connection_id"] for row in closed] == [link.connection_id]


async def test_without_a_password_a_living_charger_keeps_out_another_address(csms: Csms) -> None:
    old = await csms.booted()
    with pytest.raises(HandshakeRefused) as refused:
        await csms.dial(source="127.0.0.2")
    assert (refused.value.status, "retry-after" in refused.value.headers) == (409, True)
    await old.synced()
    events = await csms.rows("SELECT type, source, tech_info FROM security_event")
    assert [(row["type"], row["source"]) for row in events] == [("DuplicateId", "csms")]
    assert "127.0.0.2" in events[0]["tech_info"]


async def test_without_a_password_a_dead_charger_gives_way_to_another_address(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpoctl.csms.admission.PING_WITHIN", 0.1)
    old = await csms.booted(pongs=False)
    new = await csms.dial(source="127.0.0.2")
    assert old.pings == 1
    assert await old.ended() == 1008
    await new.synced()


async def test_with_a_password_the_newest_wins_from_any_address(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(SetPassword(charger="CP-1", password=KEY))
    old = await csms.dial("CP-1", [*HEADERS, basic("CP-1", KEY)])
    new = await csms.dial("CP-1", [*HEADERS, basic("CP-1", KEY)], source="127.0.0.2")
    assert await old.ended() == 1008
    await new.synced()
    assert old.pings == 0


async def test_a_command_that_waits_for_the_boot_goes_to_the_connection_that_boots(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    old = await csms.dial()
    act = asyncio.create_task(csms.do(Reset(charger="CP-1")))
    await old.synced()
    new = await csms.dial()
    await new.call("BootNotification", BOOT)
    await new.reply({"status": "Accepted"})
    assert (await act).ok
    assert old.unasked == 0


async def test_a_takeover_from_another_address_is_told_with_both_addresses(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(SetPassword(charger="CP-1", password=KEY))
    await csms.dial("CP-1", [*HEADERS, basic("CP-1", KEY)])
    await csms.dial("CP-1", [*HEADERS, basic("CP-1", KEY)], source="127.0.0.2")
    events = await csms.rows("SELECT type, tech_info FROM security_event")
    assert [row["type"] for row in events] == ["Takeover"]
    assert ("127.0.0.1" in events[0]["tech_info"]) and ("127.0.0.2" in events[0]["tech_info"])


async def test_of_two_addresses_that_keep_taking_its_place_the_later_one_has_to_wait(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(SetPassword(charger="CP-1", password=KEY))
    login = [*HEADERS, basic("CP-1", KEY)]
    await csms.dial("CP-1", login)
    for _ in range(2):
        await csms.dial("CP-1", login, source="127.0.0.2")
        await csms.dial("CP-1", login)
    await csms.dial("CP-1", login, source="127.0.0.2")
    first = await csms.dial("CP-1", login)  # the sixth time
    with pytest.raises(HandshakeRefused) as refused:
        await csms.dial("CP-1", login, source="127.0.0.2")
    assert (refused.value.status, refused.value.headers["retry-after"]) == (429, "61")
    await first.synced()
    told = await csms.rows("SELECT tech_info FROM security_event WHERE type = 'Flapping'")
    assert [row["tech_info"] for row in told] == [
        "127.0.0.1 and 127.0.0.2 take its place from each other; 127.0.0.2 has to wait 60 s"
    ]
    csms.clock.move(61)
    await (await csms.dial("CP-1", login, source="127.0.0.2")).synced()
