"""The official schemas on the command line: printed and applied, with no server and no database."""

import json
from pathlib import Path

import pytest

from cpoctl.ocpp import Version, schemas
from tests.cli.conftest import Cli


@pytest.mark.parametrize("answer", [False, True])
def test_a_schema_is_printed_as_it_was_published(cli: Cli, answer: bool) -> None:
    result = cli("ocpp", "schema", "Reset", *(["--answer"] if answer else []))
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == schemas.schema(Version.V16, "Reset", answer)


def test_a_schema_is_told_in_another_format_if_one_is_asked_for(cli: Cli) -> None:
    assert "\nREQUIRED     type\n" in cli("ocpp", "schema", "Reset", "-o", "table").out


def test_the_actions_are_listed_without_a_server(cli: Cli) -> None:
    result = cli("ocpp", "actions", "--json")
    assert (result.code, result.err) == (0, "")
    assert {row["action"] for row in json.loads(result.out)} == set(schemas.actions(Version.V16))


@pytest.mark.parametrize("words", [["schema", "Rest"], ["validate", "Rest", "{}"]])
def test_an_action_that_there_is_not_is_told_with_the_nearest(cli: Cli, words: list[str]) -> None:
    result = cli("ocpp", *words)
    assert (result.code, result.out) == (3, "")
    assert "OCPP 1.6 has no action Rest (did you mean Reset?)" in result.err
    assert "hint:  cpoctl ocpp actions" in result.err


def test_a_payload_that_the_schema_accepts_is_valid(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "reset.json"
    file.write_text('{"type": "Soft"}\n')
    result = cli("ocpp", "validate", "Reset", f"@{file}", "--json")
    assert (result.code, json.loads(result.out)) == (0, {"action": "Reset", "message": "request", "valid": True})
    assert cli("ocpp", "validate", "Reset", '{"status": "Accepted"}', "--answer", "--read-only").code == 0


def test_every_violation_is_listed_and_a_script_sees_it_in_the_exit_code(cli: Cli) -> None:
    wrong = '{"connectorId": "1", "kind": 2}'
    result = cli("ocpp", "validate", "ChangeAvailability", wrong)
    assert (result.code, result.out) == (11, "")
    for part in ("request breaks the schema", "connectorId: ", "kind: is not in the standard", "type: is missing"):
        assert part in result.err
    assert "hint:  cpoctl ocpp schema ChangeAvailability" in result.err
    told = json.loads(cli("ocpp", "validate", "ChangeAvailability", wrong, "--json").err)["error"]
    assert {row["path"] for row in told["detail"]["violations"]} == {"kind", "connectorId", "type"}


@pytest.mark.parametrize(
    "payload", ["{", "@/nowhere/at.all", '{"type": "\\ud800"}', '{"type": ' + "[" * 600 + "]" * 600 + "}"]
)
def test_what_cannot_be_judged_is_a_wrong_use(cli: Cli, payload: str) -> None:
    result = cli("ocpp", "validate", "Reset", payload)
    assert (result.code, result.out) == (2, "")
    assert "hint:" in result.err


@pytest.mark.parametrize("payload", ["[]", "1", "null"])
def test_a_payload_that_is_no_object_is_invalid(cli: Cli, payload: str) -> None:
    assert cli("ocpp", "validate", "Reset", payload).code == 11
