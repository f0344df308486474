"""Holds: whose connections are refused for a minute. A name at one address, never the name alone.

A charger that sent nothing but rubbish (RELIABILITY §1.4), and the newer of two addresses that keep taking
one charger's place from each other (S-01): both would be back within a second.
"""

from collections import OrderedDict, deque
from typing import Final

HOLD: Final = 60.0
_TAKEOVERS_MOST: Final = 5
_WITHIN: Final = 600.0
_REMEMBERED: Final = 10_000


class _Takeovers:
    """When a charger has changed hands lately, and who had it first."""

    def __init__(self, first: str) -> None:
        self.first = first
        self.latest = 0.0
        self.times: deque[float] = deque(maxlen=_TAKEOVERS_MOST + 1)


class Holds:
    """Who has to wait, and how often each charger has changed hands."""

    def __init__(self) -> None:
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._takeovers: OrderedDict[str, _Takeovers] = OrderedDict()

    def hold(self, charger_id: str, address: str, now: float) -> None:
        """Refuse this charger at this address for a minute from now."""
        self._until[charger_id.casefold(), address] = now + HOLD
        while len(self._until) > _REMEMBERED:
            self._until.popitem(last=False)

    def left(self, charger_id: str, address: str, now: float) -> float:
        """The seconds that it has to wait still; 0 for nearly everybody."""
        key = charger_id.casefold(), address
        until = self._until.get(key)
        if until is None:
            return 0.0
        if until <= now:
            del self._until[key]
            return 0.0
        return until - now

    def takeover(self, charger_id: str, old: str, new: str, now: float) -> str | None:
        """Count that an address takes a charger's place from another.

        After too many in ten minutes the address that came later to this charger is held, and returned.
        """
        known = self._takeovers.get(charger_id.casefold())
        if known is None or now - known.latest > _WITHIN:
            known = self._takeovers[charger_id.casefold()] = _Takeovers(old)
            while len(self._takeovers) > _REMEMBERED:
                self._takeovers.popitem(last=False)
        known.latest = now
        known.times.append(now)
        if len(known.times) <= _TAKEOVERS_MOST or now - known.times[0] > _WITHIN:
            return None
        known.times.clear()  # after the minute it is counted afresh
        newer = old if new == known.first else new
        self.hold(charger_id, newer, now)
        return newer
