"""The checks of a charger, as the dashboard shows them."""

from cpoctl.checks import Finding, State, worst_first
from cpoctl.tui.widgets.doctor_page import page
from tests.tui.harness import Server, watched

FOUND = [
    Finding("HQ-1", "known", State.OK, "Acme AC-22"),
    Finding(
        "HQ-1",
        "status",
        State.FAIL,
        "EVSE 1 is Faulted: GroundFailure, for 41 minutes now",
        "cpoctl charger reset HQ-1",
    ),
    Finding("HQ-1", "clock", State.WARN, "it is 3 minutes slow"),
]


def test_the_worst_comes_first_with_what_to_try() -> None:
    lines = ["".join(text for text, _ in line) for line in page(worst_first(FOUND), 60)]
    assert lines[0].split()[:3] == ["✕", "FAIL", "status"]
    assert max(map(len, lines)) <= 60
    assert [line.split()[2] for line in lines if line[0] != " "] == ["status", "clock", "known"]
    assert "try: cpoctl charger reset HQ-1" in " ".join(" ".join(lines).split())


async def test_d_examines_the_charger_under_the_cursor(server: Server) -> None:
    charger = await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("d")
        await desk.sees("doctor · HQ-1", "✓ ok", "boot-loop")
        await charger.hang_up()
        await desk.sees("✓ ok      connection")
        await desk.press("r")
        await desk.sees("✕ FAIL    connection")
        await desk.press("escape", "enter", "d")
        await desk.sees("doctor · HQ-1")
