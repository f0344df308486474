"""Settings asked for and changed in the words of each version. OCPP 1.6 §5.3, §5.8 · OCPP 2.0.1 B05 to B08"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.domain.secrets import MASK
from cpoctl.errors import Unsupported
from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.asks import Ask, monitoring
from cpoctl.ocpp.asks.variables import Get, Report, Set, Told, fitting, reported, told
from cpoctl.ocpp.reading import read
from tests.unit.asks.cases import V16, Becomes, both, check

HEARTBEAT = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
LIMIT = {
    "component": {"evse": {"id": 1, "connectorId": 2}, "name": "Fan", "instance": "left"},
    "variable": {"name": "Speed", "instance": "low"},
}
LIMIT_NAME = "Fan[left]:1.2.Speed[low]/MaxSet"

WORDS = sorted(
    {"key", "value", "readonly", "component", "variable", "name", "instance", "evse", "id", "connectorId"}
    | {"attributeStatus", "attributeValue", "attributeType", "variableAttribute", "variableCharacteristics"}
    | {"type", "mutability", "unit", "maxLimit", "reportData", "getVariableResult", "monitor", "variableMonitoring"}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(["Actual", "EVSE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=15,
)

CASES: list[tuple[Ask, Becomes]] = [
    (Get(names=["A", "B"]), {V16: ("GetConfiguration", {"key": ["A", "B"]})}),
    (Set(name="A", value="1"), {V16: ("ChangeConfiguration", {"key": "A", "value": "1"})}),
    (
        Get(names=["OCPPCommCtrlr.HeartbeatInterval", LIMIT_NAME]),
        both("GetVariables", {"getVariableData": [HEARTBEAT, {"attributeType": "MaxSet", **LIMIT}]}),
    ),
    (
        Set(name=LIMIT_NAME, value="80"),
        both("SetVariables", {"setVariableData": [{"attributeType": "MaxSet", "attributeValue": "80", **LIMIT}]}),
    ),
    (
        Report(request_id=7),
        {V16: ("GetConfiguration", {}), **both("GetBaseReport", {"requestId": 7, "reportBase": "FullInventory"})},
    ),
    (
        Report(request_id=7, base="configuration"),
        {
            V16: ("GetConfiguration", {}),
            **both("GetBaseReport", {"requestId": 7, "reportBase": "ConfigurationInventory"}),
        },
    ),
    (
        Report(request_id=7, base="summary"),
        both("GetBaseReport", {"requestId": 7, "reportBase": "SummaryInventory"}),
    ),
    (
        Report(request_id=7, components=["EVSE:1", "OCPPCommCtrlr.HeartbeatInterval"], criteria=["problem"]),
        both(
            "GetReport",
            {
                "componentVariable": [{"component": {"evse": {"id": 1}, "name": "EVSE"}}, HEARTBEAT],
                "requestId": 7,
                "componentCriteria": ["Problem"],
            },
        ),
    ),
]


@pytest.mark.parametrize(("ask", "becomes"), [case for case in CASES if V16 in case[1] and len(case[1]) == 3])
def test_what_every_version_has(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


@pytest.mark.parametrize(
    ("ask", "version"), [(ask, version) for ask, becomes in CASES if len(becomes) < 3 for version in becomes]
)
def test_each_version_names_variables_in_its_own_way(ask: Ask, version: Version) -> None:
    becomes = next(told for asked, told in CASES if asked is ask)
    request = ask.request(version)
    assert (request.action, request.payload) == becomes[version]


@pytest.mark.parametrize(
    "ask", [ask for ask, _ in CASES if isinstance(ask, Report) and (ask.base == "summary" or ask.components)]
)
def test_1_6_cannot_be_asked_for_a_part(ask: Ask) -> None:
    with pytest.raises(Unsupported) as lacking:
        ask.request(V16)
    assert lacking.value.detail["needs"] == ["2.0.1", "2.1"]


def test_no_more_names_are_asked_for_at_once_than_fit() -> None:  # B06
    names = [f"Part{number}.Name" for number in range(50)]
    assert fitting(names, 20, None, Version.V201) == names[:20]
    few = fitting(names, None, 1000, Version.V201)
    assert 5 < len(few) < 20
    assert fitting(names, None, 10, Version.V201) == names[:1]


def test_an_answer_of_2_x_tells_values_and_why_there_are_none() -> None:
    results = [
        {"attributeStatus": "Accepted", "attributeValue": "300", **HEARTBEAT},
        {"attributeStatus": "UnknownVariable", **LIMIT},
        {"attributeStatus": "Rejected", "attributeStatusInfo": {"reasonCode": "WriteOnly"},
         "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}},
        {"attributeStatus": "Accepted", "attributeType": "MinSet", "attributeValue": True, **HEARTBEAT},
        {"attributeStatus": "Accepted", "component": None}, "x",
    ]  # fmt: skip
    one, two, three, four = told({"getVariableResult": results})
    assert one == Told(name="OCPPCommCtrlr.HeartbeatInterval", component="OCPPCommCtrlr", value="300")
    assert (two.known, two.why) == (False, "UnknownVariable")
    assert (three.known, three.value, three.why) == (True, None, "Rejected: WriteOnly")
    assert (four.name, four.value) == ("OCPPCommCtrlr.HeartbeatInterval/MinSet", "true")


@given(JSON)
def test_whatever_a_charger_answers_and_reports_is_read(sent: Any) -> None:
    named = {
        "configurationKey": sent,
        "unknownKey": sent,
        "getVariableResult": sent,
        "reportData": sent,
        "monitor": sent,
    }
    payload = sent if isinstance(sent, dict) else named
    names = [each.name for each in told(payload)]
    names += [each.name for each in reported(read(v2.NotifyReport, payload)[0])]
    list(monitoring.reported(read(v2.NotifyMonitoringReport, payload)[0]))
    assert all(isinstance(name, str) for name in names)


def test_a_secret_is_told_by_no_answer_and_no_report() -> None:
    password = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    (answered,) = told(
        {"getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": "hunter2", **password}]}
    )
    report = {"reportData": [{**password, "variableAttribute": [{"value": "hunter2", "mutability": "WriteOnly"}]}]}
    (told_in_report,) = reported(read(v2.NotifyReport, report)[0])
    assert answered.value == told_in_report.value == MASK
    assert told_in_report.mutability == "WriteOnly"
