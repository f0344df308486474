"""The line that a terminal gets of each target's result."""

from typing import Any

import pytest

from cpoctl.cli.choices import Choices
from cpoctl.cli.telling import Telling
from cpoctl.operations.diag.fetch import FetchOutcome
from cpoctl.operations.firmware.publish import PublishOutcome
from cpoctl.operations.task import TargetRow

FETCHED = {"answer": {}, "file": "hq.log", "upload": 12, "bytes": 51_341, "form": "http", "request_id": 7, "note": None}
OFFERED = {"answer": {}, "request_id": 7, "locations": ["http://lc.local/fw"]}


@pytest.mark.parametrize(
    ("kind", "result", "line"),
    [
        (FetchOutcome, FETCHED, "HQ-07  Uploaded      1.5 ms  FILE hq.log  UPLOAD 12  SIZE 51.3 kB"),
        (PublishOutcome, OFFERED, "HQ-07  Published     1.5 ms  OFFERED AT http://lc.local/fw"),
        (None, FETCHED, "HQ-07  Uploaded      1.5 ms"),
    ],
)
def test_what_came_of_it_stands_on_the_line(
    kind: type | None, result: dict[str, Any], line: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("CPOCTL_FORCE_TTY", "120")
    status = line.split()[1]
    Telling(["HQ-07"], Choices(args=()), one=True, kind=kind).tell(TargetRow("HQ-07", True, status, 1.5, None, result))
    assert capsys.readouterr().out == f"{line}\n"
