"""When two values of a variable say the same, what a name may have meant, and what is read as a snapshot."""

import pytest

from cpoctl.domain import snapshots
from cpoctl.domain.variables import about, guarded, meant, same
from cpoctl.errors import UsageProblem


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("AuthorizationCacheEnabled", "true", "TRUE"),
        ("MeterValuesSampledData", "Voltage,SoC", "SoC, Voltage"),
        ("ConnectorPhaseRotation", "1.RST,2.RTS", "2.RTS, 1.RST"),
        ("HeartbeatInterval", "0300", " 300"),
        ("heartbeatinterval", "300", "300"),
        ("VendorSwitch", "True", "true"),
        ("CpoName", None, None),
    ],
)
def test_values_that_say_the_same(name: str, one: str | None, other: str | None) -> None:
    assert same(name, one, other)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("MeterValuesSampledData", "Voltage", "Voltage,SoC"),
        ("HeartbeatInterval", "300", "-300"),
        ("HeartbeatInterval", "300", "three hundred"),
        ("CpoName", "Acme", "acme"),
        ("VendorList", "a,b", "b,a"),
        ("CpoName", "", None),
    ],
)
def test_values_that_differ(name: str, one: str | None, other: str | None) -> None:
    assert not same(name, one, other)


def test_a_typing_error_gets_the_nearest_name_of_the_standard_or_of_the_charger() -> None:
    assert meant("HeartbeatIntervall") == " (did you mean HeartbeatInterval?)"
    assert meant("LedBrightnes", ["LedBrightness"]) == " (did you mean LedBrightness?)"
    assert meant("heartbeatinterval") == meant("Zzz") == ""


def test_a_variable_of_the_standard_is_known_with_its_type_unit_and_access() -> None:
    known = about("meterValueSampleInterval")
    assert known is not None
    assert (known.name, known.kind, known.unit, known.access) == ("MeterValueSampleInterval", "integer", "s", "RW")


@pytest.mark.parametrize(
    "text",
    [
        '{"charger_id": "HQ-07", "variables": [{"name": "A", "value": "1"}, {"name": "B", "value": "true"}]}',
        '[{"name": "A", "value": "1"}, {"name": "B", "value": "true"}]',
        '{"configurationKey": [{"key": "A", "readonly": false, "value": "1"}, {"key": "B", "value": true}]}',
        '{"A": 1, "B": true}',
        'A = "1"\nB = true\n',
        '[variables]\nA = 1\nB = "true"\n',
    ],
)
def test_a_snapshot_is_read_in_every_form_somebody_may_have(text: str) -> None:
    assert snapshots.read(text) == {"A": "1", "B": "true"}


def test_a_name_with_a_dot_needs_no_quotes_in_toml() -> None:
    text = 'OCPPCommCtrlr.HeartbeatInterval = 300\n"EVSE:1.Power/MaxSet" = "11000"\n'
    assert snapshots.read(text) == {"OCPPCommCtrlr.HeartbeatInterval": "300", "EVSE:1.Power/MaxSet": "11000"}


def test_a_list_in_a_snapshot_is_a_list_of_the_standard() -> None:
    assert snapshots.read('MeterValuesSampledData = ["Voltage", "SoC"]') == {"MeterValuesSampledData": "Voltage,SoC"}


@pytest.mark.parametrize("text", ["", "{", "[1]", "A = {", '{"A": {}}', "[]", "just words", '{"variables": [{}]}'])
def test_what_is_no_snapshot_is_refused_with_how_to_make_one(text: str) -> None:
    with pytest.raises(UsageProblem, match="no snapshot") as refused:
        snapshots.read(text)
    assert "var snapshot" in refused.value.hints[0]


@pytest.mark.parametrize(
    ("name", "is_guarded"),
    [
        ("SecurityProfile", True), ("CentralSystemURL", True), ("centralSystemAddress", True), ("ServerUrl", True),
        ("OcppEndpoint", True), ("Backend.Host", True), ("HeartbeatInterval", False), ("WebSocketPingInterval", False),
        ("SupportedFileTransferProtocols", False), ("LedColour", False),
    ],
)  # fmt: skip
def test_what_repoints_a_charger_is_guarded_whatever_its_maker_calls_it(name: str, is_guarded: bool) -> None:
    assert guarded(name) is is_guarded
