"""What sessions drew together, quarter of an hour by quarter of an hour, of the power that chargers told."""

from zoneinfo import ZoneInfo

from cpoctl.operations import Read
from cpoctl.operations.report import FITTING, OF_CHARGER, SLOT, Report

OVERLAPPING = f"s.started_at < :end AND (s.stopped_at IS NULL OR s.stopped_at > :begin) AND {FITTING}"
_SLOTS = f"""
SELECT slot, CAST(round(sum(power_w)) AS INTEGER) AS power_w FROM (
    SELECT {SLOT.format(at="m.taken_at")} AS slot, avg(m.power_w) AS power_w
    FROM session s {OF_CHARGER.format(of="s")} JOIN meter_value m ON m.session_id = s.session_id
    WHERE {OVERLAPPING} AND m.power_w IS NOT NULL AND m.taken_at >= :begin AND m.taken_at < :end
    GROUP BY m.session_id, slot
) GROUP BY slot ORDER BY slot
"""  # noqa: S608 # constants


def load(read: Read, report: Report) -> list[tuple[ZoneInfo, str, int]]:
    """The zone, the quarter of an hour as `2026-10-25T01:15`, and the watts of all sessions in it together."""
    return [
        (zone, record["slot"], record["power_w"])
        for zone, given in report.spans(read)
        for record in read(_SLOTS, given)
    ]
