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
    told = {(row["version"], row["action"]) for row in json.loads(result.out)}
    assert told == {(version, action) for version in Version for action in schemas.every(version)}


@pytest.mark.parametrize(
    ("action", "sender"), [("GetVariables", "csms"), ("NotifyPeriodicEventStream", "charger"), ("DataTransfer", "both")]
)
def test_of_each_action_it_is_told_who_sends_it(cli: Cli, action: str, sender: str) -> None:
    found = json.loads(cli("ocpp", "actions", "--ocpp", "2.1", "--where", f"action={action}", "--json").out)
    assert found == [{"action": action, "version": "2.1", "sender": sender}]


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_schema_of_another_version_is_printed_where_it_is_asked_for(cli: Cli, version: str) -> None:
    told = json.loads(cli("ocpp", "schema", "Reset", "--ocpp", version).out)
    assert told == schemas.schema(Version(version), "Reset")


@pytest.mark.parametrize(("action", "version"), [("GetVariables", Version.V201), ("GetTariffs", Version.V21)])
def test_what_1_6_lacks_is_taken_from_the_oldest_version_that_has_it(cli: Cli, action: str, version: Version) -> None:
    assert json.loads(cli("ocpp", "schema", action).out) == schemas.schema(version, action)


def test_an_action_that_only_another_version_has_is_told_with_it(cli: Cli) -> None:
    result = cli("ocpp", "schema", "GetTariffs", "--ocpp", "2.0.1")
    assert (result.code, result.out) == (3, "")
    assert "OCPP 2.0.1 has no action GetTariffs; OCPP 2.1 has it" in result.err


def test_what_is_never_answered_has_no_schema_of_an_answer(cli: Cli) -> None:
    result = cli("ocpp", "schema", "NotifyPeriodicEventStream", "--answer")
    assert (result.code, result.out) == (3, "")
    assert "sent without waiting for an answer" in result.err


def test_a_payload_is_held_against_the_version_that_is_named(cli: Cli) -> None:
    idle = '{"type": "OnIdle"}'
    assert cli("ocpp", "validate", "Reset", idle, "--ocpp", "2.0.1").code == 0
    assert cli("ocpp", "validate", "Reset", idle).code == 11


@pytest.mark.parametrize("words", [["schema", "Rest"], ["validate", "Rest", "{}"]])
def test_an_action_that_there_is_not_is_told_with_the_nearest(cli: Cli, words: list[str]) -> None:
    result = cli("ocpp", *words)
    assert (result.code, result.out) == (3, "")
    assert "no version of OCPP has an action Rest (did you mean Reset?)" in result.err
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
