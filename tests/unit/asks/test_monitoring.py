"""What a charger is to watch, and which values it sends by themselves. OCPP 2.0.1 N02 to N06 · OCPP 2.1 N11 to N15"""

from typing import Any

import pytest

from cpoctl.errors import Unsupported, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.monitoring import ClearMonitors, GetMonitors, SetBase, SetLevel, SetMonitor
from cpoctl.ocpp.asks.streams import AdjustStream, GetStreams, opened
from tests.unit.asks.cases import V21, V201, Becomes, both, check

POWER = {"component": {"evse": {"id": 1}, "name": "EVSE"}, "variable": {"name": "Power"}}


def watched(**more: Any) -> dict[str, Any]:
    """A SetVariableMonitoring."""
    return {"setMonitoringData": [{**more, **POWER}]}


CASES: list[tuple[Ask, Becomes]] = [
    (
        SetMonitor(name="EVSE:1.Power", kind="upper", value=11000, severity=4),
        both("SetVariableMonitoring", watched(value=11000, type="UpperThreshold", severity=4)),
    ),
    (
        SetMonitor(name="EVSE:1.Power", kind="clock-aligned", value=60, severity=8, transaction=True, monitor_id=3),
        both(
            "SetVariableMonitoring", watched(id=3, transaction=True, value=60, type="PeriodicClockAligned", severity=8)
        ),
    ),
    (
        SetMonitor(name="EVSE:1.Power", kind="target-delta", value=5, severity=8, stream_interval=60, stream_values=10),
        {
            V21: (
                "SetVariableMonitoring",
                watched(periodicEventStream={"interval": 60, "values": 10}, value=5, type="TargetDelta", severity=8),
            )
        },
    ),
    (ClearMonitors(monitor_ids=[3, 4]), both("ClearVariableMonitoring", {"id": [3, 4]})),
    (GetMonitors(request_id=7), both("GetMonitoringReport", {"requestId": 7})),
    (
        GetMonitors(request_id=7, components=["EVSE:1.Power"], criteria=["threshold", "delta"]),
        both(
            "GetMonitoringReport",
            {
                "componentVariable": [POWER],
                "requestId": 7,
                "monitoringCriteria": ["ThresholdMonitoring", "DeltaMonitoring"],
            },
        ),
    ),
    (SetBase(base="factory-default"), both("SetMonitoringBase", {"monitoringBase": "FactoryDefault"})),
    (SetLevel(severity=5), both("SetMonitoringLevel", {"severity": 5})),
    (GetStreams(), {V21: ("GetPeriodicEventStream", {})}),
    (
        AdjustStream(stream_id=1, interval=60),
        {V21: ("AdjustPeriodicEventStream", {"id": 1, "params": {"interval": 60}})},
    ),
]


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_in_the_words_of_each_version(ask: Ask, becomes: Becomes) -> None:
    if isinstance(ask, SetMonitor) and V201 not in becomes:
        with pytest.raises(Unsupported, match="no monitor of the type target-delta"):
            ask.request(V201)
        assert (ask.request(V21).action, ask.request(V21).payload) == becomes[V21]
    else:
        check(ask, becomes)


def test_2_0_1_streams_no_values() -> None:
    with pytest.raises(Unsupported, match="streams no values") as lacking:
        SetMonitor(name="EVSE:1.Power", kind="upper", value=1, severity=8, stream_values=3).request(V201)
    assert lacking.value.detail["needs"] == ["2.1"]


def test_only_what_a_variable_holds_can_be_watched() -> None:
    with pytest.raises(UsageProblem, match="can be watched") as wrong:
        SetMonitor(name="EVSE:1.Power/MaxSet", kind="upper", value=1, severity=8).request(Version.V21)
    assert wrong.value.hints[0].startswith("EVSE:1.Power ")


@pytest.mark.parametrize("listed", [None, "x", [None], [{}], [{"id": "x"}], [{"params": {}}]])
def test_an_answer_without_streams_tells_none(listed: Any) -> None:
    assert opened({"constantStreamData": listed}) == []
