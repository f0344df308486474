"""What sessions drew together, quarter of an hour by quarter of an hour: by the power that they told, else by their registers.

What was drawn together is of one instant, and so of one clock: that of the sites where all that drew anything share it, else
UTC. The period begins and ends by it too: before midnight at one half of the sites the other half alone tells nothing.
"""

import json
from collections.abc import Iterator
from datetime import UTC as _UTC
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cpoctl.clock import stored
from cpoctl.domain.drawn import course, quarters
from cpoctl.operations import Read
from cpoctl.operations.report import CHARGER_ZONE, FITTING, OF_CHARGER, PICKED, SLOT, Report

_OVERLAPPING = "s.started_at < :end AND (s.stopped_at IS NULL OR s.stopped_at > :begin)"
OVERLAPPING = f"{_OVERLAPPING} AND {FITTING}"
_SLOTS = f"""
SELECT zone, slot, CAST(round(sum(power_w)) AS INTEGER) AS power_w FROM (
    SELECT {CHARGER_ZONE} AS zone, {SLOT.format(at="m.taken_at")} AS slot, avg(m.power_w) AS power_w
    FROM session s {OF_CHARGER.format(of="s")} JOIN meter_value m ON m.session_id = s.session_id
    WHERE {_OVERLAPPING} AND {PICKED} AND m.power_w IS NOT NULL AND m.taken_at >= :begin AND m.taken_at < :end
    GROUP BY m.session_id, slot
) GROUP BY zone, slot ORDER BY slot, zone
"""  # noqa: S608 # constants
UNTOLD = "NOT EXISTS (SELECT 1 FROM meter_value m WHERE m.session_id = s.session_id AND m.power_w IS NOT NULL)"
"""Of a session that told no power."""
_AT_ONCE = 5000
_REGISTERS = f"""
SELECT s.session_id, {CHARGER_ZONE} AS zone, unixepoch(s.started_at) AS begin, unixepoch(s.stopped_at) AS until, s.energy_wh,
       s.meter_start_wh, s.meter_stop_wh, (
         SELECT json_group_array(json_array(unixepoch(m.taken_at), m.energy_wh))
         FROM meter_value m WHERE m.session_id = s.session_id AND m.energy_wh IS NOT NULL) AS readings
FROM session s {OF_CHARGER.format(of="s")}
WHERE s.session_id > :after AND {_OVERLAPPING} AND {PICKED} AND (s.stopped_at IS NULL OR s.energy_wh > 0) AND {UNTOLD}
ORDER BY s.session_id LIMIT {_AT_ONCE}
"""  # noqa: S608 # constants
UTC = ZoneInfo("UTC")


class Load(NamedTuple):
    """The clock of the sites, None for UTC of sites in several zones; watts by the quarter of an hour, as `2026-10-25T01:15`.

    `reckoned` is what of it comes from registers, as no power was told.
    """

    clock: ZoneInfo | None
    watts: dict[str, int]
    reckoned: dict[str, int]


def load(read: Read, report: Report) -> Load:
    """What was drawn in the period."""
    begin, end = map(stored, report.period().within(UTC))
    spans = [*report.spans(read), (UTC, {"begin": begin, "end": end})]
    longest = {"begin": min(given["begin"] for _, given in spans), "end": max(given["end"] for _, given in spans)}
    given = {**spans[0][1], **longest}
    found = [*({**record, "told": True} for record in read(_SLOTS, given)), *_reckoned(read, given)]
    own = {zone.key: (given["begin"], given["end"]) for zone, given in spans}
    zones = {record["zone"] for record in found if _within(record["slot"], *own[record["zone"]])}
    zones = zones or {zone.key for zone, _ in spans[:-1]}
    clock = ZoneInfo(zones.pop()) if len(zones) == 1 else None
    watts: dict[str, int] = {}
    reckoned: dict[str, int] = {}
    for record in found:
        if _within(slot := record["slot"], *own[(clock or UTC).key]):
            watts[slot] = watts.get(slot, 0) + record["power_w"]
            if not record["told"]:
                reckoned[slot] = reckoned.get(slot, 0) + record["power_w"]
    return Load(clock, watts, reckoned)


def _reckoned(read: Read, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """By zone and quarter what sessions drew that told no power."""
    since, until = (int(datetime.fromisoformat(given[name]).timestamp()) for name in ("begin", "end"))
    watts: dict[tuple[str, int], float] = {}
    after, some = 0, [given]
    while some:
        some = read(_REGISTERS, {**given, "after": after})
        for session in some:
            after = session["session_id"]
            for at, power in quarters(_course(session), since, until).items():
                watts[session["zone"], at] = watts.get((session["zone"], at), 0.0) + power
    for (zone, at), power in sorted(watts.items()):
        slot = f"{datetime.fromtimestamp(at, _UTC):%Y-%m-%dT%H:%M}"
        yield {"zone": zone, "slot": slot, "power_w": round(power), "told": False}


def _course(session: dict[str, Any]) -> list[tuple[int, float]]:
    begin, end = session["begin"], session["until"]
    edges = ((begin, session["meter_start_wh"]), (end, session["meter_stop_wh"]))
    known = [(at, wh) for at, wh in edges if at is not None and wh is not None]
    readings = [(at, wh) for at, wh in json.loads(session["readings"])]
    return course([*readings, *known], begin, end, session["energy_wh"])


def _within(slot: str, begin: str, end: str) -> bool:
    """Whether any of a quarter of an hour is part of a period."""
    return f"{begin[:14]}{int(begin[14:16]) // 15 * 15:02d}" <= slot and f"{slot}:00.000Z" < end
