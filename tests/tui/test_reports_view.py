"""The screen of reports: what the server's reports say, drawn and as a table."""

from datetime import UTC, date, datetime

import pytest

from cpoctl.clock import stored
from cpoctl.tui.spans import Span
from tests.tui.harness import Server, began, watched


async def _charged(server: Server, name: str) -> None:
    charger = await server.charger(name, "Available")
    transaction = await began(charger, "ANNA", 1000)
    at = stored(datetime.now(UTC))
    stop = {"transactionId": transaction, "timestamp": at, "meterStop": 8500, "idTag": "ANNA"}
    await charger.call("StopTransaction", stop)


async def test_a_report_is_drawn_and_listed_and_says_the_command(server: Server) -> None:
    await _charged(server, "REP-1")
    async with watched(server, size=(110, 32)) as desk:
        await desk.press("5")
        await desk.sees("[energy]", "7.50", "The same as: cpoctl report energy --from")
        await desk.press("b")
        await desk.sees("by month")


async def test_another_report_another_time_and_a_filter(server: Server) -> None:
    await _charged(server, "REP-2")
    async with watched(server, size=(110, 32)) as desk:
        await desk.press("5", "tab")
        await desk.sees("[power]")
        await desk.press("shift+tab", "left")
        await desk.sees("[energy]", "nothing in this time")
        await desk.press("right", "slash")
        await desk.write("charger:REP-2")
        await desk.press("enter")
        await desk.sees("--charger REP-2", "7.50")


@pytest.mark.parametrize(
    ("unit", "words", "before"),
    [
        ("day", ("2026-11-22", None), "2026-11-21"),
        ("week", ("2026-11-16", "2026-11-22"), "2026-11-09"),
        ("month", ("2026-11", None), "2026-10"),
        ("quarter", ("2026-Q4", None), "2026-Q3"),
        ("year", ("2026", None), "2025"),
    ],
)
def test_a_span_is_a_unit_of_the_calendar(unit: str, words: tuple[str, str | None], before: str) -> None:
    span = Span(unit, date(2026, 11, 22))  # type: ignore[arg-type] # one of its units
    assert span.words == words
    assert span.moved(-1).words[0] == before
    assert span.moved(-1).moved(1).begin == span.begin


def test_a_longer_span_lies_around_the_same_day() -> None:
    span = Span("day", date(2026, 11, 22))
    assert [span.zoomed(by).unit for by in (1, 2, 3, 4)] == ["week", "month", "quarter", "year"]
    assert span.zoomed(-1) == span
