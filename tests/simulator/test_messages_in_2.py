"""The messages that chargers send in 2.0.1 and 2.1, each with a believable payload."""

from datetime import UTC, datetime

import pytest

from cpoctl.ocpp import Version
from cpoctl.simulator.messages import actions, believable, spelled
from tests.simulator.judge import faults, faults_sent

ALL = [(version, action) for version in (Version.V201, Version.V21) for action in actions(version)]


def test_all_are_there() -> None:
    assert (len(actions(Version.V201)), len(actions(Version.V21))) == (25, 37)
    assert set(actions(Version.V201)) < set(actions(Version.V21))


@pytest.mark.parametrize(("version", "action"), ALL)
def test_the_official_schema_accepts_what_is_sent_by_default(version: Version, action: str) -> None:
    payload = believable(action, "A" * 48, datetime(2026, 3, 1, 8, tzinfo=UTC), version)
    sent = action == "NotifyPeriodicEventStream"
    assert (faults_sent(action, payload) if sent else faults(action, payload, version=version)) == []


def test_a_message_is_known_in_its_own_versions() -> None:
    assert spelled("transactionevent", Version.V201) == "TransactionEvent"
    assert spelled("transactionevent") is None
    assert spelled("StartTransaction", Version.V21) is None
