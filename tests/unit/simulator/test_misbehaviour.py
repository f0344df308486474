"""The words that tell a simulated charger how to misbehave."""

import pytest

from cpoctl.ocpp import Version, schemas
from cpoctl.simulator import charger_ids
from cpoctl.simulator.answers import actions
from cpoctl.simulator.misbehaving import Kind, Misbehaviour, assigned, no, read, towards, yes


def test_a_rule_is_an_action_and_a_kind() -> None:
    assert read("Reset=reject, unlockconnector=delay:2.5,*=drop") == {
        "Reset": Misbehaviour(Kind.REJECT),
        "UnlockConnector": Misbehaviour(Kind.DELAY, 2.5),
        "*": Misbehaviour(Kind.DROP),
    }


def test_no_words_are_no_rules() -> None:
    assert read("") == {}


def test_late_is_longer_than_anybody_waits() -> None:
    assert read("*=late")["*"].seconds > 30
    assert read("*=late:0.1")["*"].seconds == 0.1


def test_an_action_of_its_own_comes_before_the_star() -> None:
    rules = read("*=drop,Reset=lie")
    assert towards(rules, "Reset") == Misbehaviour(Kind.LIE)
    assert towards(rules, "ClearCache") == Misbehaviour(Kind.DROP)
    assert towards(read("Reset=lie"), "ClearCache") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Reset", "'Reset' is not ACTION=KIND, such as Reset=reject"),
        ("Rest=reject", "OCPP has no action Rest (did you mean Reset?)"),
        ("Reset=rejct", "rejct is none of reject, error, delay, late, drop, twice, lie (did you mean reject?)"),
        (
            "Reset=half",
            "half is about a file: it goes with one of GetDiagnostics, GetLog, UpdateFirmware, SignedUpdateFirmware,"
            " PublishFirmware",
        ),
        ("Reset=delay", "delay needs seconds, as in delay:5"),
        ("Reset=delay:soon", "soon is not a number of seconds from 0 to 3600"),
        ("Reset=delay:nan", "nan is not a number of seconds from 0 to 3600"),
        ("Reset=drop:5", "drop takes no seconds"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".+") as told:
        read(text)
    assert str(told.value) == why


@pytest.mark.parametrize("action", sorted(actions()))
def test_every_no_and_yes_is_a_status_of_the_standard(action: str) -> None:
    judge = schemas.judge(Version.V16, action, answer=True)
    assert judge is not None
    for word in filter(None, (no(action), yes(action))):
        if action != "GetInstalledCertificateIds":  # an Accepted names certificates, but the schema lets it not
            assert judge.valid({"status": word})


def test_the_no_is_the_one_of_the_action() -> None:
    told = {action: no(action) for action in ("Reset", "UnlockConnector", "SendLocalList", "ClearChargingProfile")}
    assert told == {
        "Reset": "Rejected",
        "UnlockConnector": "NotSupported",
        "SendLocalList": "NotSupported",
        "ClearChargingProfile": "Unknown",
    }
    assert no("GetConfiguration") is None  # its answer has no status
    assert yes("UnlockConnector") == "Unlocked"


def test_a_share_of_a_fleet_misbehaves_the_same_way_for_the_same_seed() -> None:
    ids = charger_ids(200)
    chosen = assigned(ids, 0.05, "", seed=3)
    assert len(chosen) == 10
    assert chosen == assigned(ids, 0.05, "", seed=3)
    assert chosen.keys() != assigned(ids, 0.05, "", seed=4).keys()
    assert all(read(rules) for rules in chosen.values())


def test_with_rules_the_chosen_share_follows_them() -> None:
    assert set(assigned(charger_ids(10), 0.5, "Reset=drop", seed=1).values()) == {"Reset=drop"}
