"""Holes: where a series has no price between its first one and its last."""

from cpoctl.operations import Read

_HOLES = """
SELECT ends_at AS begins_at, next AS ends_at FROM (
    SELECT ends_at, lead(begins_at) OVER (ORDER BY begins_at) AS next FROM price_point WHERE series = :series
) WHERE next > ends_at ORDER BY 1 LIMIT :most
"""
MOST = 20


def holes(read: Read, series: str) -> list[str]:
    """The first of them, each with its instants."""
    found = read(_HOLES, {"series": series, "most": MOST})
    return [f"no price from {hole['begins_at']} to {hole['ends_at']}" for hole in found]
