"""Cells: how many of them a text takes on a terminal, and a text cut to a number of them."""

import unicodedata


def width(text: str) -> int:
    """The cells that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_cells(sign) for sign in text)


def _cells(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def cut(text: str, room: int, mark: str = "…") -> str:
    """The text, cut with a mark of one cell to fit the room."""
    if width(text) <= room:
        return text
    kept = ""
    taken = 1
    for sign in text:
        taken += _cells(sign)
        if taken > room:
            break
        kept += sign
    return kept + mark
