"""How one exchange looks on one line of `log tail`."""

import re
from typing import Any

from cpoctl.operations.log.tail import TailFrames


def line(**given: Any) -> str:
    """The line without its time."""
    row = {
        "at": "2026-11-22T10:00:00.123Z",
        "charger_id": "HQ-03",
        "sender": "charger",
        "action": "StatusNotification",
        "latency_ms": 8.2,
        "outcome": "result",
        "violations": [],
        "answer": '[3,"1",{}]',
    }
    return re.sub(r" +", " ", TailFrames.line({**row, **given})).partition(" ")[2]


def test_a_status_is_words_without_brackets() -> None:
    request = '[2,"1","StatusNotification",{"connectorId":1,"status":"Faulted","errorCode":"GroundFailure"}]'
    told = "← HQ-03 StatusNotification 8.2 ms connectorId=1 status=Faulted errorCode=GroundFailure ⇒ {}"
    assert line(request=request) == told


def test_readings_stand_with_their_measurand_and_unit() -> None:
    request = (
        '[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"t","sampledValue":[{"value":"100","unit":"Wh"},'
        '{"value":"16","measurand":"Current.Import","phase":"L1","unit":"A","context":"Sample.Periodic"}]}]}]'
    )
    assert "connectorId=1 Energy.Active.Import=100Wh Current.Import.L1=16A" in line(request=request)


def test_violations_stand_before_the_payload_where_no_cut_reaches_them() -> None:
    shown = line(request='[2,"1","StatusNotification",{"status":"Odd"}]', violations=["status enum: not one of"])
    assert shown.index("!status enum") < shown.index("status=Odd")


def test_an_error_a_silence_and_rubbish_are_told_as_what_they_are() -> None:
    asked: dict[str, Any] = {"sender": "csms", "action": "Reset", "request": '[2,"1","Reset",{"type":"Soft"}]'}
    error = line(**asked, outcome="error", answer='[4,"1","NotSupported","no",{}]')
    assert error.endswith("[error] type=Soft ⇒ code=NotSupported description=no")
    assert line(**asked, outcome="timeout", latency_ms=None, answer=None).endswith("NO ANSWER type=Soft")
    assert line(action="", outcome="unreadable", request="rub\x1bbish", answer=None).endswith(
        "[unreadable] rub\x1bbish"
    )
