"""Basic authentication: forms, guesses, rotation. RELIABILITY S-04 to S-07 · OCPP-J 1.6 §6.2"""

import asyncio
import base64
import sqlite3

import pytest

from cpoctl.errors import Refused
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.password import SetPassword
from tests.csms.conftest import Make
from tests.support.csms import Csms
from tests.support.raw_charger import HEADERS, HandshakeRefused, RawCharger, basic

KEY = "0123456789abcdef0123456789abcdef01234567"
CHOSEN = "CANARY:with a colon, 16"


async def locked(csms: Csms, password: str = KEY, name: str = "CP-1") -> None:
    """Add a charger that has a password."""
    await csms.do(AddCharger(charger=name))
    await csms.do(SetPassword(charger=name, password=password))


async def login(csms: Csms, *headers: tuple[str, str], name: str = "CP-1", source: str | None = None) -> int:
    """Try to connect; returns the status of the handshake."""
    try:
        await csms.dial(name, [*HEADERS, *headers], source=source)
    except HandshakeRefused as refused:
        return refused.status
    return 101


def raw(credentials: bytes, scheme: str = "Basic") -> tuple[str, str]:
    """An Authorization header around any bytes."""
    return "Authorization", f"{scheme} {base64.b64encode(credentials).decode()}"


RIGHT = [
    basic("CP-1", KEY),
    basic("cp-1", KEY),  # as SteVe does for 1.6
    basic("CP-1", bytes.fromhex(KEY)),  # the bytes that the hex text stands for
    basic("CP-1", KEY.upper()),
    raw(b"CP-1:" + KEY.encode(), "basic"),
]
WRONG = [
    raw(b"CP-1:"),
    raw(b"CP-1"),
    raw(b""),
    raw(b"CP-2:" + KEY.encode()),
    raw(b"CP-1:\xff\xfe\x00" + KEY.encode()),
    ("Authorization", "Basic %%%not base64%%%"),
    ("Authorization", "Basic"),
    ("Authorization", ""),
    ("Authorization", f"Bearer {KEY}"),
    raw(b"\xff\xff:" + KEY.encode()),
]


@pytest.mark.parametrize("header", RIGHT)
async def test_a_right_password_is_taken_in_every_form_that_chargers_send(csms: Csms, header: tuple[str, str]) -> None:
    await locked(csms)
    assert await login(csms, header) == 101
    assert (await csms.rows("SELECT auth FROM connection"))[0]["auth"] == "basic"


async def test_whatever_is_no_right_password_is_answered_401(csms: Csms) -> None:
    await locked(csms)
    for header in WRONG:
        csms.clock.move(60)
        assert await login(csms, header) == 401, header
    csms.clock.move(60)
    assert await login(csms) == 401
    assert await login(csms, basic("CP-1", KEY), basic("CP-1", KEY)) == 401
    assert await csms.count("connection") == 0


async def test_a_refusal_asks_for_basic_authentication(csms: Csms) -> None:
    await locked(csms)
    with pytest.raises(HandshakeRefused) as refused:
        await csms.dial()
    assert refused.value.headers["www-authenticate"].startswith("Basic ")


async def test_a_chosen_password_may_hold_colons_and_blanks(csms: Csms) -> None:
    await locked(csms, CHOSEN)
    assert await login(csms, basic("CP-1", CHOSEN)) == 101
    assert await login(csms, basic("CP-1", CHOSEN + "x")) == 401


async def test_the_name_of_a_charger_may_hold_a_colon(csms: Csms) -> None:
    await locked(csms, name="DE:8AA:1")
    assert await login(csms, basic("DE:8AA:1", KEY), name="DE:8AA:1") == 101
    assert await login(csms, basic("DE", KEY), name="DE:8AA:1") == 401


async def test_no_password_stands_in_the_database(csms: Csms) -> None:
    await locked(csms, CHOSEN)
    await login(csms, basic("CP-1", CHOSEN))
    await login(csms, basic("CP-1", "CANARY-wrong-password"))
    await csms.rows("SELECT 1")
    with sqlite3.connect(csms.path) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "CANARY" not in dump


async def test_a_guesser_is_slowed_down_while_the_real_charger_gets_in(csms: Csms) -> None:
    await locked(csms)
    assert await login(csms, basic("CP-1", KEY)) == 101
    computed = csms.central.admission.passwords.computed
    guesses = [await login(csms, basic("CP-1", f"wrong-{number:036}")) for number in range(40)]
    assert guesses[:10] == [401] * 10
    assert set(guesses[12:]) == {429}
    assert csms.central.admission.passwords.computed - computed <= 12
    assert await login(csms, basic("CP-1", KEY)) == 101


async def test_a_slowed_down_guesser_is_told_when_to_come_back(csms: Csms) -> None:
    await locked(csms)
    for number in range(10):
        await login(csms, basic("CP-1", f"wrong-{number:036}"))
    with pytest.raises(HandshakeRefused) as refused:
        await csms.dial("CP-1", [*HEADERS, basic("CP-1", "wrong")])
    wait = int(refused.value.headers["retry-after"])
    csms.clock.move(wait)
    assert await login(csms, basic("CP-1", KEY)) == 101


async def test_guesses_from_elsewhere_leave_other_chargers_of_other_addresses_alone(csms: Csms) -> None:
    await locked(csms)
    await locked(csms, name="CP-2")
    for number in range(20):
        await login(csms, basic("CP-1", f"wrong-{number:036}"), source="127.0.0.2")
    assert await login(csms, basic("CP-2", KEY), name="CP-2") == 101


async def test_guesses_leave_one_security_event_an_address_and_minute(csms: Csms) -> None:
    await locked(csms)
    for _ in range(5):
        await login(csms, basic("CP-1", "wrong"))
    csms.clock.move(61)
    await login(csms, basic("CP-1", "wrong"))
    events = await csms.rows("SELECT type, tech_info FROM security_event ORDER BY 1")
    assert [row["type"] for row in events] == ["FailedToAuthenticate"] * 2
    assert "127.0.0.1" in events[0]["tech_info"]


async def test_a_fleet_behind_one_address_comes_back_at_once_after_a_restart(csms: Csms) -> None:
    names = [f"CP-{number}" for number in range(40)]
    for name in names:
        await locked(csms, name=name)
    await csms.restart()
    answers = await asyncio.gather(*(login(csms, basic(name, KEY), name=name) for name in names))
    assert set(answers) == {101}


# Rotation


async def rotating(csms: Csms) -> tuple[RawCharger, str, asyncio.Task[object]]:
    """A charger that has been offered a new password; returns it, the password and the waiting act."""
    await locked(csms)
    charger = await csms.dial("CP-1", [*HEADERS, basic("CP-1", KEY)])
    await charger.call("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"})
    act = asyncio.create_task(csms.do(SetPassword(charger="CP-1", rotate=True)))
    asked = await charger.asked()
    assert (asked[2], asked[3]["key"]) == ("ChangeConfiguration", "AuthorizationKey")
    charger.heard.append(asked)
    return charger, asked[3]["value"], act


async def test_after_an_accepted_rotation_only_the_new_password_works(csms: Csms) -> None:
    charger, new, act = await rotating(csms)
    await charger.reply({"status": "Accepted"}, to=charger.heard[-1])
    await act
    assert await login(csms, basic("CP-1", KEY)) == 401
    assert await login(csms, basic("CP-1", new)) == 101


async def test_after_a_rejected_rotation_only_the_old_password_works(csms: Csms) -> None:
    charger, new, act = await rotating(csms)
    await charger.reply({"status": "Rejected"}, to=charger.heard[-1])
    with pytest.raises(Refused):
        await act
    assert await login(csms, basic("CP-1", new)) == 401
    assert await login(csms, basic("CP-1", KEY)) == 101


async def test_when_the_answer_to_a_rotation_is_lost_both_work_until_the_new_one_is_used(csms: Csms) -> None:
    _, new, act = await rotating(csms)
    await csms.rows("SELECT 1")
    act.cancel()
    await csms.restart()
    assert await login(csms, basic("CP-1", KEY)) == 101
    assert await login(csms, basic("CP-1", new)) == 101
    await csms.rows("SELECT 1")
    assert await login(csms, basic("CP-1", KEY)) == 401
    await csms.restart()
    assert await login(csms, basic("CP-1", KEY)) == 401
    assert await login(csms, basic("CP-1", new)) == 101


async def test_a_charger_that_needs_a_reboot_may_use_the_old_password_until_it_uses_the_new_one(csms: Csms) -> None:
    charger, new, act = await rotating(csms)
    await charger.reply({"status": "RebootRequired"}, to=charger.heard[-1])
    await act
    assert await login(csms, basic("CP-1", KEY)) == 101
    assert await login(csms, basic("CP-1", new)) == 101
    await csms.rows("SELECT 1")
    assert await login(csms, basic("CP-1", KEY)) == 401


async def test_a_first_password_locks_nobody_out_before_the_charger_has_taken_it(csms: Csms) -> None:
    charger = await csms.booted()
    act = asyncio.create_task(csms.do(SetPassword(charger="CP-1", rotate=True)))
    new = (await charger.asked())[3]["value"]
    assert await login(csms) == 101
    assert await login(csms, basic("CP-1", new)) == 101
    await csms.rows("SELECT 1")
    assert await login(csms) == 401
    act.cancel()


async def test_a_rotated_password_stands_nowhere_in_the_database(make_csms: Make) -> None:
    csms = await make_csms()
    charger, new, act = await rotating(csms)
    await charger.reply({"status": "Accepted"}, to=charger.heard[-1])
    await act
    await csms.rows("SELECT 1")
    with sqlite3.connect(csms.path) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert new not in dump
    assert "ChangeConfiguration" in dump
