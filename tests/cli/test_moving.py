"""The bars of files on their way, beside a command that waits."""

from typing import Any

import pytest

from cpoctl.cli.choices import Choices
from cpoctl.cli.moving import Bars
from cpoctl.operations.firmware.update import UpdateFirmware

FIRMWARE: dict[str, Any] = {"purpose": "firmware", "name": "fw.bin", "total": 60_000_000}
HALF = {"bytes": 30_000_000, "bytes_per_s": 1_000_000.0, **FIRMWARE}
WHOLE = {"bytes": 60_000_000, "bytes_per_s": None, "state": "whole", **FIRMWARE}


@pytest.fixture
def bars() -> Bars:
    return Bars(UpdateFirmware, ["HQ-07", "HQ-08"], Choices(args=()))


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (90, "HQ-07  fw.bin                   ████████████              50 %  30.0 of 60.0 MB  1.0 MB/s"),
        (39, "HQ-07  fw.bin  50 %  30.0 of 60.0 MB"),
        (19, "HQ-07…  50 %"),
    ],
)
def test_how_far_a_file_is_can_be_read_on_every_terminal(bars: Bars, width: int, line: str) -> None:
    bars.take("FileTransferProgressed", "HQ-07", HALF)
    assert bars.lines(width) == [line]


def test_once_the_file_has_passed_its_line_says_what_the_charger_tells(bars: Bars) -> None:
    bars.take("FirmwareStatusReported", "hq-07", {"status": "Downloading"})
    assert bars.lines(60) == ["HQ-07                 Downloading"]
    bars.take("FileTransferFinished", "HQ-07", WHOLE)
    bars.take("FirmwareStatusReported", "HQ-07", {"status": "Installing"})
    assert bars.lines(60) == ["HQ-07  fw.bin         Installing  60.0 of 60.0 MB"]


def test_a_target_with_its_result_has_no_line_whatever_its_charger_tells(bars: Bars) -> None:
    bars.take("FileTransferFinished", "HQ-07", WHOLE)
    bars.done("HQ-07")
    bars.take("FirmwareStatusReported", "HQ-07", {"status": "Installed"})
    bars.take("FirmwareStatusReported", "HQ-99", {"status": "Installed"})
    bars.take("DiagnosticsStatusReported", "HQ-08", {"status": "Uploading"})
    assert bars.lines(60) == []
