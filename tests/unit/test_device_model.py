"""How a variable of the device model is written and read again, whatever its names are. OCPP 2.0.1 part 1 §4"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.domain.variables import (
    ATTRIBUTES,
    Component,
    Name,
    about,
    guarded,
    key_of,
    must_be_key,
    read,
    read_part,
    same,
)
from cpoctl.errors import UsageProblem

WORDS = st.text(st.characters(), min_size=1, max_size=12) | st.sampled_from(["A.B", "1", "%41", "[x]", "a/Target", " "])
NUMBERS = st.none() | st.integers(0, 10**9 - 1)
COMPONENTS = st.builds(
    lambda name, of, evse, connector: Component(name, of, evse, connector if evse is not None else None),
    WORDS, st.none() | WORDS, NUMBERS, NUMBERS,
)  # fmt: skip
MODEL = st.builds(Name, COMPONENTS, WORDS, st.none() | WORDS, st.sampled_from(ATTRIBUTES))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("OCPPCommCtrlr.HeartbeatInterval", Name(Component("OCPPCommCtrlr"), "HeartbeatInterval")),
        ("EVSE:1.Power/MaxSet", Name(Component("EVSE", None, 1), "Power", None, "MaxSet")),
        ("Connector:1.2.AvailabilityState", Name(Component("Connector", None, 1, 2), "AvailabilityState")),
        ("Fan[left]:2.Speed[low]/target", Name(Component("Fan", "left", 2), "Speed", "low", "Target")),
        ("EVSE:1.2", Name(Component("EVSE", None, 1), "2")),
        ("Fan[v1.0].Speed", Name(Component("Fan", "v1.0"), "Speed")),
    ],
)
def test_a_variable_is_named_by_component_place_instance_and_attribute(text: str, name: Name) -> None:
    assert read(text) == name


@given(MODEL)
def test_every_name_is_read_as_it_was_written_and_can_be_seen(name: Name) -> None:
    assert read(str(name)) == name
    assert str(name).isprintable()


@given(st.text(max_size=60) | st.from_regex(r"[A-C%:.\[\]/0-9]{1,20}", fullmatch=True))
def test_any_text_is_a_name_with_one_spelling_or_is_refused(text: str) -> None:
    try:
        name = read(text)
    except UsageProblem as problem:
        assert problem.hints
    else:
        assert read(str(name)) == name


@pytest.mark.parametrize("text", ["SecurityCtrlr.BasicAuth%50assword", "A%2.B", "A.B%FF", "A.B/%54arget"])
def test_nothing_is_escaped_that_needs_not_be_so_that_no_secret_hides(text: str) -> None:
    with pytest.raises(UsageProblem):
        read(text)


def test_a_part_may_be_a_component_alone() -> None:
    assert read_part("Connector:1.2") == (Component("Connector", None, 1, 2), None)
    assert read_part("EVSE:1.Power") == (Component("EVSE", None, 1), ("Power", None))


@pytest.mark.parametrize(
    ("wanted", "has"), [("EVSE", True), ("evse:1", True), ("EVSE:2", False), ("Connector:1", False), ("EVSE[a]", False)]
)
def test_what_a_component_leaves_out_means_any(wanted: str, has: bool) -> None:
    assert read_part(wanted)[0].has(Component("EVSE", None, 1)) is has


def test_a_key_of_1_6_on_a_charger_of_2_x_is_refused_with_its_name_there() -> None:
    with pytest.raises(UsageProblem, match=r"called SampledDataCtrlr\.TxUpdatedInterval in OCPP 2") as wrong:
        read("MeterValueSampleInterval")
    assert wrong.value.hints[0].startswith("SampledDataCtrlr.TxUpdatedInterval ")


@pytest.mark.parametrize("name", ["TxCtrlr.EVConnectionTimeOut", "txctrlr.evconnectiontimeout/Actual"])
def test_a_name_of_2_x_on_a_charger_of_1_6_is_refused_with_its_key_there(name: str) -> None:
    with pytest.raises(UsageProblem, match="called ConnectionTimeOut"):
        must_be_key(name)


def test_a_makers_own_key_with_a_dot_is_a_key() -> None:
    assert must_be_key("Backend.Host") == "Backend.Host"


@pytest.mark.parametrize(
    ("name", "is_guarded"),
    [
        ("SecurityCtrlr.SecurityProfile", True),
        ("securityctrlr.identity/Target", True),
        ("OCPPCommCtrlr.NetworkConfigurationPriority", True),
        ("NetworkConfiguration[1].OcppCsmsUrl", True),
        ("NetworkConfiguration[2].SecurityProfile", True),
        ("Acme.CsmsUrl", True),
        ("ClockCtrlr.NtpServerUri", False),
        ("OCPPCommCtrlr.HeartbeatInterval", False),
    ],
)
def test_what_repoints_a_charger_of_2_x_is_guarded(name: str, is_guarded: bool) -> None:
    assert guarded(name) is is_guarded


def test_the_standard_is_known_whatever_the_place_the_instance_and_the_attribute() -> None:
    for name in ("EVSE:3.Power/MaxSet", "evse.power"):
        known = about(name)
        assert known is not None
        assert known.unit == "W"
    attempts = about("OCPPCommCtrlr.MessageAttempts[TransactionEvent]")
    assert attempts is not None
    assert attempts.key == "TransactionMessageAttempts"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", "TransactionMessageAttempts"),
        ("OCPPCommCtrlr.MessageAttempts[BootNotification]", "OCPPCommCtrlr.MessageAttempts[BootNotification]"),
        ("sampleddatactrlr.txupdatedinterval", "MeterValueSampleInterval"),
        ("SampledDataCtrlr.TxUpdatedInterval/MaxSet", "SampledDataCtrlr.TxUpdatedInterval/MaxSet"),
        ("HeartbeatInterval", "HeartbeatInterval"),
    ],
)
def test_what_1_6_calls_what_a_variable_holds(name: str, key: str) -> None:
    assert key_of(name) == key


def test_values_of_2_x_say_the_same_as_those_of_1_6_do() -> None:
    assert same("SampledDataCtrlr.TxUpdatedMeasurands", "Voltage,SoC", "SoC, Voltage")
    assert not same("ClockCtrlr.TimeSource", "NTP,Heartbeat", "Heartbeat,NTP")
