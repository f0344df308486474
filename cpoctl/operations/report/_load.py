"""What sessions drew together, quarter of an hour by quarter of an hour, of the power that chargers told.

What was drawn together is of one instant, and so of one clock: that of the sites where all that drew anything share it, else
UTC. The period begins and ends by it too: before midnight at one half of the sites the other half alone tells nothing.
"""

from zoneinfo import ZoneInfo

from cpoctl.clock import stored
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
UTC = ZoneInfo("UTC")


def load(read: Read, report: Report) -> tuple[ZoneInfo | None, dict[str, int]]:
    """The clock of the sites, None for UTC of sites in several zones; the watts in each quarter of an hour, as `2026-10-25T01:15`."""
    begin, end = map(stored, report.period().within(UTC))
    spans = [*report.spans(read), (UTC, {"begin": begin, "end": end})]
    longest = {"begin": min(given["begin"] for _, given in spans), "end": max(given["end"] for _, given in spans)}
    found = read(_SLOTS, {**spans[0][1], **longest})
    own = {zone.key: (given["begin"], given["end"]) for zone, given in spans}
    zones = {record["zone"] for record in found if _within(record["slot"], *own[record["zone"]])}
    zones = zones or {zone.key for zone, _ in spans[:-1]}
    clock = ZoneInfo(zones.pop()) if len(zones) == 1 else None
    watts: dict[str, int] = {}
    for record in found:
        if _within(record["slot"], *own[(clock or UTC).key]):
            watts[record["slot"]] = watts.get(record["slot"], 0) + record["power_w"]
    return clock, watts


def _within(slot: str, begin: str, end: str) -> bool:
    """Whether any of a quarter of an hour is part of a period."""
    return f"{begin[:14]}{int(begin[14:16]) // 15 * 15:02d}" <= slot and f"{slot}:00.000Z" < end
