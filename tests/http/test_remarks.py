"""A report read over HTTP says in its answer what of its data is missing."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cpoctl.client.unix import UnixClient
from cpoctl.operations.report.completeness import Completeness
from cpoctl.operations.report.energy import EnergyReport
from tests.http.face import Running, database


@pytest.fixture
def books(served: Running, tmp_path: Path) -> UnixClient:
    """A server on a database with one session of October, of unknown energy."""
    path = database(tmp_path / "b.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO session (charger_id, evse_id, transaction_id, issued, tag_id, tag_status, started_at, started_raw,"
            " start_received_at, meter_start_raw, keyed, stopped_at) VALUES ('HQ-01', 1, 'x', 1, 'A', 'Accepted',"
            " '2026-10-05T10:00:00.000Z', '', '2026-10-05T10:00:00.000Z', '', 0, '2026-10-05T11:00:00.000Z')"
        )
    served.do(lambda: served.face.show(path))
    return UnixClient(served.socket)


def get(client: UnixClient, target: str) -> Any:
    """The answer as anybody reads it."""
    return client.request("GET", f"/v1/{target}")


def test_the_answer_says_whether_it_is_complete_and_what_is_missing(books: UnixClient) -> None:
    told = get(books, "reports/energy?since=2026-10&by=total")
    assert (told["complete"], [row["key"] for row in told["rows"]]) == (False, ["total"])
    [remark] = told["remarks"]
    assert (remark["what"], remark["missing"], remark["chargers"]) == ("unknown energy", True, ["HQ-01"])
    assert remark["first_day"] == remark["last_day"] == "2026-10-05"
    whole = get(books, "reports/energy?since=2026-09&by=total")
    assert whole == {"complete": True, "remarks": [], "rows": []}


def test_whoever_asks_for_the_rows_gets_them_and_the_remarks_are_rows_of_their_own(books: UnixClient) -> None:
    report = EnergyReport(since="2026-10", by="total")
    rows, remarks = books.remarked(report)
    assert books.run(report) == rows == get(books, "reports/energy?since=2026-10&by=total")["rows"]
    assert books.run(Completeness(since="2026-10", of=("energy",))) == remarks
    assert [row["charger_id"] for row in get(books, "reports/quality?since=2026-10")["rows"]] == ["HQ-01"]


def test_openapi_describes_the_answer(books: UnixClient) -> None:
    described = books.request("GET", "/v1/openapi.json")["paths"]["/v1/reports/energy"]["get"]
    schema = described["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["complete", "remarks", "rows"]
    assert schema["properties"]["remarks"]["items"]["$ref"].endswith("/MissingRow")
