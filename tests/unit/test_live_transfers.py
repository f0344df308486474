"""Files on their way, as the live fleet knows them, here and in a dashboard."""

from typing import Any

from cpoctl import events
from cpoctl.domain.fleet import LiveFleet
from cpoctl.domain.transfers import Moving

FIRMWARE: dict[str, Any] = {
    "charger_id": "HQ-07",
    "transfer_id": 3,
    "purpose": "firmware",
    "form": "http",
    "name": "fw",
}


def progressed(count: int) -> events.FileTransferProgressed:
    return events.FileTransferProgressed(**FIRMWARE, bytes=count, total=100, bytes_per_s=7.0)


def test_a_file_that_moved_already_when_the_picture_was_taken_is_known_by_its_next_step() -> None:
    live = LiveFleet()
    live.apply(progressed(34))
    assert live.transfers.moving("hq-07") == [Moving(3, "firmware", "fw", 100, 34, 7.0)]


def test_a_file_that_has_come_is_on_its_way_no_more() -> None:
    live = LiveFleet()
    live.apply(events.FileTransferStarted(**FIRMWARE, grant_id=1, total=100))
    live.apply(progressed(34))
    live.apply(events.FileTransferFinished(**FIRMWARE, grant_id=1, bytes=100, total=100, seconds=1.0, state="whole"))
    assert live.transfers.moving("HQ-07") == []
    assert live.transfers.newest("HQ-07", "firmware") == Moving(3, "firmware", "fw", 100, 100, None, "whole")
