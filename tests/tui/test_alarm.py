"""The alarm: for what a bell rings, and how often."""

from collections.abc import Callable
from typing import Any

from cpoctl import events
from cpoctl.domain.alerts import Alert
from cpoctl.tui.alarm import QUIET_S, SETTLES_S, Alarm

AT = "2026-11-20T12:00:00.000Z"


class Room:
    """Where the alarm is heard, and its clock."""

    def __init__(self) -> None:
        self.rung, self.now = 0, 100.0
        self.told: list[tuple[str, str]] = []
        self._due: list[tuple[float, Callable[[], None]]] = []
        self.alarm = Alarm(self._ring, lambda *words: self.told.append(words), self._later, lambda: self.now)
        self.alarm.synced([])

    def _ring(self) -> None:
        self.rung += 1

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        self._due.append((self.now + seconds, then))

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        due, self._due = [then for at, then in self._due if at <= self.now], [d for d in self._due if d[0] > self.now]
        for then in due:
            then()


def opened(number: int, **more: Any) -> events.AlertOpened:
    """A critical alert that opens."""
    told: dict[str, Any] = {
        "rule": "evse-faulted",
        "severity": "critical",
        "evse_id": 1,
        "opened_at": AT,
        "since": AT,
        "what": "GroundFailure",
        "count": 1,
    }
    return events.AlertOpened(charger_id=f"HQ-{number}", alert_id=number, **told | more)


def changed(number: int, what: str) -> events.AlertChanged:
    """It says something else."""
    return events.AlertChanged(charger_id=f"HQ-{number}", alert_id=number, rule="evse-faulted", evse_id=1, what=what)


def resolved(number: int) -> events.AlertResolved:
    """It is over."""
    over: dict[str, Any] = {"severity": "critical", "since": AT, "what": "x", "count": 1, "resolved_at": AT}
    return events.AlertResolved(charger_id=f"HQ-{number}", alert_id=number, rule="evse-faulted", evse_id=1, **over)


def alert(number: int, **more: Any) -> Alert:
    """The same, as a snapshot has it."""
    told: dict[str, Any] = {"severity": "critical", "count": 1} | more
    return Alert(number, "evse-faulted", told["severity"], f"HQ-{number}", 1, AT, AT, "GroundFailure", told["count"])


def test_a_new_critical_alert_rings_once_and_says_where_and_what() -> None:
    """TUI-19"""
    room = Room()
    room.alarm.told(opened(7))
    assert (room.rung, room.told) == (1, [])
    room.passes(SETTLES_S)
    room.alarm.told(changed(7, "more"))
    room.passes(3600)
    assert room.rung == 1
    assert room.told == [("!! CRITICAL HQ-7:1", "GroundFailure · evse-faulted")]


def test_the_reason_that_comes_a_moment_after_the_fault_is_told_with_it() -> None:
    room = Room()
    room.alarm.told(opened(7, what="no error code"))
    room.alarm.told(changed(7, "GroundFailure"))
    room.passes(SETTLES_S)
    assert (room.rung, room.told) == (1, [("!! CRITICAL HQ-7:1", "GroundFailure · evse-faulted")])


def test_what_is_over_within_a_moment_is_not_told() -> None:
    room = Room()
    room.alarm.told(opened(7))
    room.alarm.told(resolved(7))
    room.passes(SETTLES_S)
    room.alarm.told(opened(8))
    room.passes(QUIET_S)
    room.passes(SETTLES_S)
    assert room.told == [("!! CRITICAL HQ-8:1", "GroundFailure · evse-faulted")]


def test_what_is_acknowledged_or_not_critical_rings_no_bell() -> None:
    room = Room()
    room.alarm.told(opened(7, count=2, acked_at=AT, acked_by="ola", comment="on my way"))
    room.alarm.told(opened(8, severity="warning"))
    assert (room.rung, room.told) == (0, [])


def test_a_storm_rings_every_ten_seconds_at_most_and_is_told_together() -> None:
    room = Room()
    room.alarm.told(opened(1))
    room.passes(SETTLES_S)
    for number in range(2, 41):
        room.alarm.told(opened(number))
    assert room.rung == 1
    room.passes(QUIET_S)
    assert room.rung == 2
    room.passes(SETTLES_S)
    assert room.told[1] == ("!! 39 new CRITICAL alerts", "HQ-2:1, HQ-3:1, HQ-4:1, HQ-5:1, HQ-6:1 and 34 more")
    room.passes(3600)
    assert room.rung == 2


def test_what_is_over_or_looked_after_before_its_turn_is_not_told() -> None:
    room = Room()
    for number in (1, 2, 3):
        room.alarm.told(opened(number))
    acked: dict[str, Any] = {"rule": "evse-faulted", "evse_id": 1, "acked_at": AT, "acked_by": "ola", "comment": "c"}
    room.alarm.told(events.AlertAcknowledged(charger_id="HQ-2", alert_id=2, **acked))
    room.alarm.told(resolved(3))
    room.passes(QUIET_S)
    assert room.rung == 1


def test_what_was_broken_before_anybody_looked_is_silent_and_what_broke_in_a_gap_is_not() -> None:
    room = Room()
    room.alarm = Alarm(room._ring, lambda *words: room.told.append(words), room._later, lambda: room.now)
    room.alarm.synced([alert(1), alert(2)])
    assert room.rung == 0
    room.alarm.synced([alert(1), alert(2, count=2), alert(3)])
    room.passes(SETTLES_S)
    assert room.told == [("!! 2 new CRITICAL alerts", "HQ-2:1, HQ-3:1")]
