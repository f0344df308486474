"""Frames in words: what a technician learns of a pasted frame."""

import json
from typing import Any

import pytest

from cpoctl import knowledge
from cpoctl.errors import CheckFailed, NotFound, UsageProblem
from cpoctl.ocpp import Version, schemas
from cpoctl.operations.ocpp.decode import Decode, DecodedRow

STATUS = {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted", "timestamp": "2026-11-23T10:00:00Z"}
EVENT = {
    "eventType": "Ended",
    "timestamp": "2026-11-23T10:00:00Z",
    "triggerReason": "StopAuthorized",
    "seqNo": 4,
    "transactionInfo": {"transactionId": "ab", "stoppedReason": "SOCLimitReached"},
}


def decoded(*frames: Any, **more: Any) -> list[DecodedRow]:
    """The frames in words; those that break the standard as well."""
    text = "\n".join(frame if isinstance(frame, str) else json.dumps(frame) for frame in frames)
    try:
        return Decode(frames=text, **more).run_local(None)  # type: ignore[arg-type] # it needs no database
    except CheckFailed as error:
        rows: list[DecodedRow] = error.detail["rows"]
        return rows


def means(row: DecodedRow) -> dict[str, str | None]:
    """What each field means."""
    return {field.field: field.means for field in row.fields}


def test_a_call_is_told_in_words() -> None:
    (row,) = decoded([2, "17", "StatusNotification", STATUS])
    assert (row.kind, row.action, row.sender, row.version) == ("Call", "StatusNotification", "charger", "1.6")
    assert row.says == "the charger tells the status of a connector"
    assert (row.valid, row.message_id, row.violations) == (True, "17", [])
    told = means(row)
    assert str(told["errorCode"]).startswith("a current leaks to earth")
    assert told["status"] == "broken: errorCode and info say more"
    assert "2026-11-23 " in str(told["timestamp"])


def test_an_answer_is_read_by_its_call_and_told_from_the_other_side() -> None:
    call, answer = decoded([2, "u1", "UnlockConnector", {"connectorId": 1}], [3, "u1", {"status": "NotSupported"}])
    assert (call.sender, answer.sender, answer.call, answer.action) == ("csms", "charger", 1, "UnlockConnector")
    assert "no lock" in str(means(answer)["status"])


def test_an_id_that_is_used_again_belongs_to_the_call_before_it() -> None:
    rows = decoded([2, "1", "Heartbeat", {}], [3, "1", {"currentTime": "2026-11-23T10:00:00Z"}],
                   [2, "1", "ClearCache", {}], [3, "1", {"status": "Accepted"}])  # fmt: skip
    assert [row.call for row in rows] == [None, 1, None, 3]
    assert all(row.valid for row in rows)


def test_an_answer_without_its_call_is_judged_by_the_action_that_is_said() -> None:
    frame = [3, "17", {"status": "Rejected"}]
    (alone,) = decoded(frame)
    assert (alone.action, alone.valid, alone.says) == (None, None, "an answer; --action says to what")
    (known,) = decoded(frame, action="UnlockConnector")
    assert (known.valid, known.version) == (False, "1.6")
    assert known.violations[0].path == "status"
    with pytest.raises(NotFound, match="UnlockConnector"):
        decoded(frame, action="UnlockConector")


@pytest.mark.parametrize(
    ("frames", "versions"),
    [
        ([[2, "1", "Heartbeat", {}]], ["1.6"]),
        ([[2, "1", "TransactionEvent", EVENT]], ["2.0.1"]),
        ([[2, "1", "TransactionEvent", EVENT], [2, "2", "Heartbeat", {}]], ["2.0.1", "2.0.1"]),
        ([[2, "1", "BatterySwap", {}]], ["2.1"]),
        ([[6, "1", "NotifyPeriodicEventStream", {}]], ["2.1"]),
        ([[2, "1", "Reset", {"type": "OnIdle"}], [2, "2", "Reset", {"type": "Hard"}]], ["2.0.1", "1.6"]),
        ([[2, "1", "GetLog", {}], [3, "1", {"status": "Accepted", "statusInfo": {"reasonCode": "x"}}]], ["2.0.1"] * 2),
        (['[2,"1","StartTransaction",{"connectorId"'], ["1.6"]),
    ],
)
def test_the_version_is_the_one_that_fits(frames: list[Any], versions: list[str]) -> None:
    assert [row.version for row in decoded(*frames)] == versions


def test_the_version_may_be_said() -> None:
    (row,) = decoded([2, "1", "TransactionEvent", EVENT], ocpp="1.6")
    assert (row.version, row.valid) == ("1.6", False)
    assert "OCPP 2.0.1 and 2.1 have it" in row.violations[0].message


def test_what_breaks_the_schema_is_told_as_validate_tells_it() -> None:
    (row,) = decoded([2, "1", "StatusNotification", {"connectorId": "1", "errorCode": "NoError", "more": 1}])
    assert {(each.path, each.rule) for each in row.violations} == {
        ("connectorId", "type"), ("status", "required"), ("more", "additionalProperties"),
    }  # fmt: skip


def test_the_session_of_a_newer_charger_is_told_in_words() -> None:
    told = means(decoded([2, "1", "TransactionEvent", EVENT])[0])
    assert told["eventType"] == "the session is over"
    assert told["transactionInfo.stoppedReason"] == "the battery is as full as was wanted"
    assert told["triggerReason"] == "a tag ended it"


def test_a_field_that_we_have_no_word_for_is_told_in_the_words_of_the_schema() -> None:
    log = {"requestId": 1, "logType": "SecurityLog", "log": {"remoteLocation": "ftp://x"}}
    told = means(decoded([2, "1", "GetLog", log], ocpp="2.0.1")[0])
    assert "URL" in str(told["log.remoteLocation"])


def test_samples_and_limits_have_their_units() -> None:
    samples = [{"value": "12500"}, {"value": "16", "measurand": "Current.Import", "phase": "L1", "unit": "A"}]
    meter = {"connectorId": 1, "meterValue": [{"timestamp": "2026-11-23T10:00:00Z", "sampledValue": samples}]}
    schedule = {
        "chargingRateUnit": "W",
        "duration": 3600,
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000}],
    }
    readings, profile, start = decoded(
        [2, "1", "MeterValues", meter],
        [2, "2", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": {"chargingSchedule": schedule}}],
        [
            2,
            "3",
            "StartTransaction",
            {"connectorId": 1, "idTag": "A", "meterStart": 12500, "timestamp": "2026-11-23T10:00"},
        ],
    )
    assert [field.value for field in readings.fields[-2:]] == ["12500 Wh", "16 A"]
    assert readings.fields[-1].means == "Current.Import L1"
    assert str(profile.fields[-1].means).endswith("11000 W")
    assert str(means(start)["meterStart"]).endswith("12.5 kWh")
    assert "names no zone" in str(means(start)["timestamp"])


def test_an_error_of_a_charger_is_explained() -> None:
    _, row = decoded([2, "1", "Reset", {"type": "Hard"}], [4, "1", "NotImplemented", "no", {"a": {"b": 1}}])
    assert (row.kind, row.action, row.sender, row.valid) == ("CallError", "Reset", "charger", True)
    assert "does not know the action" in str(row.fields[0].means)
    assert [field.field for field in row.fields] == ["errorCode", "errorDescription", "errorDetails.a.b"]
    (strange,) = decoded([4, "1", "Oops", "", {}])
    assert (strange.valid, strange.violations[0].rule) == (False, "enum")


def test_what_had_to_be_tolerated_or_cannot_be_read_is_told() -> None:
    numeric, broken = decoded('[2,17,"Heartbeat",{}]', 'got [2,"18","Heartbeat",{')
    assert (numeric.message_id, numeric.valid, numeric.violations[0].rule) == ("17", False, "numeric_message_id")
    assert (broken.kind, broken.message_id, broken.before) == ("Unreadable", "18", "got")
    assert broken.violations[0].rule == "frame"


@pytest.mark.parametrize("payload", [[], "x", 1, None, {"a": []}, {"a": {}}, {"": {"": None}}])
def test_whatever_is_in_it_it_is_told(payload: Any) -> None:
    for frame in ([3, "1", payload], [2, "1", "Authorize", payload], [4, "1", "E", "d", payload]):
        assert len(decoded(frame, action="Authorize")) == 1


def test_a_text_without_frames_is_refused() -> None:
    with pytest.raises(UsageProblem, match="no frame is in this text"):
        decoded("nothing")


@pytest.mark.parametrize("version", Version)
def test_every_action_is_explained(version: Version) -> None:
    assert [name for name in schemas.every(version) if not knowledge.word("action", name)] == []
