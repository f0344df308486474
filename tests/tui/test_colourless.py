"""Colourless: with NO_COLOR nothing has a colour, and everything can be told apart all the same (https://no-color.org)."""

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from cpoctl.tui.colourless import Colourless
from tests.tui.harness import Server, watched


def test_colours_go_and_the_rest_stays() -> None:
    loud = Style(color="#ff7f3f", bgcolor="black", bold=True, reverse=True, meta={"option": 3})
    (segment, plain) = Colourless().apply([Segment("FAULTED", loud), Segment("x")], Color(0, 0, 0))
    assert segment.style is not None
    assert (segment.style.color, segment.style.bgcolor) == (None, None)
    assert (segment.style.bold, segment.style.reverse, segment.style.meta) == (True, True, {"option": 3})
    assert plain == Segment("x")


async def test_no_color_lets_no_colour_through(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    await server.charger("HQ-1", "Faulted")
    async with watched(server) as desk:
        await desk.sees("FAULTED")
        strips = desk.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        assert not [style for style in styles if style.color or style.bgcolor]
        assert any(style.reverse for style in styles)
