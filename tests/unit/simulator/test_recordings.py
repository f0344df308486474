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
    (exchange,) = read([line()]).exchanges
    assert (exchange.action, exchange.payload) == ("Authorize", {"idTag": "A"})
    assert exchange.reply == Reply({"idTagInfo": {"status": "Accepted"}})


def test_an_error_and_silence_are_answers_too() -> None:
    error, silence = read([line(answer='[4,"7","InternalError","why",{}]'), line(answer=None)]).exchanges
    assert error.reply == Reply(error="InternalError", description="why")
    assert silence.reply is None


@pytest.mark.parametrize(
    "request_",
    ["[3,5", '["odd"]', '[2,"7","X","a \\q"]', "[" * 100_000, '[3,"7",{}]', '[2,"7","X",[]]', '[2,"7","X"]', "", None],
)
def test_a_frame_that_is_no_request_spoils_nothing_and_is_counted(request_: str | None) -> None:
    found = read([line(), line(request=request_), "  ", line(action="", charger_id="CP-2")])
    assert [each.action for each in found.exchanges] == ["Authorize"]
    assert found.left_out == {"CP-1": 1, "CP-2": 1}


def test_a_message_without_an_answer_stays_one() -> None:
    sent, call = read([line(request='[6,"7","Authorize",{}]', answer=None), line()]).exchanges
    assert (sent.sent, call.sent) == (True, False)


def test_exchanges_are_in_the_order_of_their_times() -> None:
    late, early = line(at="2026-11-22T10:00:05Z", action="B"), line(action="A")
    assert [each.action for each in read([late, early]).exchanges] == ["A", "B"]


@pytest.mark.parametrize("broken", ["{", "[]", '{"a": 1}', line(at="noon"), line(sender="nobody")])
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
