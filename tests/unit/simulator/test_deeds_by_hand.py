"""Deeds at a simulated charger, in words."""

import pytest

from cpoctl.simulator import Step
from cpoctl.simulator.hand import read


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("plug", Step(0, "plug in")),
        ("plug 2", Step(0, "plug in", 2)),
        ("tag ANNA-K 2", Step(0, "present tag", 2, "ANNA-K")),
        ("fault", Step(0, "fault", error_code="GroundFailure")),
        ("fault HighTemperature 2", Step(0, "fault", 2, error_code="HighTemperature")),
        ("FAULT 2", Step(0, "fault", 2)),
        ("offline", Step(0, "go offline")),
        ("wait 2.5", Step(2.5, "wait")),
    ],
)
def test_a_line_is_a_deed(line: str, step: Step) -> None:
    assert read(line, evses=2) == step


def test_nothing_and_a_remark_are_no_deed() -> None:
    assert read("  ") is None
    assert read("# the driver comes") is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("plgu", "did you mean plug"),
        ("tag", "tag needs"),
        ("wait", "wait needs seconds"),
        ("wait nan", "wait needs seconds"),
        ("plug 3", "there is no EVSE 3; they are 1 to 2"),
        ("plug in", "what is in"),
    ],
)
def test_what_is_no_deed_is_told(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(line, evses=2)
