"""Late words: what a charger told of a session after somebody had decided what it was, closed it by hand or left it out.

Nothing of that is settled in silence: either the decision stands and the word is kept beside it, or the word counts and says so.
"""

import json
from collections import defaultdict
from typing import Any

from cpoctl.operations import Read
from cpoctl.table import plain

_CLAIMS = """
SELECT c.session_id, c.says, s.started_at, s.stopped_at, s.meter_start_wh, s.meter_stop_wh, s.energy_wh, s.tag_id
FROM session_claim c JOIN session s ON s.session_id = c.session_id
WHERE c.decided = s.decided AND (s.dropped_at IS NULL OR c.told_at > s.dropped_at) AND (:session IS NULL OR c.session_id = :session)
"""
# One that was closed with its newest reading and has had its own end since, which counts.
_OVERTAKEN = """
SELECT c.session_id, c.stopped_at AS stood_at, c.energy_wh AS stood_wh, s.stopped_at, s.energy_wh
FROM session_closing c JOIN session s ON s.session_id = c.session_id
WHERE s.stop_received_at IS NOT NULL AND s.decided = 0 AND (s.dropped_at IS NULL OR s.stop_received_at > s.dropped_at)
  AND (c.energy_wh IS NOT s.energy_wh OR c.stopped_at IS NOT s.stopped_at) AND (:session IS NULL OR c.session_id = :session)
"""
DECIDED_OTHERWISE = "its charger says otherwise, and late"
_UNITS = {"energy_wh": "", "meter_start_wh": "a begin at ", "meter_stop_wh": "an end at "}
_TIMES = {"started_at": "begun", "stopped_at": "ended"}


def late_words(read: Read, session_id: int | None = None) -> dict[str, list[str]]:
    """What came late and is otherwise, by the number of the session; of one session, or of all."""
    given = {"session": session_id}
    found: dict[str, list[str]] = defaultdict(list)
    for record in read(_CLAIMS, given):
        if said := otherwise(json.loads(record["says"]), record):
            found[str(record["session_id"])].append(f"{DECIDED_OTHERWISE}: {said}")
    for record in read(_OVERTAKEN, given):
        stood = {"stopped_at": record["stood_at"], "energy_wh": record["stood_wh"]}
        said = otherwise({name: record[name] for name in stood}, stood)
        found[str(record["session_id"])].append(f"its end came after it was closed by hand, and counts: {said}")
    return found


def otherwise(says: dict[str, Any], stands: dict[str, Any]) -> str:
    """`12.3 kWh instead of 10 kWh, ended 2026-11-22T13:45:00.000Z instead of 2026-11-22T13:30:00.000Z`"""
    if "energy_wh" in says:  # it says it all
        says = {name: value for name, value in says.items() if not name.startswith("meter_")}
    differing = [name for name in sorted(says, key=_order) if name in stands and says[name] != stands[name]]
    return ", ".join(f"{_told(name, says[name])} instead of {_value(name, stands[name])}" for name in differing)


def _order(name: str) -> int:
    return ("energy_wh", "meter_stop_wh", "meter_start_wh", "stopped_at", "started_at", "tag_id", "tag_status").index(
        name
    )


def _told(name: str, value: Any) -> str:
    word = _UNITS.get(name, f"{_TIMES.get(name, 'tag')} ")
    return f"{word}{_value(name, value)}"


def _value(name: str, value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{plain(round(value / 1000, 3))} kWh" if name in _UNITS else str(value) or "none"
