"""Assignments: which tariff a session has, by where and when it began.

The nearest one holds: that of the EVSE over that of the charger, of the tag's group, of the site, and the default. It is
the one that held when the session began; whatever is assigned later changes nothing for it. It begins and ends at an instant,
or with a day: at midnight on the wall of whichever site a session is at, so that a month's price is that of the site's month.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache

from cpoctl.clock import stored
from cpoctl.domain.periods import midnight

_FIRST_ZONE = timezone(timedelta(hours=14))  # where a day begins before it does anywhere else


class Scope(StrEnum):
    """Where an assignment holds, the nearest first."""

    EVSE = "evse"
    CHARGER = "charger"
    GROUP = "group"
    SITE = "site"
    DEFAULT = "default"


@lru_cache(maxsize=1 << 12)
def reached(edge: str, zone: tzinfo) -> str:
    """When an assignment begins or ends that does so with this day, or at this instant: an instant as it is stored."""
    return stored(midnight(edge, zone)) if is_day(edge) else edge


def is_day(edge: str) -> bool:
    """Whether it is a day, and no instant."""
    return len(edge) == len("2026-10-01")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A version of a tariff holds here from an edge to another one, or on and on: a day, or an instant as it is stored."""

    assignment_id: int
    tariff_id: str
    version: str
    scope: Scope
    target: str  # '' of the default, 'HQ-07:2' of an EVSE
    valid_from: str
    valid_to: str | None = None

    def holds(self, at: str, zone: tzinfo) -> bool:
        """Whether it holds at an instant in a zone."""
        return reached(self.valid_from, zone) <= at and (self.valid_to is None or at < reached(self.valid_to, zone))

    def meets(self, valid_from: str, valid_to: str | None, zone: tzinfo) -> bool:
        """Whether it holds at any instant of a time in a zone."""
        mine, other = reached(self.valid_from, zone), reached(valid_from, zone)
        my_end, its_end = (to and reached(to, zone) for to in (self.valid_to, valid_to))
        begins_before = its_end is None or mine < its_end
        lasts = my_end is None or my_end > max(other, mine)
        return begins_before and lasts and other != its_end


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
        """Since when any held anywhere; None where none ever did."""
        every = (one for known in self._by_place.values() for one in known)
        return min((reached(one.valid_from, _FIRST_ZONE) for one in every), default=None)

    def at(self, place: Place, began: str, zone: tzinfo) -> Assignment | None:
        """The one of a session that began there and then. Of several at one place that began later counts."""
        for scope, target in place.names():
            if target is None:
                continue
            held = [one for one in self._by_place.get((scope, target.casefold()), ()) if one.holds(began, zone)]
            if held:
                return max(held, key=lambda one: (reached(one.valid_from, zone), one.assignment_id))
        return None

    def meeting(
        self, scope: Scope, target: str, valid_from: str, valid_to: str | None, zone: tzinfo
    ) -> list[Assignment]:
        """Those of this very place that hold at any time of these in its zone."""
        known = self._by_place.get((scope, target.casefold()), ())
        return [one for one in known if one.meets(valid_from, valid_to, zone)]
