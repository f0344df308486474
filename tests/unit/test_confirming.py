"""What an operator is asked before something disrupts: in which words, and which consent is enough."""

import pytest

from cpoctl.cli.choices import Choices
from cpoctl.cli.danger import allow
from cpoctl.commissioning import Result
from cpoctl.commissioning.report import verdict
from cpoctl.errors import UsageProblem
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.reject import RejectCharger

REJECT = RejectCharger(charger="CP-1")


def test_labels_of_many_are_changed_and_nobody_is_told_of_a_registration() -> None:
    assert EditCharger(charger="2 targets", label=("env=prod",)).consequence() == (
        "change what our records say of 2 targets"
    )
    assert EditCharger(charger="CP-1", registration="Pending").consequence().startswith("make CP-1 Pending: ")


def test_who_confirms_by_name_is_not_asked_for_a_yes() -> None:
    allow(REJECT, Choices(confirm="CP-1", no_input=True))
    allow(RejectCharger(charger="2 targets"), Choices(confirm="2", no_input=True), ["CP-1", "CP-2"])


@pytest.mark.parametrize("confirm", [None, "CP-2", ""])
def test_any_other_word_is_no_yes(confirm: str | None) -> None:
    with pytest.raises(UsageProblem):
        allow(REJECT, Choices(confirm=confirm, no_input=True))


def test_a_verdict_says_how_much_was_left_out() -> None:
    half = [Result.PASS] * 5 + [Result.SKIPPED] * 5
    assert verdict(True, half) == "passed, 5 of 10 steps left out"
    assert verdict(True, [Result.PASS] * 10) == "passed"
