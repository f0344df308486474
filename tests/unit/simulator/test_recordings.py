"""What a recording says, and where a second playing differs from it."""

import json
from typing import Any

import pytest

from cpoctl.simulator.recording import Reply, TransactionIds, differences, read


def line(**more: Any) -> str:
    row = {
        "at": "2026-11-22T10:00:00.000Z",
        "charger_id": "CP-1",
        "sender": "charger",
        "action": "Authorize",
        "request": '[2,"7","Authorize",{"idTag":"A"}]',
        "answer": '[3,"7",{"idTagInfo":{"status":"Accepted"}}]',
    }
    return json.dumps(row | more)


def test_an_exchange_is_a_request_and_its_answer() -> None:
    (exchange,) = read([line()])
    assert (exchange.action, exchange.payload) == ("Authorize", {"idTag": "A"})
    assert exchange.reply == Reply({"idTagInfo": {"status": "Accepted"}})


def test_an_error_and_silence_are_answers_too() -> None:
    error, silence = read([line(answer='[4,"7","InternalError","why",{}]'), line(answer=None)])
    assert error.reply == Reply(error="InternalError", description="why")
    assert silence.reply is None


def test_frames_that_were_no_requests_are_passed_over() -> None:
    assert read([line(action="", request="[3,5"), line(action="X", request='["odd"]'), "  "]) == []


def test_exchanges_are_in_the_order_of_their_times() -> None:
    late, early = line(at="2026-11-22T10:00:05Z", action="B"), line(action="A")
    assert [each.action for each in read([late, early])] == ["A", "B"]


@pytest.mark.parametrize("broken", ["{", "[]", '{"a": 1}', line(at="noon"), line(sender="nobody"), line(request="[")])
def test_a_line_that_is_none_is_named(broken: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read([line(), broken])


def test_ids_of_then_become_those_of_now() -> None:
    ids = TransactionIds()
    ids.learn(Reply({"transactionId": 5}), Reply({"transactionId": 900}))
    assert ids.mapped({"transactionId": 5, "meterStop": 1}) == {"transactionId": 900, "meterStop": 1}
    assert ids.mapped({"transactionId": 6}) == {"transactionId": 6}
    assert ids.mapped({"connectorId": 1}) == {"connectorId": 1}


def test_times_and_ids_make_no_difference() -> None:
    then = Reply({"currentTime": "a", "transactionId": 1, "idTagInfo": {"status": "Accepted", "expiryDate": "x"}})
    now = Reply({"currentTime": "b", "transactionId": 2, "idTagInfo": {"status": "Accepted"}})
    assert differences(then, now) == []


def test_what_differs_is_told_with_its_place() -> None:
    then, now = (
        Reply({"idTagInfo": {"status": "Accepted"}, "interval": 300}),
        Reply({"idTagInfo": {"status": "Blocked"}}),
    )
    assert differences(then, now) == ["idTagInfo.status: Accepted, now Blocked", "interval: 300, now nothing"]


def test_a_result_an_error_and_silence_differ() -> None:
    assert differences(Reply({}), Reply(error="X")) == ["a result, now CallError X"]
    assert differences(Reply(error="X"), Reply(error="X")) == []
    assert differences(Reply({}), None) == ["a result, now no answer"]
    assert differences(None, None) == []
