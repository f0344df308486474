"""What is told of rows before something is done to them: never a number alone."""

from datetime import UTC, datetime

from cpoctl.clock import stored
from cpoctl.domain.alerts import Alert
from cpoctl.domain.fleet import LiveFleet
from cpoctl.tui.actions import ALERT, CHARGER, Subject
from cpoctl.tui.describing import described
from cpoctl.tui.views import View

NOW = stored(datetime(2026, 11, 22, 12, tzinfo=UTC))


def fleet(alerts: int) -> LiveFleet:
    live = LiveFleet()
    for number in range(1, alerts + 1):
        live.alerts.add(Alert(number, "faulted", "critical", "HQ-1", number, NOW, NOW, "GroundFailure", 1))
    return live


def test_an_alert_is_told_with_its_place_and_what_is_wrong() -> None:
    assert described(Subject(ALERT, ("2",)), fleet(2), View()) == ["alert 2: HQ-1:2, GroundFailure"]


def test_of_many_only_the_first_ones_are_told() -> None:
    told = described(Subject(ALERT, tuple(map(str, range(1, 9)))), fleet(8), View())
    assert told[-2:] == ["alert 5: HQ-1:5, GroundFailure", "and 3 more"]


def test_what_the_screen_knows_comes_first() -> None:
    about = "HeartbeatInterval is 300 (read 3m ago)"
    assert described(Subject(CHARGER, ("HQ-1",), about), LiveFleet(), View()) == [about]
