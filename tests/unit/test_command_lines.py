"""Command lines: what is shown is what a shell must be told to do the same."""

import shlex
from typing import Any

import pytest

from cpoctl.command_lines import command_line
from cpoctl.operations import Operation
from cpoctl.parameters import named


def made(path: str, **values: Any) -> Operation:
    """An operation by its command."""
    kind = named(path)
    assert kind is not None
    return kind(**values)


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (made("charger show", charger="HQ-07"), "cpoctl charger show HQ-07"),
        (made("charger reset", charger="HQ-07"), "cpoctl charger reset HQ-07 --yes"),
        (made("charger reset", charger="HQ-07", hard=True), "cpoctl charger reset HQ-07 --hard --confirm HQ-07"),
        (made("charger reset", charger="HQ-07", timeout=5.0), "cpoctl charger reset HQ-07 --timeout 5 --yes"),
        (made("charger rm", charger="HQ 07"), "cpoctl charger rm 'HQ 07' --confirm 'HQ 07'"),
        (
            made("var set", charger="HQ-07", name="A", value="x; rm -rf $HOME 'now'"),
            "cpoctl var set HQ-07 A 'x; rm -rf $HOME '\"'\"'now'\"'\"'' --yes",
        ),
        (
            made("charger edit", charger="HQ-07", label=("a=1", "b=2")),
            "cpoctl charger edit HQ-07 --label a=1 --label b=2",
        ),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_an_operation_is_told_as_a_shell_reads_it(operation: Operation, line: str) -> None:
    assert command_line(operation) == line


def test_what_begins_with_a_dash_is_no_option() -> None:
    words = shlex.split(command_line(made("var set", charger="HQ-07", name="A", value="-5")))
    assert words[words.index("--") :] == ["--", "HQ-07", "A", "-5"]
    assert "--yes" in words[: words.index("--")]


def test_several_targets_stand_in_the_place_of_one() -> None:
    told = command_line(made("charger reset", charger="A-1"), ["A-1", "A-2"])
    assert told == "cpoctl charger reset A-1 A-2 --yes"


def test_what_is_severe_wants_their_number_where_there_are_several() -> None:
    told = command_line(made("charger reset", charger="A-1", hard=True), ["A-1", "A-2"])
    assert told == "cpoctl charger reset A-1 A-2 --hard --confirm 2"


def test_a_harmless_thing_done_to_several_wants_a_yes() -> None:
    told = command_line(made("charger ping", charger="A-1"), ["A-1", "A-2"])
    assert told == "cpoctl charger ping A-1 A-2 --yes"


def test_a_secret_never_stands_in_a_command_line() -> None:
    told = command_line(made("charger password", charger="HQ-07", password="0123456789abcdef"))
    assert "0123456789abcdef" not in told
    assert "--password-file FILE" in told
