"""How a variable of the device model is written and read again, whatever its names are. OCPP 2.0.1 part 1 §4"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.domain.secrets import is_secret
from cpoctl.domain.standard_variables import OF_2
from cpoctl.domain.variables import (
    ATTRIBUTES,
    Component,
    Name,
    about,
    guarded,
    in_2,
    in_16,
    key_of,
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


PAIRS = [(known.key, known.name) for known in OF_2 if known.key and known.alike]


@pytest.mark.parametrize(("key", "name"), PAIRS)
def test_what_means_the_same_is_found_in_either_version_and_is_as_guarded_in_both(key: str, name: str) -> None:
    assert (in_16(name), in_16(name.upper()), in_16(f"{name}/Actual"), in_16(key)) == (key, key, key, key)
    assert (in_2(key), in_2(key.lower()), in_2(name)) == (name, name, name)
    assert (about(key).kind, about(key).unit) == (about(name).kind, about(name).unit)  # type: ignore[union-attr] # both known
    assert (guarded(key), is_secret(key)) == (guarded(name), is_secret(name))  # O-09: no way round a role


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        (
            "LocalAuthListMaxLength",
            "LocalAuthListCtrlr.Entries    comes closest",
        ),  # the variable counts, its limit says how many
        ("AuthorizationKey", "SecurityCtrlr.BasicAuthPassword    comes closest: its password: cpoctl charger password"),
        ("ChargingScheduleAllowedChargingRateUnit", "SmartChargingCtrlr.RateUnit"),  # Current is A there
        ("BlinkRepeat", "cpoctl help variables"),
    ],
)
def test_a_key_of_1_6_that_says_something_else_in_2_x_is_refused_with_what_comes_closest(
    name: str, nearest: str
) -> None:
    with pytest.raises(UsageProblem, match=f"nothing that says the same as {name}") as wrong:
        read(in_2(name))
    assert wrong.value.hints[0].startswith(nearest)


@pytest.mark.parametrize(
    "name",
    ["LocalAuthListCtrlr.Entries", "TxCtrlr.TxStartPoint", "EVSE:1.Power", "OCPPCommCtrlr.HeartbeatInterval/Target"],
)
def test_a_name_of_2_x_that_1_6_has_nothing_for_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem, match=r"OCPP 1\.6, which this charger speaks, has nothing that says the same as"):
        in_16(name)


def test_a_makers_own_key_with_a_dot_is_a_key() -> None:
    assert in_16("Backend.Host") == "Backend.Host"


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
