"""Sessions as each version is asked for them. OCPP 1.6 §5.11, §5.12 · OCPP 2.0.1 F01 to F04, E14, I02"""

import pytest

from cpoctl.errors import Unsupported, UsageProblem
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.sessions import AskStatus, Start, Stop, TellCost
from cpoctl.ocpp.asks.tokens import group, token
from tests.unit.asks.cases import V16, V21, V201, Becomes, both, check

CASES: list[tuple[Ask, Becomes]] = [
    (
        Start(tag="ANNA-K", remote_start_id=7, evse_id=2),
        {
            V16: ("RemoteStartTransaction", {"connectorId": 2, "idTag": "ANNA-K"}),
            **both(
                "RequestStartTransaction",
                {"evseId": 2, "idToken": {"idToken": "ANNA-K", "type": "Central"}, "remoteStartId": 7},
            ),
        },
    ),
    (
        Start(tag="04A1B2C3", remote_start_id=7),
        {
            V16: ("RemoteStartTransaction", {"idTag": "04A1B2C3"}),
            **both(
                "RequestStartTransaction",
                {"idToken": {"idToken": "04A1B2C3", "type": "ISO14443"}, "remoteStartId": 7},
            ),
        },
    ),
    (
        Stop(transaction_id="4711"),
        {
            V16: ("RemoteStopTransaction", {"transactionId": 4711}),
            **both("RequestStopTransaction", {"transactionId": "4711"}),
        },
    ),
    (AskStatus(), both("GetTransactionStatus", {})),
    (AskStatus(transaction_id="tx-1"), both("GetTransactionStatus", {"transactionId": "tx-1"})),
    (TellCost(transaction_id="tx-1", total=3.5), both("CostUpdated", {"totalCost": 3.5, "transactionId": "tx-1"})),
]


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


SCHEDULE = {"id": 9, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}]}


def profile(purpose: str, **more: object) -> dict[str, object]:
    """A kept profile."""
    return {
        "id": 9, "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Relative",
        "chargingSchedule": [SCHEDULE], **more,
    }  # fmt: skip


@pytest.mark.parametrize(("version", "number"), [(V16, "chargingProfileId"), (V201, "id"), (V21, "id")])
@pytest.mark.parametrize("purpose", ["TxProfile", "TxDefaultProfile"])
def test_a_profile_goes_along_as_that_of_the_session_in_the_words_of_the_version(
    version: Version, number: str, purpose: str
) -> None:  # 1.6 §5.11, F01.FR.08
    ask = Start(tag="ANNA-K", remote_start_id=7, profile=profile(purpose, transactionId="42"))
    payload = ask.request(version).payload
    assert not isinstance(payload, str)
    told = payload["chargingProfile"]
    assert (told[number], told["chargingProfilePurpose"], "transactionId" in told) == (9, "TxProfile", False)
    assert schemas.judge(version, ask.request(version).action).violations(payload) == []  # type: ignore[union-attr] # it has it


@pytest.mark.parametrize("version", [V16, V201, V21])
def test_a_profile_that_cannot_be_that_of_a_session_is_refused_before_anything_is_sent(version: Version) -> None:
    ask = Start(tag="ANNA-K", remote_start_id=7, profile=profile("ChargingStationMaxProfile"))
    with pytest.raises(UsageProblem, match="charge-point-max cannot be that of a session"):
        ask.request(version)


@pytest.mark.parametrize(
    ("tag", "kind", "type_"),
    [
        ("04A1B2C3", None, "ISO14443"),
        ("04a1b2c3d4e5f6", None, "ISO14443"),
        ("04A1B2C3D4E5F6071829", None, "ISO14443"),
        ("04A1B2C3D4E5F607", None, "Central"),  # 8 bytes: no ISO 14443 card has so many
        ("VID:0C1D2E3F4A5B", None, "Central"),
        ("0C1D2E3F4A5B", "MacAddress", "MacAddress"),
    ],
)
def test_a_tag_is_of_the_kind_that_it_looks_like_unless_somebody_says_otherwise(
    tag: str, kind: str | None, type_: str
) -> None:
    assert token(tag, kind) == {"idToken": tag, "type": type_}


def test_a_group_is_no_card() -> None:
    assert group("04A1B2C3") == {"idToken": "04A1B2C3", "type": "Central"}
    assert group(None) is None


def test_a_transaction_with_a_name_cannot_be_stopped_in_1_6() -> None:
    with pytest.raises(Unsupported, match="has a name"):
        Stop(transaction_id="6f9a2c1e").request(V16)
