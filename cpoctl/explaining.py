"""Explaining: what an answer of a charger usually means, what the field knows of that make, and what to try next.

Pure: from the answer and what the charger says of itself to sentences and commands.
"""

import shlex
from dataclasses import dataclass

from cpoctl import knowledge
from cpoctl.ocpp import Version, settings


@dataclass(frozen=True)
class Explanation:
    """Why an answer may have come, in sentences, and the commands to try next."""

    why: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The sentences, then the commands."""
        return [*self.why, *self.tries]


def explain(
    vendor: str | None, model: str | None, firmware: str | None, action: str, status: str, charger: str = "CHARGER"
) -> list[str]:
    """What is known of such an answer, as lines: sentences first, then commands, which begin with `cpoctl`."""
    return explanation(vendor, model, firmware, action, status, charger).lines


def explanation(
    vendor: str | None,
    model: str | None,
    firmware: str | None,
    action: str,
    status: str,
    charger: str = "CHARGER",
    version: Version = Version.V16,
) -> Explanation:
    """What OCPP means by an answer, then what is known of the make, then of many makes.

    What is known of makes is written in the words of 1.6; a charger of another version gets its own.
    """
    in_16 = settings.known_as(action)
    old = version is Version.V16
    meaning = knowledge.meaning(action, status) if old else knowledge.meaning_in_2(action, status, in_16)
    quirks = knowledge.about(vendor, model, firmware, in_16, status, version)
    why = [f"{status}: {meaning.means}"] if meaning else []
    why += [_told(quirk, vendor) for quirk in quirks]
    tries = [*(meaning.tries if meaning else ()), *(command for quirk in quirks for command in quirk.tries)]
    name = shlex.quote(charger)
    told = (settings.translated(command, version) for command in tries)
    return Explanation(tuple(why), tuple(dict.fromkeys(each.replace("{charger}", name) for each in told if each)))


def _told(quirk: knowledge.Quirk, vendor: str | None) -> str:
    who = "seen of several makes" if quirk.general else f"known of {vendor or quirk.vendor}"
    return f"{who}: {quirk.says} ({', '.join(quirk.sources)})"
