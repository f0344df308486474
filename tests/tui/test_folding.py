"""Text that does not fit beside a list stands in more lines, and looks stay on the words that they are for."""

from rich.style import Style

from cpoctl.tui.folding import refolded
from cpoctl.tui.widgets.columns import inked


def test_a_line_that_fits_stays_as_it_is() -> None:
    line = [(" :1 ", "strong"), ("▸ Charging", "charging")]
    assert refolded(line, 20) == [line]


def test_a_line_that_is_too_long_goes_on_deeper_in_the_next_one() -> None:
    told = refolded([("HQ-07 · ", "strong"), ("Acme AC-22 · OCPP 1.6", "")], 20)
    assert ["".join(text for text, _ in line) for line in told] == ["HQ-07 · Acme AC-22 ·", "     OCPP 1.6"]
    assert told[0][0] == ("HQ-07", "strong")


def test_a_reversed_look_ends_where_its_word_ends() -> None:
    whole, look = Style(), Style(reverse=True)
    assert [(part.text, part.style) for part in inked("✕ FAULTED    ", look, whole)] == [
        ("✕ FAULTED", look),
        ("    ", whole),
    ]
    assert [(part.text, part.style) for part in inked("     ", look, whole)] == [("     ", whole)]
