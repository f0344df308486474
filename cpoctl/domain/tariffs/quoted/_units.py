"""Units: what `€/MWh`, `ct/kWh` or `EUR_per_kWh` say of a price. One that nobody knows is told, never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cpoctl.domain import currencies
from cpoctl.errors import UsageProblem

KWH: Final = "kWh"
MWH: Final = "MWh"
CENTS: Final = "ct/kWh"
HINT: Final = "add --unit kWh, --unit MWh or --unit ct/kWh    what the prices are for"
_SIGNS: Final = {"€": "EUR", "euro": "EUR", "£": "GBP", "$": None}  # more than one currency has the last
_HUNDREDTHS: Final = {
    "ct": None, "cent": None, "cents": None, "c": None, "¢": None, "eurocent": "EUR", "€ct": "EUR", "c€": "EUR",
    "öre": None, "øre": None, "ore": None, "p": "GBP", "pence": "GBP", "rp": "CHF", "rappen": "CHF",
}  # fmt: skip
NEUTRAL: Final = frozenset({"kwh", "mwh", "gwh", "wh", "per", "in", "je", "pro", *_HUNDREDTHS})
_UNIT = re.compile(
    r"(?<![^\W\d_€£$¢])((?:[€£$¢]|[^\W\d_])*?)(\s*/\s*|\s+per\s+|_per_|_|\s+|)([kmgt]?wh)(?![^\W\d_])", re.IGNORECASE
)


@dataclass(frozen=True)
class Unit:
    """What a price is for, as far as it is told: kWh, MWh or what nobody knows, and whether in hundredths of the currency."""

    energy: str | None
    hundredths: bool | None = None
    currency: str | None = None
    text: str = ""

    @property
    def of_money(self) -> bool:
        """Whether it is a price's: a bare MWh may be an amount of energy."""
        return self.hundredths is not None or "/" in self.text

    @property
    def places(self) -> int:
        """By how many decimal places a price per kWh is smaller."""
        return (3 if self.energy == MWH else 0) + (2 if self.hundredths else 0)


@lru_cache(256)
def unit_of(text: str) -> Unit | None:
    """The unit that a text names; None where it names none. Raises UsageProblem for two."""
    found = {
        _unit(match[1].lower(), match[2].lower(), match[3].lower(), match[0].strip()) for match in _UNIT.finditer(text)
    }
    if len({(unit.energy, unit.hundredths) for unit in found}) > 1:
        told = " and ".join(sorted(unit.text for unit in found))
        raise UsageProblem(f"the price series says {told} of one price", hints=[HINT])
    return next(iter(found), None)


def agreed(texts: Iterable[str]) -> frozenset[Unit]:
    """Every unit that these texts name."""
    return frozenset(unit for text in texts if (unit := unit_of(text)) is not None)


def of_word(word: str) -> Unit:
    """What a caller says: kWh, MWh or ct/kWh."""
    return Unit(MWH if word == MWH else KWH, word == CENTS)


def chosen(told: Iterable[Unit], wish: Unit | None) -> Unit:
    """The one unit of what is told and what is wished. Raises UsageProblem where they contradict each other, or say nothing."""
    units = list(told)
    energies = {unit.energy for unit in units}
    hundredths = {unit.hundredths for unit in units} - {None}
    if len(energies) > 1 or len(hundredths) > 1:
        raise UsageProblem(f"the price series has several units: {_texts(units)}", hints=[HINT])
    if wish is None:
        if not units:
            raise UsageProblem(
                "the price series does not say what its prices are for: give the unit, kWh or MWh", hints=[HINT]
            )
        if None in energies:
            raise UsageProblem(
                f"the price series is in {_texts(units)}, which is no unit that is known here", hints=[HINT]
            )
        return Unit(energies.pop(), bool(hundredths and hundredths.pop()))
    if energies - {wish.energy, None} or hundredths - {wish.hundredths}:
        raise UsageProblem(f"the price series says {_texts(units)}, and --unit something else")
    return wish


def _texts(units: list[Unit]) -> str:
    return ", ".join(sorted({unit.text for unit in units}))


def _unit(word: str, between: str, energy: str, text: str) -> Unit:
    of = {"mwh": MWH, "kwh": KWH}.get(energy)
    if word in _HUNDREDTHS:
        return Unit(of, True, _HUNDREDTHS[word], text)
    if word in _SIGNS or currencies.known(word.upper()):
        return Unit(of, False, _SIGNS.get(word, word.upper()), text)
    if between.strip() in ("", "_"):  # price_kwh
        return Unit(of, None, None, text)
    return Unit(None, None, None, text)
