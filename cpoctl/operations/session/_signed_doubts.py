"""What speaks against signed values: signatures, pages that were never told, another meter within a session, what meters say.

Whoever bills by them must hold them as the meter has signed them, without a hole, from one meter, and without a fault. OCMF 1.0
"""

import json
from collections import defaultdict

from cpoctl.operations import Read

_METERS = """
SELECT session_id, group_concat(meter_serial, ', ') AS meters FROM (
  SELECT session_id, meter_serial FROM signed_value WHERE session_id > 0 AND meter_serial IS NOT NULL
  GROUP BY session_id, meter_serial ORDER BY min(signed_value_id)
) GROUP BY session_id HAVING count(*) > 1
"""
_DOUBTS = "SELECT session_id, doubts FROM signed_value WHERE doubts IS NOT NULL AND session_id > 0 ORDER BY session_id"
_HOLES = """
SELECT session_id, meter_serial, before + 1 AS first, page - 1 AS last FROM (
  SELECT session_id, meter_serial, page, lag(page) OVER (PARTITION BY charger_id, meter_serial ORDER BY page) AS before
  FROM signed_value WHERE page IS NOT NULL
) WHERE page > before + 1 AND session_id > 0
"""
NOT_GOOD = """
SELECT v.session_id, count(*) AS n FROM signed_verdict w JOIN signed_value v USING (signed_value_id)
WHERE w.good = 0 GROUP BY v.session_id
"""
"""How many values of a session are not what a meter has signed, by those that were looked at."""


def signed_doubts(read: Read) -> dict[str, list[str]]:
    """What is doubtful, by the number of the session."""
    found: dict[str, list[str]] = defaultdict(list)
    for record in read(NOT_GOOD):
        few = record["n"] == 1
        values = "1 signed value is" if few else f"{record['n']} signed values are"
        found[str(record["session_id"])].append(f"{values} not what {'its' if few else 'their'} meter has signed")
    for record in read(_HOLES):
        first, last = record["first"], record["last"]
        pages = f"page {first}" if first == last else f"pages {first} to {last}"
        were = "was" if first == last else "were"
        found[str(record["session_id"])].append(f"signed {pages} of meter {record['meter_serial']} {were} never told")
    for record in read(_METERS):
        found[str(record["session_id"])].append(f"its meter changed: {record['meters']}")
    for record in read(_DOUBTS):
        told = found[str(record["session_id"])]
        told += [text for each in json.loads(record["doubts"]) if (text := f"a signed value says: {each}") not in told]
    return found
