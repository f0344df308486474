"""Sessions that have no price where there are tariffs: by charger, why, and what gives them one.

Those of unknown energy are doubtful themselves, and stand for themselves.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from shlex import quote
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.errors import CpoctlError
from cpoctl.operations import Read, Record

JUST_ENDED = timedelta(seconds=5)  # soon it has a price
_EXPLAINED = 200  # chargers of which it is said why: that takes a millisecond each
_UNPRICED = """
SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, coalesce(site.time_zone, 'UTC') AS zone, count(*) AS n,
       min(s.stopped_at) AS first_at, max(s.stopped_at || ' ' || s.session_id) AS newest
FROM session s
LEFT JOIN charger ON charger.charger_id = s.charger_id
LEFT JOIN site ON site.site_id = charger.site_id
WHERE s.stopped_at IS NOT NULL AND s.dropped_at IS NULL AND s.energy_wh IS NOT NULL
  AND coalesce(s.stop_received_at, s.stopped_at) < :before AND EXISTS (SELECT 1 FROM tariff_assignment)
  AND NOT EXISTS (SELECT 1 FROM session_price p WHERE p.session_id = s.session_id AND p.superseded_at IS NULL)
GROUP BY 1 ORDER BY newest DESC
"""


class Unpriced(NamedTuple):
    """The sessions of a charger without a price: what speaks for it, and the ways out."""

    charger_id: str
    at: str
    evidence: list[str]
    ways: list[str]


def unpriced(read: Read) -> Iterator[Unpriced]:
    """A charger at a time, that of the newest end first."""
    now = datetime.now(UTC)
    for place, record in enumerate(read(_UNPRICED, {"before": stored(now - JUST_ENDED)})):
        at, _, number = record["newest"].rpartition(" ")
        why = _why(read, int(number), now) if place < _EXPLAINED else None
        zone, few = ZoneInfo(record["zone"]), record["n"] == 1
        first, last = (parsed(text).astimezone(zone).date().isoformat() for text in (record["first_at"], at))
        said = f"session {number} has no price" if few else f"{record['n']} sessions have no price, the newest {number}"
        days = last if first == last else f"{first} to {last}"
        which = number if few else f"--from {first} --to {last}"
        ways = [
            *_ways(record, first, why),
            f"cpoctl session reprice {which} --reason TEXT --yes",
            f"cpoctl session show {number}",
        ]
        yield Unpriced(record["charger_id"], at, [f"{said} ({days})", *([why.said] if why else [])], ways)


class _Why(NamedTuple):
    said: str
    series: str | None = None
    assigned: bool = True


def _why(read: Read, number: int, now: datetime) -> _Why | None:
    """Why a session has no price; None where it gets one by itself."""
    from cpoctl.store.charges import SESSIONS
    from cpoctl.store.pricing import UNREADABLE, Pricer

    pricer = Pricer(read, now)
    (record,) = read(f"{SESSIONS} WHERE s.session_id = :session", {"session": number})
    held = pricer.assigned(record)
    if held is None:
        return _Why("no tariff held when it began", assigned=False)
    try:
        formula = pricer.tariff(held.tariff_id, held.version).formula
        pricer.price(record)
    except CpoctlError as error:
        return _Why(error.message, formula.series if formula else None)
    except UNREADABLE:
        return _Why("its record cannot be reckoned with")
    return None


def _ways(record: Record, first: str, why: _Why | None) -> list[str]:
    """What is to be done before it can be priced."""
    if why is None:
        return []
    if not why.assigned:
        charger = quote(record["charger_id"])
        return [f"cpoctl tariff assign TARIFF --charger {charger} --from {first} --yes    what it costs from then on"]
    if why.series:
        series = quote(why.series)
        return [f"cpoctl price-series add {series} @prices.csv    then it is priced by itself"]
    return []
