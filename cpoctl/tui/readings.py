"""Readings: what the running sessions of one charger have measured, by EVSE, and their charts. Pure."""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from cpoctl import charts
from cpoctl.clock import parsed
from cpoctl.domain.fleet import OpenSession

_MOST: Final = 2000
_CLOCK_UNTIL_S: Final = 300
_GAP_S: Final = 900


class Readings:
    """Power in kW and energy of the session in kWh, over time."""

    def __init__(self) -> None:
        self._powers: dict[int, deque[charts.Point]] = {}
        self._energies: dict[int, deque[charts.Point]] = {}

    def keep(
        self, evse_id: int, at: str, power_w: float | None, energy_wh: float | None, session: OpenSession | None
    ) -> None:
        """Take a reading in; `session` is the one that runs there."""
        time = parsed(at).timestamp()
        if power_w is not None:
            self._powers.setdefault(evse_id, deque(maxlen=_MOST)).append((time, power_w / 1000))
        if energy_wh is not None and session is not None and session.meter_start_wh is not None:
            used = max(0.0, energy_wh - session.meter_start_wh) / 1000
            self._energies.setdefault(evse_id, deque(maxlen=_MOST)).append((time, used))

    def forget(self, evse_id: int) -> None:
        """Another session begins there, or none runs any more."""
        self._powers.pop(evse_id, None)
        self._energies.pop(evse_id, None)

    def has(self, evse_id: int) -> bool:
        """Whether anything was measured there."""
        return bool(self._powers.get(evse_id) or self._energies.get(evse_id))

    def drawn(self, evse_id: int, width: int, height: int) -> tuple[list[str], list[str]]:
        """The charts of power and energy."""
        powers, energies = self._powers.get(evse_id, ()), self._energies.get(evse_id, ())
        return drawn(powers, width, height), drawn(energies, width, height)


def drawn(points: Sequence[charts.Point], width: int, height: int) -> list[str]:
    """A chart with the times of its ends below it."""
    short = bool(points) and points[-1][0] - points[0][0] < _CLOCK_UNTIL_S  # else both ends may say the same
    form = "%H:%M:%S" if short else "%H:%M"
    ends = [datetime.fromtimestamp(points[at][0], UTC).astimezone().strftime(form) for at in (0, -1) if points]
    return charts.line(list(points), width, height, gap=_GAP_S, foot=ends)
