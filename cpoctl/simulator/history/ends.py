"""How a generated session ends: what its meter told, and what the server makes of that by its own rules."""

import json
from dataclasses import dataclass
from itertools import pairwise

from cpoctl.domain import energy
from cpoctl.domain.energy import Energy, Reading
from cpoctl.domain.registers import SESSIONS_MOST, Span, meaning
from cpoctl.domain.sessions import with_flags
from cpoctl.simulator.history.network import Evse
from cpoctl.store import rows


@dataclass(eq=False, slots=True)
class Open:
    """A session whose end has not been told."""

    session_id: int
    evse: Evse
    tag_id: str
    started_at: str
    received_at: str
    meter_start_wh: float | None
    flags: tuple[str, ...]
    samples: list[rows.MeterValue]


def used(session: Open, stop_wh: float | None, stopped_at: str, received_at: str, links: list[str]) -> Energy:
    """The energy of a session that ends so. `links`: when its charger connected anew meanwhile."""
    start_wh = session.meter_start_wh
    samples = session.samples
    last_wh = samples[-1].energy_wh if samples else start_wh
    odd = links and any((b.energy_wh or 0) < (a.energy_wh or 0) for a, b in pairwise(samples))
    if start_wh is not None and stop_wh is not None and not odd and energy.plain(start_wh, last_wh, stop_wh):
        found = Energy(stop_wh - start_wh, start_wh, stop_wh)
    else:
        first = None if start_wh is None else Reading(session.started_at, session.received_at, start_wh)
        last = None if stop_wh is None else Reading(stopped_at, received_at, stop_wh)
        between = [Reading(s.taken_at, s.received_at, s.energy_wh or 0.0, s.power_w) for s in samples]
        spans = [Span(*span) for span in session.evse.spans]
        found = energy.measured(first, last, between, links, meaning(spans))
    if start_wh is not None and found.stop_wh is not None:
        session.evse.spans = [*session.evse.spans, (start_wh, found.stop_wh)][-SESSIONS_MOST:]
    return found


def stop_row(
    session: Open, found: Energy, raw: str, at: str, received_at: str | None, told: str, reason: str, verdict: str | None,
    *doubts: str | None,
) -> tuple[rows.SessionStop, tuple[str, ...]]:  # fmt: skip
    """The end as it is kept, and all flags of the session."""
    flags = with_flags(session.flags, *doubts, *found.flags)
    row = rows.SessionStop(
        at,
        raw,
        received_at,
        found.stop_wh,
        told,
        found.wh,
        reason,
        session.tag_id if verdict else None,
        verdict,
        text(flags),
        session.session_id,
    )
    return row, flags


def text(flags: tuple[str, ...]) -> str:
    """Flags as they are kept."""
    return json.dumps(flags, separators=(",", ":")) if flags else "[]"
