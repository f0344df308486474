"""The screen of one charger: what its charts say of time."""

import pytest

from cpoctl.tui.views.charger import _drawn


@pytest.mark.parametrize(("seconds", "ends"), [(60, ("00:00:00", "00:01:00")), (7200, ("00:00", "02:00"))])
def test_the_ends_of_a_chart_never_say_the_same(seconds: float, ends: tuple[str, str]) -> None:
    foot = _drawn([(0.0, 1.0), (seconds, 2.0)], 40, 6)[-1]
    assert tuple(foot.strip(" └").replace("─", " ").split()) == ends
