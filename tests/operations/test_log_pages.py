"""The wire log page by page: before, after and around a place in it."""

from typing import Any

import pytest

from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.operations.log.list import ListFrames
from tests.support.csms import Csms


async def numbers(csms: Csms, query: ListFrames) -> list[int]:
    """The numbers of the exchanges that a query lists."""
    await csms.store.write([])
    return [int(row.journal_id) for row in await csms.store.reading(query.select)]


async def beats(csms: Csms, count: int) -> tuple[list[int], list[str]]:
    """The exchanges of a charger, a second between them, beside another that talks as well, and when they were."""
    charger, other = await csms.booted("HQ-07"), await csms.booted("HQ-08")
    at = []
    for _ in range(count):
        csms.clock.move(1)
        at.append(stored(csms.clock.now()))
        await charger.call("Heartbeat", {})
        await other.call("Heartbeat", {})
    return await numbers(csms, ListFrames(charger="HQ-07", action="Heartbeat")), at


@pytest.mark.parametrize("charger", ["hq-07", None])
async def test_the_page_before_an_exchange_ends_with_the_one_before_it(csms: Csms, charger: str | None) -> None:
    mine, _ = await beats(csms, 4)
    page = await numbers(csms, ListFrames(charger=charger, action="Heartbeat", before=mine[3], last=2))
    assert page == (mine[1:3] if charger else [mine[2], mine[2] + 1])


@pytest.mark.parametrize("charger", ["hq-07", None])
async def test_the_page_after_an_exchange_begins_with_the_next_one(csms: Csms, charger: str | None) -> None:
    mine, _ = await beats(csms, 4)
    page = await numbers(csms, ListFrames(charger=charger, action="Heartbeat", after=mine[0], last=2))
    assert page == (mine[1:3] if charger else [mine[0] + 1, mine[1]])


async def test_half_of_a_page_around_a_time_is_older_and_half_of_it_not(csms: Csms) -> None:
    mine, at = await beats(csms, 5)
    assert await numbers(csms, ListFrames(charger="HQ-07", around=at[2], last=4)) == mine[:4]
    assert await numbers(csms, ListFrames(charger="HQ-07", around=at[2], last=1)) == [mine[2]]
    assert (await numbers(csms, ListFrames(charger="HQ-07", around="2999-01-01", last=4))) == mine[3:]


@pytest.mark.parametrize("places", [{"before": 1, "after": 2}, {"before": 1, "around": "2h"}])
async def test_one_place_at_a_time(csms: Csms, places: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem, match="one at a time"):
        await numbers(csms, ListFrames(**places))
