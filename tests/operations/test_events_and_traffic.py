"""What has happened and what went over the wire: listed, searched and counted."""

import asyncio
from typing import Any

import pytest

from cpoctl.errors import NotFound, UsageProblem
from cpoctl.events import StatusChanged, TagRefused
from cpoctl.operations import Query, Read, Record
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.event.list import ListEvents
from cpoctl.operations.event.tail import TailEvents
from cpoctl.operations.log.search import SearchFrames
from cpoctl.operations.log.stats import CountFrames, percentile
from cpoctl.store.seeking import first_since
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

STATUS = {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted"}


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("HQ-07")


async def rows(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query, once everything is committed."""
    await csms.store.write([])
    return await csms.store.reading(query.select)


async def test_events_are_listed_oldest_first_by_charger_and_type(csms: Csms, charger: RawCharger) -> None:
    await csms.booted("HQ-08")
    await charger.call("StatusNotification", STATUS)
    every = await rows(csms, ListEvents())
    assert [row.seq for row in every] == sorted(row.seq for row in every)
    assert {"HQ-07", "HQ-08"} <= {row.charger_id for row in every}
    mine = await rows(csms, ListEvents(charger="hq-07", types=("statuschanged", "ChargerBooted")))
    assert [(row.charger_id, row.type) for row in mine] == [("HQ-07", "ChargerBooted"), ("HQ-07", "StatusChanged")]
    assert mine[-1].data["error_code"] == "GroundFailure"
    assert [row.seq for row in await rows(csms, ListEvents(last=1))] == [every[-1].seq]


@pytest.mark.parametrize(
    ("query", "kind", "says"),
    [
        (ListEvents(types=("ChargerBoot",)), UsageProblem, "did you mean ChargerBooted"),
        (ListEvents(types=("MeterChanged",)), UsageProblem, "no event"),
        (ListEvents(charger="HQ-77"), NotFound, "did you mean HQ-07"),
        (ListEvents(since="yesterday"), UsageProblem, "neither a time nor a duration"),
        (SearchFrames(text=""), UsageProblem, "nothing to look for"),
        (CountFrames(charger="HQ-77"), NotFound, "did you mean HQ-07"),
    ],
)
async def test_what_cannot_be_meant_is_told(
    csms: Csms, charger: RawCharger, query: Query, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says):
        await rows(csms, query)


async def test_a_time_bounds_what_is_listed(csms: Csms, charger: RawCharger) -> None:
    assert await rows(csms, ListEvents(since="2099-01-01T00:00:00Z")) == []
    every = await rows(csms, ListEvents())
    assert await rows(csms, ListEvents(since="2000-01-01T00:00:00Z")) == every


async def test_the_first_row_of_a_time_is_found_also_where_numbers_are_missing() -> None:
    at = {number: f"2030-01-01T{hour}:00:00.000Z" for number, hour in [(3, 10), (4, 11), (9, 12), (10, 12), (40, 13)]}

    def read(sql: str, params: Any = ()) -> list[dict[str, Any]]:
        if not params:
            return [{"low": 3, "high": 41}]
        number = next(number for number in at if number >= params[0])
        return [{"number": number, "at": at[number]}]

    for since in (f"2030-01-01T{hour}:30:00.000Z" for hour in ("09", "10", "11", "12", "13")):
        first = first_since(read, "event", since)
        assert [number for number in at if number >= first] == [number for number in at if at[number] >= since]


async def test_the_ends_of_a_table_are_found_without_reading_all_of_it(csms: Csms) -> None:
    def plans(read: Read) -> list[str]:
        told: list[str] = []

        def explained(sql: str, params: Any = ()) -> list[Record]:
            told.extend(step["detail"] for step in read(f"EXPLAIN QUERY PLAN {sql}", params))
            return read(sql, params)

        first_since(explained, "journal", "2026-11-22T00:00:00.000Z")
        return told

    assert not [step for step in await csms.store.reading(plans) if step == "SCAN journal"]


async def test_a_tail_takes_the_stored_events_that_fit() -> None:
    tail = TailEvents(charger="hq-07", types=("TagRefused",), follow=True)
    refused = TagRefused(charger_id="HQ-07", tag_id="BERT", status="Invalid")
    row = tail.take(refused)
    assert row is not None
    assert (row.type, row.data) == ("TagRefused", {"tag_id": "BERT", "status": "Invalid"})
    assert tail.place(tail.numbered(row, 12)) == 12
    assert tail.take(TagRefused(charger_id="HQ-08", tag_id="BERT", status="Invalid")) is None
    assert tail.take(StatusChanged(charger_id="HQ-07", evse_id=1, status="Faulted", error_code=None, info=None,
                                   vendor_id=None, vendor_error_code=None, since="")) is None  # fmt: skip


async def test_a_search_finds_a_text_whatever_its_case_and_tells_what_it_looked_through(
    csms: Csms, charger: RawCharger
) -> None:
    await charger.call("StatusNotification", STATUS)
    await charger.call("Heartbeat", {})
    (found,) = await rows(csms, SearchFrames(text="groundfailure"))
    assert (found.matches, [row.action for row in found.found]) == (1, ["StatusNotification"])
    assert found.looked_through == await csms.count("journal")
    assert found.oldest_at <= found.newest_at
    (none,) = await rows(csms, SearchFrames(text="groundfailure", charger="HQ-07", last=1))
    assert (none.looked_through, none.matches, none.found) == (1, 0, [])


async def test_a_search_shows_the_newest_and_counts_them_all(csms: Csms, charger: RawCharger) -> None:
    for _ in range(3):
        await charger.call("Heartbeat", {})
    (found,) = await rows(csms, SearchFrames(text="currentTime", most=2))
    assert (found.matches, len(found.found)) == (4, 2)  # the boot's answer has it as well


@pytest.mark.parametrize("text", ["%", "_", "\\"])
async def test_no_sign_of_a_search_means_another(csms: Csms, charger: RawCharger, text: str) -> None:
    (none,) = await rows(csms, SearchFrames(text=text))
    assert none.matches == 0
    await charger.call("DataTransfer", {"vendorId": f"a{text * 2}b"})
    (found,) = await rows(csms, SearchFrames(text="a" + text))
    assert found.matches == 1


async def test_exchanges_are_counted_by_charger_and_action_with_our_latencies(csms: Csms, charger: RawCharger) -> None:
    await charger.call("Heartbeat", {})
    for answer in ("Accepted", "Rejected"):
        act = asyncio.create_task(csms.do(ClearCache(charger="HQ-07")))
        await charger.reply({"status": answer})
        await asyncio.wait([act])
        act.exception()
    act = asyncio.create_task(csms.do(ClearCache(charger="HQ-07")))
    await charger.refuse("NotSupported", "no cache")
    await asyncio.wait([act])
    act.exception()
    counted = await rows(csms, CountFrames(since="2000-01-01T00:00:00Z"))
    by_action = {(row.sender, row.action): row for row in counted}
    cache = by_action["csms", "ClearCache"]
    assert (cache.charger_id, cache.count, cache.errors) == ("HQ-07", 3, 1)
    assert cache.p50_ms is not None
    assert cache.bytes > 100
    assert by_action["charger", "Heartbeat"].p50_ms is None
    assert await rows(csms, CountFrames(charger="hq-07", since="2000-01-01T00:00:00Z")) == counted
    assert await rows(csms, CountFrames(since="2099-01-01T00:00:00Z")) == []


def test_a_percentile_is_the_nearest_rank() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert (percentile(hundred, 50), percentile(hundred, 99), percentile([], 99)) == (50, 99, None)
    assert (percentile([7.0], 50), percentile([7.0, 9.0], 99)) == (7, 9)
