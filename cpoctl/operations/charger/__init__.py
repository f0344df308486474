"""Chargers: who they are, who may connect, and what they are told to do."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, TypeVar

from cpoctl.clock import stored
from cpoctl.operations import Argument, Option, Read, one
from cpoctl.table import Column, ago, kw
from cpoctl.targets import spoken as spoken

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet

NAMES = "SELECT charger_id FROM charger WHERE removed_at IS NULL"
Charger = Annotated[str, Argument("the charger's id", kind="charger")]
Place = Annotated[str, Argument("CHARGER, or CHARGER:EVSE", kind="charger")]
Timeout = Annotated[float, Option("seconds to wait for the charger's answer")]


def labelled(labels: dict[str, str] | None) -> str:
    """Labels as they are given: `k=v,k=v`."""
    return ",".join(f"{name}={value}" for name, value in (labels or {}).items()) or "-"


@dataclass(frozen=True)
class ChargerRow:
    """A charger in a list. `stale` when no server was there to say who is connected."""

    charger_id: Annotated[str, Column("CHARGER")]
    status: Annotated[str, Column("STATUS")]
    connected: Annotated[bool | None, Column("ONLINE", 2)]
    power_w: Annotated[float | None, Column("kW", 2, "right", kw)]
    sessions_open: Annotated[int, Column("SESSIONS", 3, "right")]
    last_seen_at: Annotated[str | None, Column("SEEN", 2, "right", ago)]
    registration: Annotated[str, Column("REGISTRATION", 3)]
    version: Annotated[str | None, Column("OCPP", 4)]
    vendor: Annotated[str | None, Column("VENDOR", 4)]
    model: Annotated[str | None, Column("MODEL", 3)]
    firmware: Annotated[str | None, Column("FIRMWARE", 4)]
    serial: str | None
    booted_at: str | None
    auth: str
    stale: bool
    name: Annotated[str | None, Column("NAME", 3)]
    site_id: Annotated[str | None, Column("SITE", 3)]
    labels: Annotated[dict[str, str], Column("LABELS", 4, show=labelled)]
    note: Annotated[str | None, Column("NOTE", 4)]


def must_be_known(name: str, read: Read) -> None:
    """NotFound, with the nearest id, for a charger that never was; an empty list would hide the typing error."""
    known_spelling(name, read)


def known_spelling(name: str, read: Read) -> str:
    """A charger's id as it is stored, or NotFound with the nearest id."""
    found = read("SELECT charger_id FROM charger WHERE charger_id = ?", [name])
    spelling: str = one(found, "charger", name, read, NAMES)["charger_id"]
    return spelling


LISTED = """
SELECT c.charger_id, NULL AS connected, NULL AS power_w, c.last_seen_at, c.registration, c.version, c.vendor, c.model,
       c.firmware, c.serial, c.booted_at, 1 AS stale, c.name, c.site_id, c.labels, c.note,
       CASE WHEN c.password_hash IS NULL THEN 'none' ELSE 'basic' END AS auth,
       (SELECT count(*) FROM session s WHERE s.charger_id = c.charger_id AND s.stopped_at IS NULL) AS sessions_open,
       (SELECT group_concat(e.status) FROM evse e WHERE e.charger_id = c.charger_id
         AND (e.evse_id > 0 OR e.status NOT IN ('Available'))) AS statuses
FROM charger c
WHERE c.removed_at IS NULL AND c.known = :known
ORDER BY c.charger_id
"""
"""Chargers as rows, `:known` or those that wait."""

_WORST_FIRST = (
    "Faulted", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Preparing", "Occupied", "Reserved",
    "Unavailable", "Available",
)  # fmt: skip
STATUSES = (*_WORST_FIRST, "Offline", "Unknown")
"""What a charger's status may be, in lists and selectors."""


def telling(statuses: list[str]) -> str:
    """The one status that says most of a charger with several EVSEs."""
    if len(statuses) == 1:
        return statuses[0]
    return next((status for status in _WORST_FIRST if status in statuses), statuses[0] if statuses else "Unknown")


def row(record: dict[str, Any]) -> ChargerRow:
    """A row of a record of `LISTED`."""
    statuses = (record.pop("statuses") or "").split(",")
    status = telling([word for word in statuses if word])
    labels = json.loads(record["labels"])
    return ChargerRow(**record | {"status": status, "stale": bool(record["stale"]), "labels": labels})


RowType = TypeVar("RowType", bound=ChargerRow)


class LiveFacts(TypedDict):
    """The fields of a row that follow from the live state alone."""

    connected: bool
    status: str
    power_w: float | None
    sessions_open: int


def live_facts(charger: "LiveCharger") -> LiveFacts:
    """What of a row only the live state tells. An offline charger is Offline, whatever it said last."""
    connected = charger.connected
    statuses = [evse.status for evse in charger.evses.values() if evse.evse_id > 0 or evse.status != "Available"]
    return {
        "connected": connected,
        "status": telling(statuses) if connected else "Offline",
        "power_w": charger.power_w if charger.sessions else None,
        "sessions_open": len(charger.sessions),
    }


def with_live(row: RowType, live: "LiveFleet") -> RowType:
    """The row as of now."""
    charger = live.charger(row.charger_id)
    if charger is None:
        return replace(row, stale=False)
    return replace(
        row,
        **live_facts(charger),
        last_seen_at=stored(charger.last_seen) if charger.last_seen else row.last_seen_at,
        version=charger.link.version if charger.link else row.version,
        auth=charger.link.auth if charger.link else row.auth,
        stale=False,
    )
