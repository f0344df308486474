"""The page of a session: what it says, and that it does not stand still while the session goes on."""

from typing import Any

import pytest

from cpoctl.operations.session import MeterRow
from cpoctl.operations.session.show import SessionDetail
from cpoctl.tui.widgets.session_page import chart, page
from tests.support.raw_charger import RawCharger
from tests.tui.harness import Server, began, watched

AT = "2026-11-20T19:00:00.000Z"


def meter(at: str, wh: float | None = None, watts: float | None = None) -> MeterRow:
    """A reading."""
    return MeterRow(f"2026-11-20T{at}.000Z", "Sample.Periodic", wh, watts, None, None, None, [], [])


def session(**more: Any) -> SessionDetail:
    """A session that goes on."""
    told: dict[str, Any] = {
        "session_id": "954", "charger_id": "HQ-1", "evse_id": 1, "state": "open", "tag_id": "ANNA",
        "tag_status": "Accepted", "started_at": "2026-11-20T18:30:00.000Z", "stopped_at": None, "duration_s": 90,
        "energy_wh": 4630, "power_w": 7400.0, "stop_reason": None, "flags": [], "stuck": [], "transaction_id": "1",
        "meter_start_wh": 1_097_680.0, "meter_stop_wh": None, "stale": False, "started_raw": "2026-11-20T18:30:00Z",
        "start_received_at": "2026-11-20T18:30:00.000Z", "stop_received_at": None, "reservation_id": None,
        "stop_tag_id": None, "stop_conflicts": 0, "closed_by_hand": [], "meter_values": [], "cost": None, "currency": None,
        "dropped_at": None, "register": None, "corrections": [], "costs": [], "lines": [],
    }  # fmt: skip
    return SessionDetail(**told | more)


def text(lines: Any) -> str:
    """Lines of pieces as text."""
    return "\n".join("".join(piece for piece, _ in line) for line in lines)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "4.63 kWh, register began at 1097.68"),
        (
            {"meter_values": [meter("18:31:00", 1_102_310), meter("18:31:00", None, 7400)]},
            "4.63 kWh, register 1097.68 to 1102.31 so far",
        ),
        (
            {"stopped_at": "2026-11-20T19:00:00.000Z", "meter_stop_wh": 1_102_310.0},
            "4.63 kWh, register 1097.68 to 1102.31",
        ),
    ],
)
def test_the_register_is_told_as_far_as_it_is_known(more: dict[str, Any], told: str) -> None:
    assert f"energy   {told}\n" in text(page(session(**more), 80))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "power  now 7.4 kW"),
        ({"power_w": None}, "power  now not known"),
        ({"stopped_at": AT, "power_w": None}, "power"),
    ],
)
def test_what_a_session_draws_now_is_told_where_anybody_can_know(more: dict[str, Any], told: str) -> None:
    """However fresh its last reading is: its charger may be away, or another session have begun there."""
    last = {"meter_values": [meter("18:31:00", 1_102_310, 7400.0)]}
    assert told in text(page(session(**more | last), 80)).split("\n")


def test_a_long_reason_goes_on_below_instead_of_being_cut_off() -> None:
    words = [f"session {number} began on its EVSE" for number in range(1711, 1715)]
    lines = text(page(session(stuck=words), 50)).split("\n")
    assert max(map(len, lines)) <= 50
    assert " ".join(" ".join(lines).split()).count("began on its EVSE") == len(words)


def test_a_session_without_power_has_one_line_instead_of_an_empty_chart() -> None:
    assert text(chart([], 80)) == "no data"
    assert text(chart([meter("18:30:00", 1000), meter("18:40:00", 1100)], 80)) == "no data"


@pytest.mark.parametrize(("until", "ends"), [("18:30:40", ("18:30:10", "18:30:40")), ("18:40:10", ("18:30", "18:40"))])
def test_the_ends_of_a_short_axis_differ(until: str, ends: tuple[str, str]) -> None:
    foot = text(chart([meter("18:30:10", None, 7000), meter(until, None, 7400)], 80)).split("\n")[-1]
    assert foot.lstrip(" kW└").startswith(f"{ends[0]}─")
    assert foot.endswith(f"─{ends[1]}")
    assert len(foot) == 80


async def test_an_open_session_goes_on_while_it_is_read(server: Server) -> None:
    charger = await server.charger("HQ-1")
    transaction = await began(charger, "ANNA", 1000)
    async with watched(server) as desk:
        await desk.press("2", "enter")
        await desk.sees("register began at 1.00", "as of", "no data")
        await read(charger, transaction, 3500, 7400)
        await desk.sees("2.50 kWh, register 1.00 to 3.50 so far", "7.4 kW")
        assert desk.line("└")[: desk.line("└").rindex("│")].rstrip()[-5:].count(":") == 1
        stop = {"transactionId": transaction, "meterStop": 4000, "timestamp": "2026-11-22T13:40:00Z", "reason": "Local"}
        await charger.call("StopTransaction", stop)
        await desk.sees("3.00 kWh, register 1.00 to 4.00", "Local")
        assert "as of" not in desk.text


async def read(charger: RawCharger, transaction: int, wh: float, watts: float) -> None:
    """Two readings, minutes apart."""
    for at in ("13:30", "13:36"):
        values = [{"value": str(wh)}, {"value": str(watts), "measurand": "Power.Active.Import", "unit": "W"}]
        reading = {"timestamp": f"2026-11-22T{at}:00Z", "sampledValue": values}
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": [reading]})
