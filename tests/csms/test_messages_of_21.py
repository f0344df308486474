"""The two message types of 2.1 that take no answer: SEND and CALLRESULTERROR. OCPP 2.1 part 4 §4.2.4, §4.2.5"""

from typing import Any

import pytest

from cpoctl import events
from cpoctl.csms.actions import ACTIONS, Action, Context, Outcome
from cpoctl.ocpp import Version, v2
from cpoctl.operations.charger.quirks import ListQuirks, QuirkRow
from cpoctl.operations.log import FrameRow
from cpoctl.operations.log.list import ListFrames
from tests.csms.conftest import Make
from tests.support.csms import T0, Csms
from tests.support.raw_charger import RawCharger

HEADERS = [("Sec-WebSocket-Protocol", "ocpp2.1")]
STREAM = "NotifyPeriodicEventStream"
PAYLOAD = {"id": 1, "pending": 0, "basetime": T0, "data": [{"t": 0.5, "v": "16"}]}
ODD = {"id": "1", "data": {"t": 0.5, "v": 16}}


def heard(call: v2.NotifyPeriodicEventStream, ctx: Context) -> Outcome:
    """A handler that leaves a trace."""
    told = events.FirmwareStatusReported(
        charger_id=ctx.charger.charger_id, status=str(call.data[0].v), request_id=call.id
    )
    return Outcome({}, events=[told])


@pytest.fixture
async def csms(make_csms: Make, monkeypatch: pytest.MonkeyPatch) -> Csms:
    """A central system that lets everybody in and takes streams."""
    action = Action(Version.V21, v2.NotifyPeriodicEventStream, heard, None, unregistered=False, durable=True)
    monkeypatch.setitem(ACTIONS[Version.V21], STREAM, action)
    made: Csms = await make_csms(unknown="accept")
    return made


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that speaks 2.1."""
    return await csms.dial("CP-1", HEADERS)


async def asked(csms: Csms, query: ListQuirks | ListFrames) -> list[Any]:
    """The rows of a query once everything that was submitted is committed."""
    await csms.store.write([])
    return await csms.store.reading(query.select)


async def answered_to_the_next_call(charger: RawCharger) -> list[Any]:
    """Everything that came back until a Call was answered, which is served after what was sent before it."""
    await charger.say([2, "next", "Nonsense", {}])
    await charger.answer("next")
    return [frame[1] for frame in charger.heard]


@pytest.mark.parametrize("payload", [PAYLOAD, ODD])
async def test_a_send_is_handled_and_kept_and_nothing_comes_back(
    csms: Csms, charger: RawCharger, payload: dict[str, Any]
) -> None:
    await charger.say([6, "s1", STREAM, payload])
    assert await answered_to_the_next_call(charger) == ["next"]
    told = await csms.rows("SELECT data FROM event WHERE type = 'FirmwareStatusReported'")
    assert '"status":"16"' in told[0]["data"]
    frame: FrameRow = (await asked(csms, ListFrames(action=STREAM)))[0]
    assert (frame.message_id, frame.outcome, frame.answer) == ("s1", "result", None)
    assert bool(frame.violations) == (payload is ODD)


async def test_the_same_as_a_call_is_answered(charger: RawCharger) -> None:
    await charger.say([2, "c1", STREAM, PAYLOAD])
    assert await charger.answer("c1") == [3, "c1", {}]


@pytest.mark.parametrize("frame", [[6, "s1", "Nonsense", {}], [6, "s1", "Reset", {}], [6, "s1", STREAM, []], [6, "s1"]])
async def test_a_send_that_cannot_be_served_is_counted_and_nothing_comes_back(
    csms: Csms, charger: RawCharger, frame: list[Any]
) -> None:
    await charger.say(frame)
    assert await answered_to_the_next_call(charger) == ["next"]
    kept: list[FrameRow] = [row for row in await asked(csms, ListFrames()) if row.message_id == "s1"]
    assert [(row.outcome in ("error", "unreadable"), row.answer) for row in kept] == [(True, None)]
    assert sum(row.count for row in await asked(csms, ListQuirks())) == 2  # the other is the Call that followed


async def test_a_charger_that_cannot_use_an_answer_is_heard(csms: Csms, charger: RawCharger) -> None:
    await charger.say([2, "c1", STREAM, PAYLOAD])
    await charger.answer("c1")
    await charger.say([5, "c1", "FormatViolation", "what is \x1b[31mthis", {}])
    while not (found := await asked(csms, ListQuirks())):
        await csms.store.write([])
    violation: QuirkRow = found[0]
    assert (violation.action, violation.rule, violation.count) == (STREAM, "CallResultError", 1)
    assert violation.message == "FormatViolation: what is [31mthis"
    frame: FrameRow = (await asked(csms, ListFrames(action=STREAM)))[-1]
    assert (frame.message_id, frame.outcome, frame.answer) == ("c1", "unusable", None)
    assert await answered_to_the_next_call(charger) == ["c1", "next"]


@pytest.mark.parametrize("mine", [True, False])
async def test_an_error_about_an_answer_that_nobody_knows_is_kept_without_an_action(
    csms: Csms, charger: RawCharger, mine: bool
) -> None:
    other = await csms.dial("CP-2", HEADERS)
    await other.say([2, "c1", STREAM, PAYLOAD])
    await other.answer("c1")
    await charger.say([5, "c9" if mine else "c1", "FormatViolation", "", {}])
    while not (found := await asked(csms, ListQuirks())):
        await csms.store.write([])
    assert [(row.charger_id, row.action, row.rule) for row in found] == [("CP-1", "", "CallResultError")]


async def test_before_2_1_both_are_unknown_message_types(csms: Csms) -> None:  # F-04
    charger = await csms.dial("CP-1", [("Sec-WebSocket-Protocol", "ocpp2.0.1")])
    for kind in (5, 6):
        await charger.say([kind, f"m{kind}", STREAM, PAYLOAD])
        assert (await charger.answer(f"m{kind}"))[2] == "MessageTypeNotSupported"
