"""Ascii: a terminal that knows nothing else is shown nothing else (CLI-16)."""

import pytest
from rich.cells import cell_len

from cpoctl.tui.ascii import in_ascii
from cpoctl.tui.statuses import LOOKS
from tests.tui.harness import Server, watched


@pytest.mark.parametrize("status", LOOKS)
def test_a_status_has_its_own_sign(status: str) -> None:
    assert in_ascii(LOOKS[status].sign) == LOOKS[status].ascii


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("┌──┬─┐", "+--+-+"),
        ("│ 5 ┃", "| 5 |"),
        ("▁▂▃▄▅▆▇█", ".:-=+*##"),
        ("⠀⡀⣿", " .#"),
        ("Café", "Cafe"),
        ("宽", "??"),
        ("пуск", "????"),
    ],
)
def test_other_signs_become_what_looks_like_them(text: str, told: str) -> None:
    assert in_ascii(text) == told


@pytest.mark.parametrize("text", ["e\u0301e\u0301", "👩\u200d🚀!", "①½ﷺ", "a\u20dd", "ﬃ", "宽é宽"])
def test_every_text_keeps_its_width(text: str) -> None:
    told = in_ascii(text)
    assert told.isascii()
    assert cell_len(told) == cell_len(text)


async def test_screen_and_dialog_are_ascii_and_the_status_is_still_told(server: Server) -> None:
    await server.charger("HQ-1", "Charging", "Faulted", boot={"chargePointVendor": "Größe東"})
    async with watched(server, ascii=True) as desk:
        await desk.sees("HQ-1", "X FAULTED")
        assert desk.text.isascii()
        await desk.press("R")
        await desk.sees("Cancel")
        assert desk.text.isascii()
