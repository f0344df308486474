"""Evidence: everything that the database knows of a session's register, for an end that begin and end alone do not settle."""

from collections.abc import Sequence
from functools import cache

import msgspec

from cpoctl.domain import energy
from cpoctl.domain.energy import Energy, Reading
from cpoctl.domain.fleet import OpenSession
from cpoctl.domain.registers import SESSIONS_MOST, Span, meaning
from cpoctl.store import rows

_LINKS_MOST = 500
# A column for a SELECT from `session s`. Of the sessions before only their number orders: an index by charger finds them.
COLUMN = f"""
json_object(
  'began', s.start_received_at,
  'readings', (SELECT json_group_array(json_array(m.taken_at, m.received_at, m.energy_wh, m.power_w))
    FROM meter_value m WHERE m.session_id = s.session_id AND m.energy_wh IS NOT NULL),
  'links', (SELECT json_group_array(opened_at) FROM (SELECT c.opened_at FROM connection c
    WHERE c.charger_id = s.charger_id AND c.opened_at >= s.start_received_at ORDER BY c.opened_at LIMIT {_LINKS_MOST})),
  'spans', (SELECT json_group_array(json_array(meter_start_wh, meter_stop_wh)) FROM (
    SELECT b.meter_start_wh, b.meter_stop_wh FROM session b
    WHERE b.charger_id = s.charger_id AND b.evse_id = s.evse_id AND +b.session_id < s.session_id
      AND b.meter_start_wh IS NOT NULL AND b.meter_stop_wh IS NOT NULL
    ORDER BY +b.session_id DESC LIMIT {SESSIONS_MOST}))
) AS evidence"""  # noqa: S608 - the numbers are ours


class Evidence(msgspec.Struct, frozen=True):
    """The column, read: readings as time, receipt, register and power; sessions before it, the newest first."""

    began: str
    readings: list[tuple[str, str, float, float | None]]
    links: list[str]
    spans: list[tuple[float, float]]


@cache
def _decoder() -> "msgspec.json.Decoder[Evidence]":
    return msgspec.json.Decoder(Evidence)


def read(column: str) -> Evidence:
    """Read the column."""
    return _decoder().decode(column)


def wanted(session: OpenSession, stop_wh: float | None) -> bool:
    """Whether begin, newest reading and end of an open session leave a doubt."""
    return session.odd_meter or not energy.plain(session.meter_start_wh, session.energy_wh, stop_wh)


def judged(
    first: Reading | None, last: Reading | None, known: Evidence | None, samples: Sequence[rows.MeterValue] = ()
) -> Energy:
    """Energy between a begin and an end, with all that is known beside them. `samples`: what came with the end itself."""
    between = [Reading(s.taken_at, s.received_at, s.energy_wh, s.power_w) for s in samples if s.energy_wh is not None]
    if known is None:
        return energy.measured(first, last, between)
    between += [Reading(*told) for told in known.readings]
    spans = [Span(*span) for span in reversed(known.spans)]
    return energy.measured(first, last, between, known.links, meaning(spans))
