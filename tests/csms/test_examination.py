"""Examining a charger: what the checks of `doctor` say of a real one, by the server and by the file alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpoctl.checks import Finding, State
from cpoctl.clock import stored
from cpoctl.csms.operator import Face
from cpoctl.errors import Refused
from cpoctl.examining import Examination, ExamineCharger
from cpoctl.ocpp import Version
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.charger.trigger import Trigger
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.store import rows
from tests.csms.test_device_model import entry, report
from tests.support.csms import BOOT, Csms, start
from tests.support.fake_clock import FakeClock
from tests.support.raw_charger import HEADERS, HandshakeRefused, basic


@pytest.fixture
async def csms(tmp_path: Path) -> AsyncIterator[Csms]:
    """A central system whose clock begins now: what is stored is judged by this machine's."""
    made = Csms(tmp_path / "a.db")
    made.clock = FakeClock(datetime.now(UTC).replace(microsecond=0))
    async with made:
        yield made


async def examined(csms: Csms, name: str = "CP-1") -> dict[str, Finding]:
    """The findings of a charger by check, the worst of each."""
    await csms.store.write([])
    (found,) = await Face(csms.central).query(ExamineCharger(charger=name))
    assert isinstance(found, Examination)
    order = [State.OK, State.SKIPPED, State.WARN, State.FAIL]
    return {line.check: line for line in sorted(found.findings, key=lambda line: order.index(line.state))}


async def test_a_charger_that_is_well_gets_no_failure(csms: Csms) -> None:
    await csms.booted()
    found = await examined(csms)

    assert found["connection"].state is State.OK
    assert found["known"].found == "Acme AC-22"
    assert found["boot-loop"].found == "1 boot in the last hour"
    assert [line for line in found.values() if line.state is State.FAIL] == []


async def test_a_charger_that_nobody_added_fails_with_the_command_that_adds_it(csms: Csms) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    (found,) = await Face(csms.central).query(ExamineCharger(charger="HQ-7"))
    how = found.findings[0].next

    assert found.near == " (did you mean HQ-07?)"
    assert found.findings[0].state is State.FAIL
    assert how == "cpoctl charger add HQ-7    if its id is written like that"


async def test_a_charger_that_waits_fails_with_the_command_that_lets_it_in(csms: Csms) -> None:
    charger = await csms.dial("NEW-1")
    await charger.call("BootNotification", BOOT)
    assert (await examined(csms, "NEW-1"))["known"].next == "cpoctl charger approve NEW-1    let it in"


async def test_a_wrong_password_is_told_with_what_mends_it(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(SetPassword(charger="CP-1", password="right-password-1"))
    with pytest.raises(HandshakeRefused):
        await csms.dial("CP-1", [*HEADERS, basic("CP-1", "wrong-password-1")])
    knocks = (await examined(csms))["knocks"]

    assert knocks.state is State.FAIL
    assert "wrong password" in knocks.found
    assert knocks.next
    assert knocks.next.startswith("cpoctl charger password CP-1 --generate --yes")


async def test_a_charger_that_speaks_another_version_is_told_so(csms: Csms) -> None:
    await csms.booted()
    charger = await csms.dial("CP-1", [("Sec-WebSocket-Protocol", "ocpp0.9")])
    await charger.ended()
    knocks = (await examined(csms))["knocks"]
    assert "no common subprotocol" in knocks.found
    assert (
        knocks.next
        == "cpoctl version    it offers no version of OCPP that this one speaks: set it to OCPP 1.6J, 2.0.1 or 2.1"
    )


async def test_an_offline_charger_fails(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.hang_up()
    await csms.until(lambda: not csms.known().connected)
    assert (await examined(csms))["connection"].state is State.FAIL


async def test_five_boots_in_an_hour_are_a_loop_and_what_the_field_knows_is_told(csms: Csms) -> None:
    charger = await csms.booted()
    for _ in range(4):
        await charger.call("BootNotification", BOOT | {"chargePointVendor": "Metron"})
    loop = (await examined(csms))["boot-loop"]

    assert loop.state is State.FAIL
    assert "booted 5 times in the last hour" in loop.found
    assert "OCPP.Core#31" in loop.found


async def test_boots_that_we_have_asked_for_are_no_loop(csms: Csms) -> None:
    charger = await csms.booted()
    for _ in range(4):
        csms.clock.move(60)
        doing = asyncio.create_task(csms.do(Reset(charger="CP-1")))
        await charger.reply({"status": "Accepted"})
        await doing
        csms.clock.move(20)
        await charger.call("BootNotification", BOOT)
    assert (await examined(csms))["boot-loop"].found == "1 boot in the last hour"
    csms.clock.move(301)
    await charger.call("BootNotification", BOOT)
    assert (await examined(csms))["boot-loop"].found == "2 boots in the last hour"


async def test_boots_that_a_trigger_or_an_update_of_ours_brings_are_no_loop(csms: Csms) -> None:
    charger = await csms.booted()
    acts = [Trigger(charger="CP-1", message="BootNotification"), UpdateFirmware(charger="CP-1", url="ftp://h/f.bin")]
    for act in (*acts, acts[0]):
        csms.clock.move(60)
        doing = asyncio.create_task(csms.do(act))
        await charger.reply({"status": "Accepted"} if act is acts[0] else {})
        await doing
        csms.clock.move(20)
        await charger.call("BootNotification", BOOT)
    csms.clock.move(1000)
    await charger.call("FirmwareStatusNotification", {"status": "Installing"})  # the update may have been put off
    csms.clock.move(120)
    await charger.call("BootNotification", BOOT)
    assert (await examined(csms))["boot-loop"].found == "1 boot in the last hour"


@pytest.mark.parametrize(
    ("reason", "counted"), [("Watchdog", 5), ("RemoteReset", 1), ("Triggered", 1), ("FirmwareUpdate", 1)]
)
async def test_a_charger_that_tells_why_it_booted_is_believed(csms: Csms, reason: str, counted: int) -> None:
    charger = await csms.booted(version=Version.V201)
    station = {"vendorName": "Acme", "model": "AC-22"}
    for _ in range(4):
        await charger.call("BootNotification", {"reason": reason, "chargingStation": station})
    found = (await examined(csms))["boot-loop"].found
    assert found.startswith("1 boot in the last hour" if counted == 1 else "booted 5 times in the last hour")


async def test_boots_of_a_charger_that_waits_for_approval_are_no_loop(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(EditCharger(charger="CP-1", registration="Pending"))
    charger = await csms.dial()
    for _ in range(5):
        assert (await charger.call("BootNotification", BOOT))["status"] == "Pending"
    assert (await examined(csms))["boot-loop"].found == "no boot in the last hour"


async def test_a_faulted_evse_fails_with_its_code(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.call("StatusNotification", {"connectorId": 2, "errorCode": "GroundFailure", "status": "Faulted"})
    status = (await examined(csms))["status"]
    assert status.state is State.FAIL
    assert "EVSE 2 GroundFailure" in status.found


async def test_a_clock_that_is_an_hour_ahead_looks_like_local_time(csms: Csms) -> None:
    charger = await csms.booted()
    ahead = stored(csms.clock.now() + timedelta(hours=1))
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": ahead}
    await charger.call("StatusNotification", status)
    clock = (await examined(csms))["clock"]

    assert clock.state is State.FAIL
    assert clock.found == "1h00 ahead, which looks like local time told as UTC"  # steve#136


async def test_settings_that_were_read_are_judged(csms: Csms) -> None:
    await csms.booted()
    read_at = stored(csms.clock.now())
    await csms.store.write([rows.Variable("CP-1", "MeterValueSampleInterval", "0", None, read_at)])
    settings = (await examined(csms))["settings"]

    assert settings.state is State.FAIL
    assert settings.next == "cpoctl var set CP-1 MeterValueSampleInterval 60 --yes"


async def test_settings_of_2_x_are_judged_by_the_same_rules_and_old_keys_are_not(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    interval = entry("SampledDataCtrlr", "TxUpdatedInterval", "0")
    await charger.call("NotifyReport", report(interval, entry("EVSE", "Power", "0", id=1)))
    await csms.store.write([rows.Variable("CP-1", "HeartbeatInterval", "0", None, stored(csms.clock.now()))])
    settings = (await examined(csms))["settings"]

    assert settings.found.startswith("SampledDataCtrlr.TxUpdatedInterval is 0: no meter values come")
    assert settings.next == "cpoctl var set CP-1 SampledDataCtrlr.TxUpdatedInterval 60 --yes"


async def test_an_open_session_on_a_free_evse_is_probably_over(csms: Csms) -> None:
    charger = await csms.booted()
    await csms.tag("ANNA")
    await charger.call("StartTransaction", start())
    await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
    assert (await examined(csms))["sessions"].state is State.WARN


async def test_what_breaks_the_standard_is_named(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "Error", "status": "Available"})  # ha#1248
    violations = (await examined(csms))["violations"]
    assert violations.state is State.WARN
    assert "StatusNotification" in violations.found


async def test_the_file_alone_tells_what_is_stored_and_not_who_is_connected(csms: Csms) -> None:
    await csms.booted()
    await csms.store.write([])
    (found,) = await csms.store.reading(ExamineCharger(charger="cp-1").select)

    assert found.charger_id == "CP-1"
    assert not found.live
    assert "connection" not in {line.check for line in found.findings}


async def test_a_refusal_carries_what_the_standard_and_the_field_know(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.call("BootNotification", BOOT | {"chargePointVendor": "Autel"})

    acting = asyncio.create_task(csms.do(Reset(charger="CP-1")))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused) as caught:
        await acting
    refused = caught.value

    assert refused.detail["why"][0].startswith("Rejected: it will not restart now")
    assert any(hint.startswith("cpoctl session list --charger CP-1 --open") for hint in refused.hints)
    assert len({hint.partition("    ")[0] for hint in refused.hints}) == len(refused.hints)
