"""Flashes: which rows are bold for a moment because their status has changed while somebody watched."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Final

LASTS_S: Final = 2.0


class Flashes:
    """What each row was last seen as, and since when those that changed are bright."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._states: dict[str, object] = {}
        self._since: dict[str, float] = {}

    @property
    def bright(self) -> Collection[str]:
        """The keys of rows that are bold now."""
        return self._since.keys()

    def begin(self, states: Mapping[str, object]) -> None:
        """A list is shown afresh: nothing in it has changed before somebody's eyes."""
        self._states = dict(states)

    def see(self, states: Mapping[str, object]) -> None:
        """Some rows may be others now."""
        for key, state in states.items():
            if self._states.get(key, state) != state:
                self._since[key] = self._clock()
        self._states.update(states)

    def fade(self) -> None:
        """What has been bright for long enough is so no longer."""
        now = self._clock()
        for key in [key for key, since in self._since.items() if now - since >= LASTS_S]:
            del self._since[key]
