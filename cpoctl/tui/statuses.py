"""The language of states: a word, a sign and a colour for each; any two of them may be missing (UX §5.5)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How a state looks. `style` is a style class of the widgets, `sign` and `ascii` are one cell wide."""

    word: str
    sign: str
    ascii: str
    style: str
    rank: int


LOOKS = {
    "Faulted": Look("FAULTED", "✕", "X", "faulted", 0),
    "Offline": Look("OFFLINE", "◌", "!", "offline", 1),
    "Charging": Look("Charging", "▸", ">", "charging", 2),
    "SuspendedEVSE": Look("SuspEVSE", "‖", "=", "suspended", 3),
    "SuspendedEV": Look("SuspEV", "‖", "=", "suspended", 4),
    "Finishing": Look("Finishing", "◕", "f", "busy", 5),
    "Preparing": Look("Preparing", "◔", "p", "busy", 6),
    "Occupied": Look("Occupied", "●", "#", "busy", 7),
    "Reserved": Look("Reserved", "◇", "r", "reserved", 8),
    "Unavailable": Look("Unavailable", "–", "-", "unavailable", 9),
    "Available": Look("Available", "○", "o", "available", 10),
}
UNKNOWN = Look("Unknown", "?", "?", "unknown", 11)
STYLES = tuple(dict.fromkeys([*(look.style for look in LOOKS.values()), UNKNOWN.style]))


def look(status: str) -> Look:
    """The look of a status."""
    return LOOKS.get(status, UNKNOWN)


def sign(status: str, *, ascii: bool) -> str:
    """A status in one cell."""
    found = look(status)
    return found.ascii if ascii else found.sign
