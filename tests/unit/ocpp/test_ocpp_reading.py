"""What a struct holds after reading a payload that is not quite what the standard says."""

from typing import Any

import pytest

from cpoctl.ocpp.reading import read
from cpoctl.ocpp.v16 import (
    BootNotification,
    DataTransfer,
    GetConfigurationAnswer,
    KeyValue,
    LogStatusNotification,
    MeterValue,
    MeterValues,
    SampledValue,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)


def test_a_valid_payload_is_read_without_a_violation() -> None:
    payload = {"connectorId": 1, "idTag": "A", "meterStart": 5, "timestamp": "2026-01-01T00:00:00Z"}
    expected = StartTransaction(connector_id=1, id_tag="A", meter_start=5, timestamp="2026-01-01T00:00:00Z")
    assert read(StartTransaction, payload) == (expected, [])


def test_nothing_is_required() -> None:  # steve#1099, citrineos#166
    assert read(StopTransaction, {}) == (StopTransaction(), [])


def test_unknown_fields_are_ignored() -> None:
    assert read(BootNotification, {"chargePointVendor": "", "foo": {"a": 1}})[0].charge_point_vendor == ""


def test_null_is_as_good_as_missing() -> None:  # ha#432
    assert read(GetConfigurationAnswer, {"configurationKey": None, "unknownKey": None}) == (
        GetConfigurationAnswer(),
        [],
    )
    assert read(MeterValues, {"meterValue": [None, {"sampledValue": None}]})[0].meter_value == [MeterValue()]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (1.0, 1),  # F-13
        ("5", 5),
        ("1.0", 1),
        (" 7 ", 7),
        (12.7, 13),  # cp-simulator#83
        ("-1", -1),
        ("abc", "abc"),
        ("", ""),
        (1e300, "1e+300"),
        ("9223372036854775808", "9223372036854775808"),  # F-14, as frames keeps it
        ("1_000", "1_000"),
        (True, None),  # F-13
        ({"a": 1}, None),
        ([1], None),
    ],
)
def test_a_meter_reading_of_another_type_is_kept_and_flagged(sent: Any, kept: int | str | None) -> None:
    value, violations = read(StopTransaction, {"meterStop": sent, "idTag": "A"})
    assert (value.meter_stop, value.id_tag) == (kept, "A")
    assert [(each.path, each.rule) for each in violations] == [("meterStop", "type")]


def test_a_violation_shows_what_was_sent() -> None:  # F-13
    assert "true" in read(StopTransaction, {"meterStop": True})[1][0].message
    assert "12.7" in read(StopTransaction, {"meterStop": 12.7})[1][0].message


@pytest.mark.parametrize(
    ("sent", "kept"), [("3", 3), ("x", None), (str(2**70), None), (False, None), (float("nan"), None)]
)
def test_an_integer_that_no_session_depends_on_is_dropped_if_it_is_none(sent: Any, kept: int | None) -> None:
    assert read(StatusNotification, {"connectorId": sent, "status": "Available"})[0] == StatusNotification(
        connector_id=kept, status="Available"
    )


@pytest.mark.parametrize(("sent", "kept"), [(230.5, "230.5"), (230, "230"), (True, "true"), ([], None), ({}, None)])
def test_a_number_where_text_is_wanted_becomes_text(sent: Any, kept: str | None) -> None:  # OpenEVSE ha#210, mob#353
    value, violations = read(MeterValues, {"meterValue": [{"sampledValue": [{"value": sent}]}]})
    assert value.meter_value[0].sampled_value == [SampledValue(value=kept)]
    assert [each.path for each in violations] == ["meterValue[0].sampledValue[0].value"]


def test_an_object_where_a_list_is_wanted_is_wrapped() -> None:  # Huawei ha#1144
    value, violations = read(MeterValues, {"connectorId": 1, "meterValue": {"sampledValue": {"value": "1"}}})
    assert value.meter_value == [MeterValue(sampled_value=[SampledValue(value="1")])]
    assert [each.path for each in violations] == ["meterValue", "meterValue[0].sampledValue"]


def test_what_is_no_sample_is_left_out_and_the_others_stay() -> None:
    value, violations = read(MeterValues, {"meterValue": [{"sampledValue": [3, {"value": "1"}, "x"]}]})
    assert value.meter_value[0].sampled_value == [SampledValue(value="1")]
    assert len(violations) == 2


def test_a_configuration_value_of_any_type_is_kept() -> None:  # ha#1499, Scame mob#582
    keys = [{"key": "A", "readonly": "true", "value": 5}, {"key": 7, "readonly": 0, "value": False}]
    value, _ = read(GetConfigurationAnswer, {"configurationKey": keys, "unknownKey": "B"})
    assert value.configuration_key == [KeyValue("A", True, 5), KeyValue("7", False, False)]
    assert value.unknown_key == ["B"]


def test_vendor_data_is_kept_as_it_came() -> None:
    assert read(DataTransfer, {"vendorId": 1, "data": {"a": [1]}})[0] == DataTransfer(vendor_id="1", data={"a": [1]})


@pytest.mark.parametrize("payload", [None, [], "x", 5, [{"status": "Idle"}]])
def test_a_payload_that_is_no_object_reads_as_an_empty_one(payload: Any) -> None:
    value, violations = read(LogStatusNotification, payload)
    assert value == LogStatusNotification()
    assert len(violations) == 1


def test_what_a_violation_says_is_short_and_printable() -> None:
    message = read(StopTransaction, {"meterStop": "\x1b[31m" + "x" * 999})[1][0].message
    assert len(message) <= 200
    assert message.isprintable()
