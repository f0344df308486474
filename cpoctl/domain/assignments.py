"""Assignments: which tariff a session has, by where and when it began.

The nearest one holds: that of the EVSE over that of the charger, of the tag's group, of the site, and the default. It is
the one that held when the session began; whatever is assigned later changes nothing for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where an assignment holds, the nearest first."""

    EVSE = "evse"
    CHARGER = "charger"
    GROUP = "group"
    SITE = "site"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A version of a tariff holds here from an instant to another one, or on and on. Instants as they are stored."""

    assignment_id: int
    tariff_id: str
    version: str
    scope: Scope
    target: str  # '' of the default, 'HQ-07:2' of an EVSE
    valid_from: str
    valid_to: str | None = None

    def holds(self, at: str) -> bool:
        """Whether it holds at an instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def meets(self, valid_from: str, valid_to: str | None) -> bool:
        """Whether it holds at any instant of a time."""
        begins_before = valid_to is None or self.valid_from < valid_to
        lasts = self.valid_to is None or self.valid_to > max(valid_from, self.valid_from)
        return begins_before and lasts and self.valid_from != self.valid_to and valid_from != valid_to


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session was, and whose it was."""

    charger_id: str
    evse_id: int
    site_id: str | None = None
    group: str | None = None

    def names(self) -> tuple[tuple[Scope, str | None], ...]:
        """By what an assignment may name it, the nearest first."""
        return (
            (Scope.EVSE, f"{self.charger_id}:{self.evse_id}"),
            (Scope.CHARGER, self.charger_id),
            (Scope.GROUP, self.group),
            (Scope.SITE, self.site_id),
            (Scope.DEFAULT, ""),
        )


class Assignments:
    """All that were ever made, ready to be asked."""

    def __init__(self, every: Iterable[Assignment] = ()) -> None:
        self._by_place: dict[tuple[Scope, str], list[Assignment]] = {}
        for assignment in every:
            self._by_place.setdefault((assignment.scope, assignment.target.casefold()), []).append(assignment)

    def __bool__(self) -> bool:
        return bool(self._by_place)

    @property
    def earliest(self) -> str | None:
        """Since when any held; None where none ever did."""
        return min((one.valid_from for known in self._by_place.values() for one in known), default=None)

    def at(self, place: Place, began: str) -> Assignment | None:
        """The one of a session that began there and then. Of several at one place that began later counts."""
        for scope, target in place.names():
            if target is None:
                continue
            held = [one for one in self._by_place.get((scope, target.casefold()), ()) if one.holds(began)]
            if held:
                return max(held, key=lambda one: (one.valid_from, one.assignment_id))
        return None

    def meeting(self, scope: Scope, target: str, valid_from: str, valid_to: str | None) -> list[Assignment]:
        """Those of this very place that hold at any time of these."""
        known = self._by_place.get((scope, target.casefold()), ())
        return [one for one in known if one.meets(valid_from, valid_to)]
