"""Pick chargers: what words and selectors name, one target a line."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl.errors import NotFound
from cpoctl.operations import Argument, Option, Query, Read
from cpoctl.operations.charger import LISTED, NAMES, ChargerRow, row, with_live
from cpoctl.table import Column
from cpoctl.targets import HINTS, Selection, must_select, resolved, spoken

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class PickRow:
    """A target, and the charger that it is or is at."""

    target: Annotated[str, Column("TARGET")]
    charger: ChargerRow

    @property
    def charger_id(self) -> str:
        """The charger's id."""
        return self.charger.charger_id


@dataclass(frozen=True, kw_only=True)
class PickChargers(Selection, Query):
    """Print the targets that words and selectors name, for a script to go on with.

    Ids, CHARGER:EVSE, globs and comma lists; selectors narrow them down or choose among all chargers.
    """

    path = "charger pick"
    route = "GET /pick"
    row = PickRow
    noun = "targets"
    told_as = "tsv"
    examples = (
        "cpoctl charger pick 'HQ-*' --status faulted,offline",
        "cpoctl charger pick --model 'AC-*' --firmware '<1.8.4' | xargs -n1 cpoctl charger show",
    )

    targets: Annotated[tuple[str, ...], Argument("CHARGER, CHARGER:EVSE, globs, comma lists", kind="charger")] = ()
    all: Annotated[bool, Option("every charger")] = False
    waiting: Annotated[bool, Option("among those that wait for approval, in place of those that have it")] = False

    def select(self, read: Read) -> list[PickRow]:
        """What the words name; with selectors alone every charger."""
        must_select(self.targets, self, every=self.all)
        approved = _listed(read, 1)
        choice = _listed(read, 0) if self.waiting else approved
        if not self.targets:
            return [PickRow(name, charger) for name, charger in choice.items()]
        found = (
            resolved(self.targets, choice, by_name=approved)  # one that was rejected may be approved by its name
            if self.waiting
            else resolved(self.targets, choice, _waiting(read))
        )
        return [PickRow(spoken(at), (approved | choice)[at.charger_id]) for at in found]

    def overlay(self, row: PickRow, live: "LiveFleet", now: datetime) -> PickRow:
        """Add what selectors ask of the live state."""
        return PickRow(row.target, with_live(row.charger, live))

    def chosen(self, rows: list[PickRow]) -> list[PickRow]:
        """Those that fit. An empty selection is never every charger. Raises NotFound."""
        fitting = [row for row in rows if self.fits(row.charger)]
        if not fitting:
            whom = "charger that waits for approval" if self.waiting else "charger"
            raise NotFound(f"the selection is empty: no {whom} fits it", hints=HINTS)
        return fitting


def _listed(read: Read, known: int) -> dict[str, ChargerRow]:
    return {charger.charger_id: charger for charger in map(row, read(LISTED, {"known": known}))}


def _waiting(read: Read) -> list[str]:
    return [record["charger_id"] for record in read(f"{NAMES} AND known = 0")]
