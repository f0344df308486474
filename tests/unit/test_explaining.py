"""What the field knows: every note is whole, names commands that exist, and reaches the refusal that it explains."""

import json
import re
from pathlib import Path

import ocpp
import pytest
from ocpp.v201.enums import StatusInfoReasonType

from cpoctl import knowledge
from cpoctl.csms.actions import ACTIONS
from cpoctl.csms.dispatch import INBOUND
from cpoctl.domain.standard_variables import OF_16
from cpoctl.errors import Refused
from cpoctl.explaining import explain, explanation
from cpoctl.knowledge import Quirk
from cpoctl.ocpp import Version, schemas, v2, v16
from cpoctl.ocpp.settings import translated
from cpoctl.operations import Answer, accepted
from tests.house.commands import commands_in, problem_with
from tests.house.test_words import NOT_OURS

SCHEMAS = Path(ocpp.__file__).parent / "v16" / "schemas"
QUIRKS = [quirk for make in knowledge.makes() for quirk in make.quirks]
MEANINGS = knowledge.meanings()


def named(quirk: Quirk) -> str:
    """Its name in a report."""
    return f"{quirk.vendor}: {quirk.says[:40]}"


def wrong_commands(tries: tuple[str, ...]) -> list[str]:
    """What is wrong with commands that somebody may copy."""
    said = [re.split(r"\s{3,}", line)[0].replace("{charger}", "HQ-07") for line in tries]
    assert all(line.startswith("cpoctl ") for line in said)
    return [wrong for line in said for words in commands_in(line) if (wrong := problem_with(words))]


@pytest.mark.parametrize("quirk", QUIRKS, ids=named)
def test_every_quirk_cites_where_it_was_reported_and_names_commands_that_exist(quirk: Quirk) -> None:
    assert quirk.sources
    assert all(re.fullmatch(r"[\w.-]+(#\d+| \(.+\))|ha docs \(.+\)", source) for source in quirk.sources)
    assert quirk.actions or quirk.statuses or quirk.symptoms or quirk.variables
    assert wrong_commands(quirk.tries) == []
    assert not NOT_OURS.search(quirk.says)


@pytest.mark.parametrize("key", MEANINGS, ids=" ".join)
def test_every_meaning_is_of_an_action_that_exists_and_names_commands_that_exist(key: tuple[str, str]) -> None:
    action, _ = key
    assert action == "any" or schemas.judge(Version.V16, action)
    assert wrong_commands(MEANINGS[key].tries) == []
    assert not NOT_OURS.search(MEANINGS[key].means)


MEANINGS_2 = knowledge.meanings_in_2()
NAMED_2 = [key for key in MEANINGS_2 if key[0] != "reason"]


@pytest.mark.parametrize("key", MEANINGS_2, ids=" ".join)
def test_every_meaning_in_2_x_is_of_an_action_that_exists_and_names_commands_that_exist(key: tuple[str, str]) -> None:
    assert key[0] in ("any", "reason") or schemas.judge(Version.V21, key[0])
    assert wrong_commands(MEANINGS_2[key].tries) == []
    assert not NOT_OURS.search(MEANINGS_2[key].means)


assert INBOUND  # once they are loaded, it is known what only chargers ask
ASKED_IN_2 = [
    (version, action)
    for version in v2.VERSIONS
    for action in schemas.actions(version)
    if action == "DataTransfer" or action not in ACTIONS[version]
]
OF_16_ALONE = re.compile(
    r"\b(?:Remote)?St(?:op|art)Transaction|ConfigurationKey|connector 0|Preparing|Finishing"
    rf"|(?<![\w.])(?:{'|'.join(known.name for known in OF_16)})(?![\w.])"
)


@pytest.mark.parametrize(("version", "action"), ASKED_IN_2)
def test_every_no_of_2_x_is_explained_without_the_words_of_1_6(version: Version, action: str) -> None:
    schema = schemas.schema(version, action, answer=True)
    told = [part["enum"] for name, part in schema.get("definitions", {}).items() if name.endswith("StatusEnumType")]
    noes = {word for words in told for word in words} - {"Accepted", "Unlocked", "Unpublished"}
    found = {word: explanation(None, None, None, action, word, "HQ-07", version) for word in sorted(noes)}
    assert [word for word, known in found.items() if not known.why] == []
    assert [line for known in found.values() for line in known.lines if OF_16_ALONE.search(line)] == []


@pytest.mark.parametrize("code", list(StatusInfoReasonType))
def test_every_reason_of_the_standard_is_explained(code: str) -> None:  # 2.0.1 part 2 appendix 5
    assert knowledge.reason(code) is not None


def test_a_reason_stands_first_in_what_is_told_of_a_refusal() -> None:
    payload = {"status": "Rejected", "statusInfo": {"reasonCode": "TxInProgress"}}
    answer = Answer("HQ 7", 1, "Reset", payload, None, "", "", 1.0, ("Rejected: no",), ("cpoctl charger show HQ",))
    with pytest.raises(Refused) as refused:
        accepted(answer, "HQ 7")
    assert refused.value.detail["why"] == ["TxInProgress: a session is running", "Rejected: no"]
    assert refused.value.hints[0].startswith("cpoctl session list --charger 'HQ 7' --open ")


ANSWERED = [action for action in schemas.actions(Version.V16) if action not in v16.REQUESTS or action == "DataTransfer"]


@pytest.mark.parametrize("action", sorted(ANSWERED))
def test_every_no_that_the_standard_lets_a_charger_say_is_explained(action: str) -> None:
    schema = json.loads((SCHEMAS / f"{action}Response.json").read_text(encoding="utf-8"))
    status = schema.get("properties", {}).get("status", {})
    if reference := status.get("$ref"):
        status = schema["definitions"][reference.rpartition("/")[2]]
    noes = set(status.get("enum", ())) - {"Accepted", "Unlocked"}
    assert [word for word in sorted(noes) if knowledge.meaning(action, word) is None] == []


def test_a_refusal_is_told_by_the_standard_then_by_the_vendor_then_by_many_makes_then_as_commands() -> None:
    lines = explain("ABB", "Terra AC W22-T-0", "1.6.6", "SetChargingProfile", "Rejected", "HQ-07")

    assert lines[0].startswith("Rejected: the charger refuses this form of the profile")
    assert lines[1] == "known of ABB: a stack level equal to its maximum is rejected (ha#1737)"
    assert lines[2].startswith("seen of several makes: ")
    assert "cpoctl profile set HQ-07 --limit 16A --stack-level 0 --yes    the lowest level" in lines


@pytest.mark.parametrize(
    ("firmware", "shown"), [("1.8.21", True), ("1.6.6", True), ("1.8.32", False), ("2.0", False), (None, False)]
)
def test_a_quirk_of_old_firmware_is_not_told_of_newer(firmware: str | None, shown: bool) -> None:
    lines = explain("ABB", "Terra AC W22-T-0", firmware, "ChangeConfiguration", "Accepted")
    assert any("ha#1275" in line for line in lines) is shown


def test_an_unknown_make_gets_what_the_standard_and_many_makes_teach() -> None:
    lines = explain(None, None, None, "UnlockConnector", "UnlockFailed")
    assert lines[0].startswith("UnlockFailed: the lock did not open")
    assert explain("Nobody", "X", "1", "Heartbeat", "NeverHeardOf") == []


def test_a_vendor_is_known_by_its_name_whatever_its_case_or_by_its_model() -> None:
    assert any("subprotocol" in quirk.symptoms for quirk in knowledge.known("UNITED CHARGERS INC", "GRS", "5.6"))
    assert any("subprotocol" in quirk.symptoms for quirk in knowledge.known("other", "Grizzl-E Smart", ""))


def test_what_many_makes_do_is_no_quirk_of_one_of_them_but_tells_of_its_symptom() -> None:
    assert knowledge.known("Nobody", "X", "1") == []
    assert [quirk.general for quirk in knowledge.known("Metron", "X", "1", symptom="boot loop")] == [False, True]


def test_an_id_with_a_blank_is_quoted_in_the_commands() -> None:
    assert "cpoctl charger show 'HQ 7'" in "\n".join(explain(None, None, None, "Reset", "Rejected", "HQ 7"))


def test_a_charger_of_2_x_is_explained_in_its_own_words() -> None:
    refused = explanation(None, None, None, "RequestStartTransaction", "Rejected", "HQ-07", Version.V201)
    assert any(command.startswith("cpoctl var get HQ-07 AuthCtrlr.AuthorizeRemoteStart ") for command in refused.tries)
    reserved = explanation(None, None, None, "ReserveNow", "Rejected", "HQ-07", Version.V21).tries
    assert "SupportedFeatureProfiles" not in "".join(reserved)  # which 2.x has not


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("cpoctl var set {charger} HeartbeatInterval 60 --yes    sooner", "cpoctl var set {charger} OCPPCommCtrlr.HeartbeatInterval 60 --yes    sooner"),
        ("cpoctl var set {charger} WebSocketPingInterval VALUE", "cpoctl var set {charger} OCPPCommCtrlr.WebSocketPingInterval VALUE"),
        ("cpoctl var get {charger} SupportedFeatureProfiles    what it has", None),
        ("cpoctl var get {charger}    all that it has", "cpoctl var get {charger}    all that it has"),
        ("cpoctl charger show {charger}", "cpoctl charger show {charger}"),
    ],
)  # fmt: skip
def test_settings_are_told_as_the_version_calls_them(command: str, told: str | None) -> None:
    assert translated(command, Version.V21) == told
    assert translated(command, Version.V16) == command
