"""Frames within any text. OCPP-J 1.6 §4.2"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.ocpp.pasted import frames_in

BEAT = '[2,"17","Heartbeat",{}]'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BEAT, [(1, "", BEAT)]),
        (f"10:00:01 CP_1 received {BEAT} in 3 ms", [(1, "10:00:01 CP_1 received", BEAT)]),
        (f"{BEAT}\n\n{BEAT}{BEAT}", [(1, "", BEAT), (3, "", BEAT), (3, BEAT, BEAT)]),
        ('x\n[3, "17",\n  {"a": [2, "b", "c"]}\n]\n', [(2, "", '[3, "17",\n  {"a": [2, "b", "c"]}\n]')]),
        (json.dumps({"n": [1, 2], "msg": BEAT}), [(1, '{"n": [1, 2], "msg": "', BEAT)]),
        (json.dumps({"log": json.dumps({"msg": BEAT})}), [(1, '{"log": "{\\"msg\\": \\"', BEAT)]),
        ('sent [2,"17","Heartbeat",{', [(1, "sent", '[2,"17","Heartbeat",{')]),
        ("[2,17,\"Heartbeat\",{}]", [(1, "", "[2,17,\"Heartbeat\",{}]")]),
        ("[2, 3, 4] and [4,5] and [3,1,2]", []),
        ("nothing", []),
    ],
)  # fmt: skip
def test_frames_are_found_wherever_they_stand(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert [tuple(found) for found in frames_in(text)] == expected


@given(st.text(alphabet='[]{}2345,"\\ a\n:', max_size=200))
def test_no_text_is_too_strange_to_be_looked_through(text: str) -> None:
    for found in frames_in(text):
        assert 1 <= found.line <= text.count("\n") + 1
