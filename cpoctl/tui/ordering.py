"""Ordering: which rows of a list fit its filter, and the place of each; made anew now and then, so that lists stand still."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

_SORT_EVERY_S: Final = 2.0


class Place(NamedTuple):
    """A place in the order. What is unknown comes last, what is alike goes by its key."""

    unknown: bool
    value: Any
    key: str
    group: str


class Order:
    """The order of a list, by the column `by`. `sort` names it, with `-` before it for the greatest first."""

    def __init__(self, sort: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.fitting: dict[str, Place] = {}
        """The rows that fit the filter, with their places."""
        self.unsorted = False
        """Whether rows stand where they no longer belong."""
        self._clock = clock
        self._places: dict[str, Place] = {}
        """The places of rows, whether they fit or not, until they change: a filter moves nothing."""
        self._sorted_at = 0.0
        self.sort(sort)

    def sort(self, sort: str) -> None:
        """Go by another column."""
        self.by, self.down = sort.removeprefix("-"), sort.startswith("-")

    @property
    def told(self) -> str:
        """As `sort` takes it."""
        return f"{'-' if self.down else ''}{self.by}"

    def title(self, headers: Mapping[str, str]) -> str:
        """As a list's title tells it; '' where it goes by no column."""
        arrow, more = "↓" if self.down else "↑", " +" if self.unsorted else ""
        return f"sort: {headers.get(self.by, self.by)} {arrow}{more}" if self.by else ""

    def forget(self) -> None:
        """The rows are others, or go by something else."""
        self._places = {}

    def pick(
        self, known: Collection[str], place: Callable[[str], Place], fits: Callable[[str], bool] | None
    ) -> list[str]:
        """The rows that fit, all where they belong."""
        places = self._places
        keys = places if len(places) == len(known) else known  # sorted once already
        shown = [key for key in keys if fits(key)] if fits else [*keys]
        for key in shown:
            if key not in places:
                places[key] = place(key)
        self.fitting = {key: places[key] for key in shown}
        arranged = self.arranged()
        if not fits:
            self._places = {key: places[key] for key in arranged}
        return arranged

    def take_in(
        self,
        changed: Iterable[str],
        known: Collection[str],
        place: Callable[[str], Place],
        fits: Callable[[str], bool] | None,
    ) -> None:
        """These rows have come, gone or changed; whether any has moved is known afterwards."""
        for key in changed:
            self._places.pop(key, None)
            there = place(key) if key in known and (fits is None or fits(key)) else None
            if there != self.fitting.get(key):
                self.unsorted = True
                if there is None:
                    self.fitting.pop(key, None)
                else:
                    self.fitting[key] = there

    def is_due(self, pressed_at: float) -> bool:
        """Whether it is to be made anew: not too often, and never while keys are pressed."""
        return self.unsorted and self._clock() - max(self._sorted_at, pressed_at) >= _SORT_EVERY_S

    def arranged(self) -> list[str]:
        """The rows that fit, all where they belong."""
        self._sorted_at, self.unsorted = self._clock(), False
        keys = sorted(self.fitting, key=self.fitting.__getitem__, reverse=self.down)
        if self.down:  # what nothing is known of stays last
            keys.sort(key=lambda key: self.fitting[key].unknown)
        return keys
