"""Sessions that have no price where there are tariffs: by charger, why, and what gives them one.

Those of unknown energy are doubtful themselves, and stand for themselves.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.errors import CpoctlError
from cpoctl.operations import Read, Record

if TYPE_CHECKING:
    from cpoctl.store.pricing import Pricer

JUST_ENDED = timedelta(seconds=5)  # soon it has a price
_CHARGERS = 200  # of which it is said why: that takes a millisecond a session
_OF_EACH = 10  # sessions, the newest
_MORE = 300  # sessions in all, beside the newest of each charger
_UNPRICED = f"""
SELECT charger_id, zone, count(*) AS n, min(stopped_at) AS first_at, max(stopped_at || ' ' || session_id) AS newest,
       json_group_array(session_id) FILTER (WHERE place <= {_OF_EACH}) AS newest_ones
FROM (
SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, coalesce(site.time_zone, 'UTC') AS zone, s.stopped_at,
       s.session_id, row_number() OVER (
         PARTITION BY coalesce(charger.charger_id, s.charger_id) ORDER BY s.stopped_at DESC, s.session_id DESC) AS place
FROM session s
LEFT JOIN charger ON charger.charger_id = s.charger_id
LEFT JOIN site ON site.site_id = charger.site_id
WHERE s.stopped_at IS NOT NULL AND s.dropped_at IS NULL AND s.energy_wh IS NOT NULL
  AND coalesce(s.stop_received_at, s.stopped_at) < :before AND EXISTS (SELECT 1 FROM tariff_assignment)
  AND NOT EXISTS (SELECT 1 FROM session_price p WHERE p.session_id = s.session_id AND p.superseded_at IS NULL)
) GROUP BY 1 ORDER BY newest DESC
"""  # noqa: S608 # constants


class Unpriced(NamedTuple):
    """The sessions of a charger without a price: what speaks for it, and the ways out."""

    charger_id: str
    at: str
    evidence: list[str]
    ways: list[str]


def unpriced(read: Read) -> Iterator[Unpriced]:
    """A charger at a time, that of the newest end first."""
    from cpoctl.store.pricing import Pricer

    now, more = datetime.now(UTC), _MORE
    pricer = Pricer(read, now)
    for place, record in enumerate(read(_UNPRICED, {"before": stored(now - JUST_ENDED)})):
        at, _, number = record["newest"].rpartition(" ")
        chosen = [int(number), *(one for one in json.loads(record["newest_ones"]) if one != int(number))][: 1 + more]
        looked = [_why(read, one, pricer) for one in chosen] if place < _CHARGERS else []
        more -= max(0, len(looked) - 1)
        whys = [why for why in looked if why is not None]
        zone, few = ZoneInfo(record["zone"]), record["n"] == 1
        first, last = (parsed(text).astimezone(zone).date().isoformat() for text in (record["first_at"], at))
        said = f"session {number} has no price" if few else f"{record['n']} sessions have no price, the newest {number}"
        days = last if first == last else f"{first} to {last}"
        charger = quote(record["charger_id"])
        which = number if few else f"--from {first} --to {last} --charger {charger} --unpriced"
        ways = [
            *dict.fromkeys(way for why in whys for way in _ways(record, first, why)),
            f"cpoctl session reprice {which} --reason TEXT --yes",
            f"cpoctl session show {number}",
        ]
        yield Unpriced(record["charger_id"], at, [f"{said} ({days})", *_reasons(whys, record["n"])], ways)


class _Why(NamedTuple):
    session: int
    kind: str
    said: str
    series: str | None = None
    assigned: bool = True


def _reasons(whys: Sequence[_Why], total: int) -> Iterator[str]:
    """Each reason with how many it is of, and what it says of the newest of them."""
    alike: dict[str, list[_Why]] = {}
    for why in whys:
        alike.setdefault(why.kind, []).append(why)
    of = f" of the newest {len(whys)}" if len(whys) < total else ""
    for some in sorted(alike.values(), key=len, reverse=True):
        count = "all" if len(some) == len(whys) > 1 else str(len(some))
        yield some[0].said if total == 1 else f"{count}{of}, such as {some[0].session}: {some[0].said}"


def _why(read: Read, number: int, pricer: "Pricer") -> _Why | None:
    """Why a session has no price; None where it gets one by itself."""
    from cpoctl.store.charges import SESSIONS
    from cpoctl.store.pricing import UNREADABLE

    (record,) = read(f"{SESSIONS} WHERE s.session_id = :session", {"session": number})
    held = pricer.assigned(record)
    if held is None:
        return _Why(number, "unassigned", "no tariff held when it began", assigned=False)
    try:
        formula = pricer.tariff(held.tariff_id, held.version).formula
        pricer.price(record)
    except CpoctlError as error:
        kind = str(error.detail.get("reason", error.message))
        return _Why(number, kind, error.message, formula.series if formula else None)
    except UNREADABLE:
        return _Why(number, "unreadable", "its record cannot be reckoned with")
    return None


def _ways(record: Record, first: str, why: _Why) -> list[str]:
    """What is to be done before it can be priced."""
    if not why.assigned:
        charger = quote(record["charger_id"])
        return [f"cpoctl tariff assign TARIFF --charger {charger} --from {first} --yes    what it costs from then on"]
    if why.series:
        series = quote(why.series)
        return [f"cpoctl price-series add {series} @prices.csv    then it is priced by itself"]
    return []
