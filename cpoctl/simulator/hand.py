"""What somebody does at a simulated charger by hand, in words: a line a deed."""

from typing import Final

from cpoctl.errors import nearest
from cpoctl.simulator.life import FAULTS, Deed, Step

_DEEDS: Final[dict[str, tuple[Deed, str]]] = {
    "plug": ("plug in", ""),
    "tag": ("present tag", "TAG"),
    "suspend": ("suspend", ""),
    "resume": ("resume", ""),
    "stop": ("stop", ""),
    "unplug": ("unplug", ""),
    "fault": ("fault", "[CODE]"),
    "repair": ("clear fault", ""),
    "offline": ("go offline", ""),
    "online": ("come back", ""),
    "wait": ("wait", "SECONDS"),
}
WORDS: Final = ", ".join(f"{word} {more}".strip() for word, (_, more) in _DEEDS.items())
"""The deeds, as a help text lists them; a number at the end of one is the EVSE."""


def read(line: str, evses: int = 1) -> Step | None:
    """Read one line; None for an empty one. ValueError says what is wrong with it."""
    words = line.split()
    if not words or words[0].startswith("#"):
        return None
    word, given = words[0].lower(), words[1:]
    if word not in _DEEDS:
        raise ValueError(f"no deed {words[0]}{nearest(word, _DEEDS)}; there are: {WORDS}")
    if word == "wait":
        return Step(_seconds(given), "wait")
    tag = error_code = ""
    if word == "tag":
        if not given:
            raise ValueError("tag needs the tag that is held against the reader, as in: tag ANNA-K")
        tag = given.pop(0)
    if word == "fault" and given and not given[0].isdigit():
        error_code = given.pop(0)
    return Step(0.0, _DEEDS[word][0], _evse(given, evses), tag, error_code=error_code or FAULTS[0])


def _seconds(given: list[str]) -> float:
    try:
        (text,) = given
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise ValueError("wait needs seconds, as in: wait 5")
    return seconds


def _evse(given: list[str], evses: int) -> int:
    if not given:
        return 1
    if len(given) > 1 or not given[0].isdigit():
        raise ValueError(f"what is {' '.join(given)}? At the end there may stand the number of an EVSE")
    if not 1 <= int(given[0]) <= evses:
        raise ValueError(f"there is no EVSE {given[0]}; they are 1 to {evses}")
    return int(given[0])
