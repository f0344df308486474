"""Readings outside sessions: of an EVSE where nobody charges, and of the station's own meter (EVSE 0).

They lie in the order of the charger's own text of their time, whatever its zone: those of an instant are looked for within a
day of it. Of a charger whose clock is further off, or that tells them later still, there are none here.
"""

from datetime import timedelta
from typing import Final

from cpoctl.clock import parsed, stored
from cpoctl.store import Read, Record

_AROUND: Final = timedelta(days=1)
_BETWEEN = """
SELECT *, NULL AS transaction_id FROM meter_value
WHERE session_id = 0 AND timestamp_raw > :low AND timestamp_raw < :high AND received_at >= :since AND received_at < :until
ORDER BY received_at, taken_at LIMIT :most
"""
_LAST = """
SELECT *, NULL AS transaction_id, max(taken_at) FROM meter_value
WHERE session_id = 0 AND timestamp_raw > :low AND timestamp_raw < :high AND received_at < :at
GROUP BY charger_id, evse_id, power_w IS NULL
"""


def between(read: Read, since: str, until: str, most: int) -> list[Record]:
    """The readings that were received from an instant up to another, the oldest first."""
    return read(_BETWEEN, {**_texts(since, until), "since": since, "until": until, "most": most})


def last(read: Read, at: str) -> list[Record]:
    """The newest of each EVSE that had been received, and the newest that tells a power."""
    return read(_LAST, {**_texts(at, at), "at": at})


def _texts(since: str, until: str) -> dict[str, str]:
    return {"low": stored(parsed(since) - _AROUND), "high": stored(parsed(until) + _AROUND)}
