"""What operators do to a connected charger, each way it can end: done, refused, offline, unanswered, unknown."""

import asyncio
from collections.abc import Callable

import pytest

from cpoctl.errors import ChargerOffline, Conflict, CpoctlError, NotFound, Refused, TimedOut, UsageProblem
from cpoctl.operations import Act, Danger
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.approve import ApproveCharger
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.charger.reject import RejectCharger
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.session.stop import StopSession
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.tag.block import BlockTag
from cpoctl.operations.tag.unblock import UnblockTag
from cpoctl.operations.var.get import GetVariables
from cpoctl.operations.var.set import SetVariable
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.support.csms import BOOT, Csms, start
from tests.support.raw_charger import RawCharger

Make = Callable[[str, float], Act]

ACTS: dict[str, Make] = {
    "RemoteStartTransaction": lambda name, timeout: StartSession(charger=name, tag="ANNA", timeout=timeout),
    "RemoteStopTransaction": lambda name, timeout: StopSession(session=name, timeout=timeout),
    "Reset": lambda name, timeout: Reset(charger=name, timeout=timeout),
    "ChangeConfiguration": lambda name, timeout: SetVariable(charger=name, name="A", value="1", timeout=timeout),
    "AuthorizationKey": lambda name, timeout: SetPassword(charger=name, rotate=True, timeout=timeout),
}
every_act = pytest.mark.parametrize("make", ACTS.values(), ids=ACTS)


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger with an open session."""
    charger = await csms.booted("HQ-07")
    await charger.call("StartTransaction", start())
    return charger


@every_act
async def test_what_the_charger_accepts_is_done(csms: Csms, charger: RawCharger, make: Make) -> None:
    act = asyncio.create_task(csms.do(make("hq-07", 5)))
    await charger.reply({"status": "Accepted"})
    outcome = await act
    assert (outcome.ok, outcome.status, outcome.command_id) == (True, "Accepted", 1)


@every_act
async def test_what_the_charger_rejects_is_refused_with_both_frames(
    csms: Csms, charger: RawCharger, make: Make
) -> None:
    act = asyncio.create_task(csms.do(make("HQ-07", 5)))
    sent = await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused, match=r"HQ-07|1") as refused:
        await act
    detail = refused.value.detail
    assert detail["decided_by"] == "charger"
    assert (sent[1] in detail["sent"], "Rejected" in detail["received"]) == (True, True)
    assert refused.value.hints


@every_act
async def test_an_error_of_the_charger_is_refused_in_its_words(csms: Csms, charger: RawCharger, make: Make) -> None:
    act = asyncio.create_task(csms.do(make("HQ-07", 5)))
    await charger.refuse("InternalError", "relay welded")
    with pytest.raises(Refused, match="InternalError: relay welded"):
        await act


@every_act
async def test_a_charger_that_does_not_answer_leaves_it_unknown(csms: Csms, charger: RawCharger, make: Make) -> None:
    with pytest.raises(TimedOut, match="whether it did it is unknown") as late:
        await csms.do(make("HQ-07", 0.05))
    assert late.value.detail["sent"]


@every_act
async def test_an_offline_charger_is_told_as_such(csms: Csms, charger: RawCharger, make: Make) -> None:
    await charger.hang_up()
    await csms.until(lambda: not csms.known("HQ-07").connected)
    with pytest.raises(ChargerOffline, match="HQ-07 is not connected"):
        await csms.do(make("HQ-07", 5))


@every_act
async def test_an_unknown_charger_is_told_with_the_nearest_name(csms: Csms, charger: RawCharger, make: Make) -> None:
    with pytest.raises(NotFound, match=r"no charger HQ-70 \(did you mean HQ-07\?\)") as unknown:
        await csms.do(make("HQ-70", 5))
    assert any("cpoctl charger list" in hint for hint in unknown.value.hints)


# The acts' own ways


async def test_a_start_names_the_evse_only_if_the_operator_did(csms: Csms, charger: RawCharger) -> None:
    for name, payload in [("HQ-07", {"idTag": "ANNA"}), ("HQ-07:2", {"connectorId": 2, "idTag": "ANNA"})]:
        act = asyncio.create_task(csms.do(StartSession(charger=name, tag="ANNA")))
        assert (await charger.reply({"status": "Accepted"}))[3] == payload
        await act


async def test_a_session_is_stopped_by_its_number_or_where_it_is(csms: Csms, charger: RawCharger) -> None:
    number = int(next(iter(csms.known("HQ-07").sessions)))
    for name in ("1", "HQ-07", "hq-07:1"):
        act = asyncio.create_task(csms.do(StopSession(session=name)))
        assert (await charger.reply({"status": "Accepted"}))[3] == {"transactionId": number}
        assert (await act).target == "1"


@pytest.mark.parametrize(("name", "error"), [("HQ-07:2", NotFound), ("99", NotFound), ("HQ-08", NotFound)])
async def test_a_session_that_is_not_there_cannot_be_stopped(
    csms: Csms, charger: RawCharger, name: str, error: type[CpoctlError]
) -> None:
    with pytest.raises(error):
        await csms.do(StopSession(session=name))
    assert charger.unasked == 0


async def test_of_several_open_sessions_the_operator_must_name_one(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start(2))
    with pytest.raises(Conflict, match="several open sessions"):
        await csms.do(StopSession(session="HQ-07"))


async def test_a_session_that_has_ended_cannot_be_stopped(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StopTransaction", {"transactionId": -1, "meterStop": 9000, "timestamp": "2026-11-22T13:45:00Z"})
    with pytest.raises(Conflict, match="session 1 has ended"):
        await csms.do(StopSession(session="1"))


async def test_settings_are_told_kept_and_their_secrets_masked(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07")))
    settings = [{"key": "A", "readonly": True, "value": 5}, {"key": "AuthorizationKey", "readonly": False, "value": "s"},
                {"key": "B"}, "junk"]  # fmt: skip
    await charger.reply({"configurationKey": settings, "unknownKey": None})
    assert [(row.name, row.value) for row in await act] == [("A", "5"), ("AuthorizationKey", "********"), ("B", None)]
    assert await csms.count("variable") == 3


async def test_a_setting_that_the_charger_lacks_is_not_found(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07", names=("Bogus",))))
    await charger.reply({"unknownKey": ["Bogus"]})
    with pytest.raises(NotFound, match="knows none of Bogus"):
        await act


async def test_a_setting_that_wants_a_reboot_is_set(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(SetVariable(charger="HQ-07", name="A", value="1")))
    await charger.reply({"status": "RebootRequired"})
    assert (await act).status == "RebootRequired"


async def test_a_call_tells_what_the_charger_said(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(CallAction(charger="HQ-07", action="ClearCache")))
    await charger.reply({"status": "Accepted"})
    row = await act
    assert (row.ok, row.status, row.answer) == (True, "Accepted", {"status": "Accepted"})


async def test_a_call_that_the_charger_does_not_do_is_refused_as_its_own_command_would_be(
    csms: Csms, charger: RawCharger
) -> None:
    act = asyncio.create_task(csms.do(CallAction(charger="HQ-07", action="ClearCache")))
    await charger.refuse("NotSupported", "no")
    with pytest.raises(Refused, match="ClearCache with NotSupported: no"):
        await act
    setting = '{"key": "Nope", "value": "1"}'
    act = asyncio.create_task(csms.do(CallAction(charger="HQ-07", action="ChangeConfiguration", payload=setting)))
    await charger.reply({"status": "NotSupported"})
    with pytest.raises(Refused, match="NotSupported"):
        await act


@pytest.mark.parametrize(
    ("action", "payload", "danger"),
    [
        ("Reset", '{"type": "Soft"}', Danger.DISRUPTS),
        ("Reset", '{"type": "Hard"}', Danger.SEVERE),
        ("UpdateFirmware", "{}", Danger.SEVERE),
        ("ClearCache", "{}", Danger.DISRUPTS),
        ("GetConfiguration", "{}", Danger.HARMLESS),
        ("TriggerMessage", '{"requestedMessage": "Heartbeat"}', Danger.HARMLESS),
    ],
)
def test_a_call_is_as_dangerous_as_the_command_of_its_own(action: str, payload: str, danger: Danger) -> None:
    assert CallAction(charger="HQ-07", action=action, payload=payload).danger_now() is danger


@pytest.mark.parametrize(
    ("action", "payload", "says"),
    [
        ("ClearCash", "{}", "did you mean ClearCache"),
        ("Reset", "{}", "type"),
        ("Reset", '{"type": "Medium"}', "Medium"),
        ("Reset", '{"type": "Soft"', "line 1, column"),
        ("Reset", "[]", "must be a JSON object"),
    ],
)
async def test_a_call_that_cannot_be_meant_is_not_sent(
    csms: Csms, charger: RawCharger, action: str, payload: str, says: str
) -> None:
    with pytest.raises(UsageProblem, match=says):
        await csms.do(CallAction(charger="HQ-07", action=action, payload=payload))
    assert (charger.unasked, await csms.count("command")) == (0, 0)


async def test_a_forced_call_is_sent_whatever_the_schema_says(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(
        csms.do(CallAction(charger="HQ-07", action="Nonsense", payload='{"type": "Medium"}', force=True))
    )
    assert (await charger.refuse("NotImplemented", ""))[2:] == ["Nonsense", {"type": "Medium"}]
    with pytest.raises(Refused, match="NotImplemented"):
        await act


# The records


async def test_a_pending_charger_is_accepted_at_its_next_boot_once_it_is_approved(csms: Csms) -> None:
    charger = await csms.dial("NEW-1")
    assert (await charger.call("BootNotification", BOOT))["status"] == "Pending"
    await csms.do(ApproveCharger(charger="new-1"))
    assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
    await csms.restart()
    assert (csms.known("NEW-1").registration, csms.known("NEW-1").known) == ("Accepted", True)


async def test_a_rejected_charger_may_connect_but_boots_in_vain(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(RejectCharger(charger="CP-1"))
    assert (await (await csms.dial()).call("BootNotification", BOOT))["status"] == "Rejected"


async def test_a_charger_is_removed_only_when_nobody_charges(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(Conflict, match="open sessions: 1"):
        await csms.do(RemoveCharger(charger="HQ-07"))
    await charger.call("StopTransaction", {"transactionId": -1, "meterStop": 9000, "timestamp": "2026-11-22T13:45:00Z"})
    await csms.do(RemoveCharger(charger="HQ-07"))
    assert await charger.ended() == 1000
    assert csms.live("HQ-07") is None
    assert await csms.count("session") == 1


async def test_what_exists_cannot_be_added(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    for act in (AddCharger(charger="cp-1"), AddTag(tag=" anna ")):
        with pytest.raises(Conflict, match="exists already"):
            await csms.do(act)


async def test_a_tag_is_blocked_and_unblocked(csms: Csms) -> None:
    charger = await csms.booted()
    for act, status in [(BlockTag(tag="anna"), "Blocked"), (UnblockTag(tag="ANNA"), "Accepted")]:
        await csms.do(act)
        assert (await charger.call("Authorize", {"idTag": "ANNA"}))["idTagInfo"]["status"] == status
    with pytest.raises(NotFound, match="did you mean ANNA"):
        await csms.do(BlockTag(tag="ANNE"))


@pytest.mark.parametrize("name", ["", ".", "a/b", "x" * 49, "\x1b[2J", "ü"])
async def test_an_id_that_no_charger_can_have_is_not_added(csms: Csms, name: str) -> None:
    with pytest.raises(UsageProblem):
        await csms.do(AddCharger(charger=name))


@pytest.mark.parametrize("given", [{}, {"generate": True, "rotate": True}, {"password": "short"}])
async def test_a_password_is_given_in_one_way_and_long_enough(csms: Csms, given: dict[str, object]) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    with pytest.raises(UsageProblem):
        await csms.do(SetPassword(charger="CP-1", **given))  # type: ignore[arg-type] # wrong on purpose


# A whole story


async def test_a_remote_session_runs_from_start_to_stop(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    url = f"ws://127.0.0.1:{csms.port}/"
    async with VirtualCharger(url, "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        await charger.plug_in()
        assert (await csms.do(StartSession(charger="CP-1:1", tag="ANNA"))).ok
        await csms.until(lambda: csms.known().sessions)
        csms.clock.move(600)
        await charger.time.elapse(600)
        await charger.meter()
        assert (await csms.do(StopSession(session="CP-1"))).ok
        await csms.until(lambda: not csms.known().sessions)
    kept = await csms.session()
    assert (kept["tag_id"], kept["stop_reason"], kept["flags"]) == ("ANNA", "Remote", "[]")
    assert kept["energy_wh"] > 0
