"""Seeking: where a time begins in a table that grows with time, found without an index on the time."""

from typing import Literal

from cpoctl.store import Read

_NUMBERS = {
    "journal": ("journal_id", "at"),
    "event": ("seq", "at"),
    "session": ("session_id", "start_received_at"),
}


def first_since(read: Read, table: Literal["journal", "event", "session"], since: str) -> int:
    """The number of the first row that is not older than an instant; past the end when there is none."""
    number, at = _NUMBERS[table]
    # Each end apart is a look at the table's edge; both in one go would read all of it.
    ends = read(
        f"SELECT coalesce((SELECT min({number}) FROM {table}), 1) AS low,"  # noqa: S608 # our own names
        f" coalesce((SELECT max({number}) FROM {table}), 0) + 1 AS high"
    )
    low, high = int(ends[0]["low"]), int(ends[0]["high"])
    probe = f"SELECT {number} AS number, {at} AS at FROM {table} WHERE {number} >= ? ORDER BY {number} LIMIT 1"  # noqa: S608 # our own names
    while low < high:
        middle = (low + high) // 2
        row = read(probe, [middle])[0]  # below the end there is one
        low, high = (low, middle) if row["at"] >= since else (row["number"] + 1, high)
    return low
