"""What help and refusals say on the command line: the option, what to write, where to read on."""

from dataclasses import dataclass
from typing import Any

import pytest

from cpoctl.cli.choices import Choices
from cpoctl.cli.perform import perform
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import LocalAct, Outcome
from cpoctl.operations.report.completeness import Completeness
from cpoctl.operations.session.correct import CorrectSession
from tests.cli.conftest import Cli


@dataclass(frozen=True, kw_only=True)
class Refuse(LocalAct):
    """Refuse to do anything."""

    path = "nothing do"
    row = Outcome
    kind: type[UsageProblem | Conflict]

    def run_local(self, files: Any) -> Outcome:
        """Say so, and nothing else."""
        raise self.kind("no")


def test_a_word_for_a_number_says_which_number_is_wanted(cli: Cli) -> None:
    said = cli("1", "--energy-wh", "abc", "--reason", "x", "--yes", of=CorrectSession)
    assert said.code == 2
    why = "--energy-wh: 'abc' is no number, such as 12.5: the energy that it used in Wh, such as 12300"
    assert said.err.startswith(f"error: {why}\n")


@pytest.mark.parametrize("kind", [UsageProblem, Conflict])
def test_a_refusal_without_a_hint_points_at_the_commands_own_help(kind: type[UsageProblem | Conflict]) -> None:
    with pytest.raises(kind) as problem:
        perform(Refuse(kind=kind), Choices())
    assert problem.value.hints == ("cpoctl nothing do --help",)


def test_a_list_that_is_the_default_is_told_as_words(cli: Cli) -> None:
    told = " ".join(cli("--help", of=Completeness).out.split())
    assert "(default energy,power,prices,sessions,statuses)" in told
    assert (
        Completeness(since="2026-10-01", until="2026-11-01")
        .title()
        .endswith("of energy,power,prices,sessions,statuses")
    )
