"""What help and refusals say on the command line: the option, what to write, where to read on."""

from cpoctl.operations.report.completeness import Completeness
from cpoctl.operations.session.correct import CorrectSession
from cpoctl.operations.site.add import AddSite
from tests.cli.conftest import Cli
from tests.http.face import Running


def test_a_word_for_a_number_says_which_number_is_wanted(cli: Cli) -> None:
    said = cli("1", "--energy-wh", "abc", "--reason", "x", "--yes", of=CorrectSession)
    assert said.code == 2
    assert said.err.startswith("error: --energy-wh: 'abc' is no number, such as 12.5: the energy that it used in Wh, such as 12300")


def test_a_refusal_without_a_hint_points_at_the_commands_own_help(cli: Cli, api: Running) -> None:
    said = cli("YARD", "--time-zone", "UTC", "--country", "Germany", of=AddSite)
    assert said.code == 2
    assert "--country: 'Germany' is not two letters" in said.err
    assert said.err.endswith("hint:  cpoctl site add --help\n")


def test_a_list_that_is_the_default_is_told_as_words(cli: Cli) -> None:
    told = " ".join(cli("--help", of=Completeness).out.split())
    assert "(default energy,prices,sessions,statuses)" in told
    assert Completeness(since="2026-10-01", until="2026-11-01").title().endswith("of energy,prices,sessions,statuses")
