"""The book of tasks: it stays true by events alone, and knows when they are not enough."""

from typing import Any

import pytest

from cpoctl import events
from cpoctl.operations.task import TaskRow
from cpoctl.operations.task.show import TargetDetail, TaskDetail
from cpoctl.tui.task_book import TaskBook
from cpoctl.tui.task_looks import bar, explained, page
from cpoctl.tui.task_looks import counts as counts_told

AT = "2026-11-20T12:00:00.000Z"


def row(targets: int = 3, ok: int = 0, failed: int = 0, waiting: int = 0) -> TaskRow:
    return TaskRow(7, "charger reset", "running", targets, ok, failed, waiting, "ola", AT, None, {}, None)


def detail(*states: str, **plan: Any) -> TaskDetail:
    """A task whose targets HQ-1, HQ-2 … are in these states; `ok` and `failed` ones are done."""
    done = {"ok": True, "failed": False}
    results = [
        TargetDetail(f"HQ-{n}", done.get(state), status="Restarted", state="done" if state in done else state)
        for n, state in enumerate(states, 1)
    ]
    counted = row(len(states), states.count("ok"), states.count("failed"), states.count("waiting"))
    return TaskDetail(**vars(counted), plan=plan, results=results, explanation=[])


def ended(position: int, left: int, ok: bool = True) -> events.TaskTargetFinished:
    return events.TaskTargetFinished(
        charger_id=f"HQ-{position + 1}", task_id=7, position=position, target=f"HQ-{position + 1}", ok=ok,
        status="Restarted" if ok else "Rejected", latency_ms=4.0, error=None, result=None, left=left,
    )  # fmt: skip


def answered(position: int, task_id: int | None = 7) -> events.CommandFinished:
    name = f"HQ-{position + 1}"
    return events.CommandFinished(charger_id=name, command_id=1, action="Reset", state="accepted", actor="ola",
                                  task_id=task_id, position=position)  # fmt: skip


def book(*rows: TaskRow) -> TaskBook:
    found = TaskBook()
    found.read(rows)
    return found


def states(found: TaskBook) -> list[str]:
    return [place.state for place in found.tasks["7"].places or ()]


def counts(found: TaskBook) -> tuple[int, int, int]:
    told = found.tasks["7"].row
    return told.succeeded, told.failed, told.waiting


def test_a_task_that_begins_is_in_the_list_and_counts_its_results() -> None:
    found = book()
    found.told(events.TaskStarted(task_id=7, operation="charger reset", actor="ola", targets=3), AT)
    found.told(ended(0, 2), AT)
    found.told(ended(2, 1, ok=False), AT)
    assert counts(found) == (1, 1, 0)
    assert found.running == 1


def test_what_the_list_knew_already_is_not_counted_twice() -> None:
    found = book(row(ok=1, failed=1))
    found.told(ended(0, 2), AT)
    found.told(ended(1, 1, ok=False), AT)
    assert counts(found) == (1, 1, 0)
    assert found.told(ended(2, 0), AT) == {"7"}
    assert counts(found) == (2, 1, 0)


def test_a_missed_result_makes_the_task_be_asked_for_again() -> None:
    found = book(row())
    found.told(ended(1, 1), AT)
    assert found.unsure == {"7"}
    found.show(detail("ok", "ok", "sent"))
    assert (found.unsure, counts(found)) == (set(), (2, 0, 0))


def test_a_target_waits_is_answered_and_is_done() -> None:
    found = book()
    found.show(detail("sent", "sent"))
    waits: dict[str, Any] = {"task_id": 7, "position": 1, "target": "HQ-2", "expires_at": AT}
    found.told(events.TaskTargetWaits(charger_id="HQ-2", **waits), AT)
    assert (states(found), counts(found)) == (["sent", "waiting"], (0, 0, 1))
    found.told(events.TaskTargetSent(charger_id="HQ-2", task_id=7, position=1), AT)
    assert (states(found), counts(found)) == (["sent", "sent"], (0, 0, 0))
    found.told(answered(1), AT)
    places = found.tasks["7"].places or []
    assert (states(found), counts(found), places[1].heard) == (["sent", "sent"], (0, 0, 0), "Reset accepted")
    found.told(ended(1, 1), AT)
    assert (states(found), counts(found)) == (["sent", "done"], (1, 0, 0))


def test_an_answer_is_known_though_nobody_looked_at_the_targets_yet() -> None:
    found = book()
    found.told(events.TaskStarted(task_id=7, operation="charger reset", actor="ola", targets=3), AT)
    for position in (0, 2):
        found.told(answered(position), AT)
    found.told(ended(2, 2), AT)
    found.show(detail("sent", "sent", "ok"))
    assert [place.heard for place in found.tasks["7"].places or ()] == ["Reset accepted", "", ""]


def test_the_answer_to_another_task_says_nothing_of_this_one() -> None:
    found = book()
    found.show(detail("sent", "pending"))
    assert found.told(answered(0, task_id=8), AT) == set()
    assert found.told(answered(0, task_id=None), AT) == set()
    assert [place.heard for place in found.tasks["7"].places or ()] == ["", ""]


def test_a_target_is_sent_to_when_that_is_told_and_not_before() -> None:
    found = book()
    found.show(detail("sent", "pending", "pending", parallel=2))
    found.told(ended(0, 2), AT)
    assert states(found) == ["done", "pending", "pending"]
    found.told(events.TaskTargetSent(charger_id="HQ-3", task_id=7, position=2), AT)
    assert states(found) == ["done", "pending", "sent"]


def test_where_one_of_unknown_targets_waits_no_longer_the_task_is_asked_for() -> None:
    found = book(row(waiting=1))
    found.told(events.TaskTargetSent(charger_id="HQ-3", task_id=7, position=2), AT)
    assert found.unsure == {"7"}


@pytest.mark.parametrize(
    ("told", "drawn"),
    [
        (row(50), "··········"),
        (row(50, ok=50), "██████████"),
        (row(50, ok=48, failed=1), "████████✕·"),
        (row(19, ok=1, failed=17), "█✕✕✕✕✕✕✕✕·"),
        (row(4, ok=1, waiting=2), "██‖‖‖‖‖···"),
    ],
)
def test_the_bar_shows_some_of_whatever_there_is(told: TaskRow, drawn: str) -> None:
    assert bar(told) == drawn


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        (("ok", "failed", "sent", "sent"), "1 ok, 1 failed, 2 under way of 4"),
        (("ok", "waiting", "sent", "pending"), "1 ok, 0 failed, 1 waiting, 1 under way, 1 not begun of 4"),
        (("ok", "ok"), "2 ok, 0 failed of 2"),
    ],
)
def test_of_a_task_it_is_told_how_many_targets_go_on(targets: tuple[str, ...], told: str) -> None:
    found = book()
    found.show(detail(*targets))
    task = found.tasks["7"]
    assert counts_told(task.row, task.places) == told


def test_the_answer_of_a_target_and_its_end_are_told_apart() -> None:
    """A reset is answered at once, and the charger is back much later."""
    result = TargetDetail(
        "HQ-1", True, "Restarted", 85.0, state="done", sent_at=AT, finished_at=AT.replace(":00.", ":12.")
    )
    lines = ["".join(text for text, _ in line) for line in page(detail("ok"), result, 80)]
    assert "answered in 85 ms" in lines
    assert any(line.startswith("ended") and line.endswith("12s after it was sent") for line in lines)


def test_an_explanation_of_many_targets_is_cut_to_the_one_that_is_meant() -> None:
    lines = ["1 of 3 targets went well", "HQ-1: Rejected", "  why", "HQ-10: Offline", "  other"]
    assert explained(lines, "HQ-1") == ["HQ-1: Rejected", "  why"]
    assert explained(lines, "HQ-2") == []
