"""Outcomes: what is told of a task that was begun at the dashboard."""

from typing import Any

from cpoctl import events
from cpoctl.errors import CpoctlError
from cpoctl.tui.outcomes import Begun, Outcomes


class Told:
    """What was told, a line each; errors as `title: message`."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.outcomes = Outcomes(self._tell, self._fail)

    def _tell(self, text: str, title: str, severity: str) -> None:
        self.lines.append(text)

    def _fail(self, error: CpoctlError, title: str) -> None:
        self.lines.append(f"{title}: {error.message}")

    def happens(self, *happened: events.Event) -> list[str]:
        """What is told when this happens."""
        self.lines.clear()
        for event in happened:
            self.outcomes.told(event)
        return list(self.lines)


def started(number: int = 7, targets: int = 1) -> events.TaskStarted:
    return events.TaskStarted(task_id=number, operation="charger reset", actor="ola", targets=targets)


def answered(number: int | None = 7, state: str = "accepted") -> events.CommandFinished:
    of: dict[str, Any] = {"task_id": number, "position": 0}
    return events.CommandFinished(charger_id="HQ-1", command_id=1, action="Reset", state=state, actor="ola", **of)


def target_finished(number: int = 7, ok: bool = True, **more: Any) -> events.TaskTargetFinished:
    told: dict[str, Any] = {"position": 0, "target": "HQ-1", "status": "Restarted", "latency_ms": 4.0, "error": None,
                            "result": None, "left": 0}  # fmt: skip
    return events.TaskTargetFinished(charger_id="HQ-1", task_id=number, ok=ok, **told | more)


def finished(number: int = 7, ok: int = 1, failed: int = 0) -> events.TaskFinished:
    return events.TaskFinished(task_id=number, operation="charger reset", state="finished", succeeded=ok, failed=failed)


def test_one_target_is_told_from_its_answer_to_its_effect() -> None:
    told = Told()
    told.outcomes.begun(Begun(7, "charger reset", "HQ-1", "the next boot"))
    assert told.happens(started(), answered()) == ["HQ-1: Reset accepted · waits for the next boot"]
    assert told.happens(answered()) == []
    assert told.happens(target_finished(), finished()) == ["HQ-1: Restarted"]
    assert not told.outcomes.open


def test_a_failure_is_told_as_the_error_it_is() -> None:
    told = Told()
    told.outcomes.begun(Begun(7, "charger reset", "HQ-1"))
    error = {"code": "refused", "message": "HQ-1 answered Reset with Rejected", "hints": []}
    lines = told.happens(target_finished(ok=False, status="Rejected", error=error), finished(ok=0, failed=1))
    assert lines == ["charger reset: Rejected: HQ-1 answered Reset with Rejected"]


def test_of_many_only_the_end_is_told() -> None:
    told = Told()
    told.outcomes.begun(Begun(7, "charger reset", ""))
    assert told.happens(target_finished(left=1), target_finished(position=1)) == []
    assert told.happens(finished(ok=1, failed=1)) == ["task 7: 1 ok, 1 failed\ncpoctl task show 7 --explain"]


def test_what_came_before_the_tasks_number_was_known_is_told_all_the_same() -> None:
    told = Told()
    told.happens(started(), target_finished(), finished())
    told.outcomes.begun(Begun(7, "charger reset", "HQ-1", "the next boot"))
    assert told.lines == ["HQ-1: Restarted"]


def test_nothing_is_told_of_what_others_have_begun() -> None:
    told = Told()
    told.outcomes.begun(Begun(7, "charger reset", "HQ-1"))
    assert told.happens(answered(8), answered(None), target_finished(8), finished(8)) == []
