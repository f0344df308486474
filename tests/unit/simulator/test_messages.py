"""The messages that chargers send, each with a believable payload. OCPP 1.6 §4, whitepaper §5"""

from datetime import UTC, datetime

import pytest

from cpoctl.simulator.messages import actions, believable, spelled
from tests.simulator.judge import faults
from tests.unit.simulator.test_simulated_answers import FROM_CHARGERS


def test_all_fourteen_are_there() -> None:
    assert {*actions()} == FROM_CHARGERS | {"DataTransfer"}
    assert len(actions()) == 14


@pytest.mark.parametrize("action", actions())
def test_the_official_schema_accepts_what_is_sent_by_default(action: str) -> None:
    payload = believable(action, "A" * 48, datetime(2026, 3, 1, 8, tzinfo=UTC))
    assert faults(action, payload) == []


def test_case_does_not_matter() -> None:
    assert spelled("heartbeat") == "Heartbeat"
    assert spelled("Heartbeet") is None
