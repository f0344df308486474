"""Global options: a flag beats the environment, the environment beats the file. UX §7 CLI-08"""

from pathlib import Path

import pytest

from cpoctl.cli.choices import OPTIONS, Choices
from cpoctl.errors import UsageProblem

WITH_FILE = [("output", "ids", "csv", "json"), ("timeout", "1s", "2s", "3s"), ("color", "auto", "never", "always")]


@pytest.mark.parametrize(("name", "filed", "environment", "flag"), WITH_FILE)
def test_a_flag_beats_the_environment_and_that_beats_the_file(
    tmp_path: Path, name: str, filed: str, environment: str, flag: str
) -> None:
    file = tmp_path / "c.toml"
    file.write_text(f'[cli]\n{name} = "{filed}"\n')
    variable = {f"CPOCTL_{name.upper()}": environment}
    for given, around, wanted in (({}, {}, filed), ({}, variable, environment), ({name: flag}, variable, flag)):
        choices = Choices(config=str(file), **given)  # type: ignore[arg-type] # a name of a field
        choices.settle(around)
        assert getattr(choices, name) == wanted


@pytest.mark.parametrize("name", ["no_input", "read_only"])
@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("yes", True), ("0", False), ("false", False), ("", False)])
def test_a_switch_in_the_environment_is_on_or_off(name: str, value: str, wanted: bool) -> None:
    choices = Choices()
    choices.settle({f"CPOCTL_{name.upper()}": value})
    assert bool(getattr(choices, name)) is wanted


@pytest.mark.parametrize("names", [row[0] for row in OPTIONS])
def test_every_global_option_is_a_choice(names: str) -> None:
    long = next(name for name in names.replace("/", ",").split(",") if name.startswith("--"))
    assert hasattr(Choices(), long[2:].replace("-", "_")) or long == "--dry-run"


@pytest.mark.parametrize("name", ["timeout", "every"])
def test_a_duration_that_is_none_is_told_with_its_option(name: str) -> None:
    choices = Choices(**{name: "soon"})  # type: ignore[arg-type] # a name of a field
    with pytest.raises(UsageProblem, match=f"--{name}: 'soon' is not a duration"):
        _ = choices.seconds, choices.period
