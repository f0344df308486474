"""The wire log as it is held: in order, each exchange once, bounded, with what is missing said."""

import random
from datetime import UTC, datetime
from typing import Any

from cpoctl.errors import ServerDown
from cpoctl.operations.log import FrameRow
from cpoctl.tui import wire_log
from cpoctl.tui.link import Lost
from cpoctl.tui.wire_entries import LONGEST, Gap, kept, odd
from cpoctl.tui.wire_intake import Intake
from cpoctl.tui.wire_log import MOST, Ring

LOST = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)
FOUND = datetime(2026, 11, 22, 14, 2, 19, tzinfo=UTC)


def frame(number: int, **more: Any) -> FrameRow:
    """An exchange."""
    told: dict[str, Any] = {
        "journal_id": str(number), "at": f"2026-11-22T14:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
        "charger_id": "HQ-03", "sender": "charger", "action": "Heartbeat", "outcome": "result", "latency_ms": 1.0,
        "request": "[2,\"a\",\"Heartbeat\",{}]", "answer": "[3,\"a\",{}]", "message_id": f"m{number}", "violations": [],
    }  # fmt: skip
    return kept(told | more)


def frames(first: int, last: int) -> list[FrameRow]:
    """Exchanges with the numbers from the first to the last."""
    return [frame(number) for number in range(first, last + 1)]


def numbers(ring: Ring) -> list[int]:
    """The numbers of the exchanges that are shown."""
    return [int(key) for key in ring.shown]


def test_what_is_told_twice_is_there_once() -> None:
    ring = Ring()
    assert ring.take(frames(1, 5)) == 5
    assert ring.take(frames(3, 7)) == 2
    assert numbers(ring) == [1, 2, 3, 4, 5, 6, 7]


def test_exchanges_stand_in_the_order_of_their_numbers_however_they_came() -> None:
    ring = Ring()
    ring.take([*frames(6, 8), frame(3), frame(10), frame(9)])
    assert numbers(ring) == [3, 6, 7, 8, 9, 10]


def test_the_oldest_go_when_there_are_too_many() -> None:
    ring = Ring()
    ring.take(frames(1, MOST + 7))
    assert (len(ring.entries), ring.dropped, numbers(ring)[0]) == (MOST, 7, 8)


def test_what_is_looked_at_is_what_came_whatever_text_it_holds() -> None:
    ring = Ring()
    came = [
        frame(1, latency_ms=None, answer=None, outcome="timeout"),
        frame(2, request='[2,"ü","😀",{}]', violations=["1.6 §4.2", "x"], latency_ms=0.25),
        frame(3, action="\ud800", charger_id="no \udfff Unicode"),
    ]
    ring.take(came)
    assert [ring.entries[key] for key in ring.shown] == came


def test_long_frames_are_kept_cut_and_are_not_too_many(monkeypatch: Any) -> None:
    monkeypatch.setattr(wire_log, "_MOST_BYTES", 10 * LONGEST)
    ring = Ring()
    dense = "".join(map(chr, random.Random(1).choices(range(32, 127), k=1 << 16)))
    ring.take(frame(number, request=dense[number:]) for number in range(1, 31))
    assert 9 <= len(ring.entries) < 20  # as compressed
    held = ring.entries[ring.shown[0]]
    assert isinstance(held, FrameRow)
    assert (len(held.request), held.request[-1]) == (LONGEST, "…")


def test_a_lost_connection_is_a_line_with_its_times_and_what_was_missed() -> None:
    ring = Ring()
    ring.take(frames(1, 3))
    ring.lost(LOST)
    ring.lost(FOUND)  # a try that failed too
    assert ring.entries[ring.shown[-1]] == Gap(LOST)
    ring.found(FOUND, frames(2, 3))
    ring.take(frames(2, 3))
    ring.found(FOUND, frames(6, 7))
    ring.take(frames(6, 7))
    assert ring.shown == ["1", "2", "3", "3.5", "6", "7"]
    gap = ring.entries["3.5"]
    assert isinstance(gap, Gap)
    assert gap.text.endswith("– " + f"{FOUND.astimezone():%H:%M:%S}, 2 exchanges not shown")


def test_a_gap_is_shown_whatever_the_filter() -> None:
    ring = Ring()
    ring.take(frames(1, 2))
    ring.lost(LOST)
    ring.filter(lambda record: record["journal_id"] == "2")
    assert ring.shown == ["2", "2.5"]
    assert ring.take([frame(3)]) == 0


def test_a_ring_of_one_charger_takes_in_only_its_own() -> None:
    ring = Ring("hq-03")
    ring.take([frame(1), frame(2, charger_id="HQ-04"), frame(3)])
    assert numbers(ring) == [1, 3]


def test_older_pages_push_the_newest_out_of_a_piece_of_history_and_not_out_of_what_goes_on() -> None:
    live = Ring()
    live.take(frames(501, 500 + MOST))
    history = live.room_for(500)
    assert history is not live
    history.take(frames(1, 500), older=True)
    assert (numbers(history)[0], numbers(history)[-1], len(history.entries)) == (1, MOST, MOST)
    assert numbers(live)[-1] == 500 + MOST
    assert [int(row.journal_id) for row in live.after(500 + MOST - 2)] == [499 + MOST, 500 + MOST]


def test_another_database_begins_a_new_log() -> None:
    ring = Ring()
    ring.take(frames(1, 9))
    ring.take([frame(1, message_id="other"), frame(2, message_id="another")])
    assert numbers(ring) == [1, 2]


def test_problems_are_broken_rules_errors_and_missing_answers() -> None:
    assert not odd(frame(1))
    assert all(odd(frame(1, **what)) for what in ({"violations": ["x"]}, {"outcome": "timeout"}, {"outcome": "late"}))


def test_what_waits_while_frozen_happens_in_its_order_and_is_counted() -> None:
    intake = Intake()
    intake.hear(frames(1, 2), LOST, frozen=False)
    intake.hear(frames(3, 4), LOST, frozen=True)
    assert (intake.live.shown, intake.waiting) == (["1", "2"], 2)
    intake.hear(frames(5, 5), FOUND, frozen=False)
    assert (numbers(intake.live), intake.waiting, intake.newer) == ([1, 2, 3, 4, 5], 0, 5)


def test_history_goes_on_with_what_was_heard_meanwhile() -> None:
    intake = Intake()
    history = Ring(live=False)
    history.take(frames(1, 5))
    intake.look_at(history)
    intake.hear(frames(4, 8), LOST, frozen=False)
    assert (numbers(history), intake.newer) == ([1, 2, 3, 4, 5], 5)
    intake.catch_up(history)
    intake.hear(frames(9, 9), LOST, frozen=False)
    assert numbers(history) == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_what_came_since_counts_only_what_the_history_would_show() -> None:
    intake = Intake()
    history = Ring("HQ-03", live=False)
    history.filter(lambda record: record["action"] != "Heartbeat")
    intake.look_at(history)
    told = [frame(1, charger_id="HQ-04", action="MeterValues"), frame(2, action="MeterValues"), frame(3)]
    intake.hear(told, LOST, frozen=False)
    intake.hear(told, LOST, frozen=False)  # told again after a reconnect
    assert intake.newer == 1


def test_how_many_came_lately_is_told_of_all_chargers_or_of_one() -> None:
    ring = Ring()
    ring.take([frame(1, charger_id="HQ-04"), frame(2), frame(3, charger_id="HQ-04"), frame(4), frame(5)])
    ring.lost(LOST)
    since = "2026-11-22T14:00:02.000Z"
    assert (ring.count_since(since), ring.count_since(since, "hq-03"), ring.count_since(since, "HQ-09")) == (4, 3, 0)


def test_a_connection_that_is_lost_between_exchanges_is_told_between_them() -> None:
    intake = Intake()
    intake.hear([*frames(1, 2), Lost(ServerDown("gone"), 1, 1.0), *frames(2, 3)], LOST, frozen=False)
    assert intake.live.shown == ["1", "2", "2.5", "3"]
