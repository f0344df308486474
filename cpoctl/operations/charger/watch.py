"""Watch chargers live: who comes and goes, what their EVSEs say, which sessions begin and end."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.operations import Argument, Read, Record, Stream
from cpoctl.operations.charger import NAMES
from cpoctl.table import Column, clock_time, kwh, plain
from cpoctl.targets import like, resolved, spoken

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet
    from cpoctl.events import Event


@dataclass(frozen=True)
class HappeningRow:
    """Something that happened to a charger, in a word; `now` is how it stood when the watch began."""

    at: Annotated[str, Column("TIME", show=clock_time)]
    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int | None, Column("EVSE", align="right")]
    what: Annotated[str, Column("WHAT")]
    detail: Annotated[str, Column("DETAIL")]
    session_id: str | None = None


_STANDING = """
SELECT c.charger_id, (SELECT group_concat(e.evse_id || ' ' || e.status, ', ') FROM evse e
  WHERE e.charger_id = c.charger_id AND e.evse_id > 0) AS statuses
FROM charger c WHERE c.removed_at IS NULL AND c.known = 1 ORDER BY c.charger_id
"""


@dataclass(frozen=True, kw_only=True)
class WatchChargers(Stream):
    """Show what happens to chargers as it happens: connections, boots, statuses and sessions."""

    path = "charger watch"
    route = "GET /watch/chargers"
    row = HappeningRow
    noun = "happenings"
    follow: ClassVar[bool] = True
    examples = ("cpoctl charger watch HQ-07", "cpoctl charger watch 'HQ-*' HAM-01 --json | jq -c '[.at, .what]'")

    charger: Annotated[tuple[str, ...], Argument("which chargers, also as globs; all without one", kind="charger")] = ()

    def select(self, read: Read) -> list[HappeningRow]:
        """How each of them stands."""
        known = resolved(self.charger, (record["charger_id"] for record in read(NAMES)))
        if parts := [at for at in known if at.evse_id is not None]:
            name = parts[0].charger_id
            raise UsageProblem(
                f"whole chargers are watched, {spoken(parts[0])} is a part", hints=[f"cpoctl {self.path} {name}"]
            )
        at = stored(datetime.now(UTC))
        return [
            HappeningRow(at, found["charger_id"], None, "now", found["statuses"] or "")
            for found in read(_STANDING)
            if self._means(found["charger_id"])
        ]

    def overlay(self, row: HappeningRow, live: "LiveFleet", now: datetime) -> HappeningRow:
        """Whether it is online, and what its EVSEs say."""
        charger = live.charger(row.charger_id)
        return replace(row, at=stored(now), detail=_standing(charger)) if charger else row

    def take(self, event: "Event") -> HappeningRow | None:
        """A row for what somebody who stands beside the charger wants to know."""
        return _told(event) if self._means(event.charger_id or "") else None

    def _means(self, charger_id: str) -> bool:
        words = [part.strip() for word in self.charger for part in word.split(",")]
        return not words or any(like(charger_id, word) for word in words)

    @classmethod
    def line(cls, row: Record) -> str:
        """`14:02:09 HQ-07:2  status  Charging`"""
        place = row["charger_id"] + (f":{row['evse_id']}" if row["evse_id"] else "")
        return f"{clock_time(row['at'])[:8]} {place:<14} {row['what']:<15} {row['detail']}"


def _standing(charger: "LiveCharger") -> str:
    statuses = ", ".join(f"EVSE {evse.evse_id} {evse.status}" for evse in charger.evses.values() if evse.evse_id)
    return ": ".join(filter(None, ["online" if charger.connected else "offline", statuses]))


def _told(event: "Event") -> HappeningRow | None:
    name = event.charger_id or ""
    match event:
        case events.ChargerConnected():
            return HappeningRow(event.at, name, None, "online", f"from {event.address}, OCPP {event.version}")
        case events.ChargerDisconnected():
            return HappeningRow(event.at, name, None, "offline", event.reason or f"code {plain(event.code) or 'none'}")
        case events.ChargerBooted():
            who = " ".join(filter(None, [event.vendor, event.model, event.firmware]))
            return HappeningRow(event.at, name, None, "booted", f"{who}, {event.registration}")
        case events.StatusChanged():
            error = f" ({event.error_code})" if event.error_code not in (None, "NoError") else ""
            late = "" if event.current else ", told late"
            part = f", connector {event.connector_id} {event.connector_status}"
            own = part if event.connector_status not in (None, event.status) else ""
            return HappeningRow(event.since, name, event.evse_id, "status", f"{event.status}{error}{own}{late}")
        case events.SessionStarted():
            told = f"session {event.session_id}, tag {event.tag_id}"
            verdict = "" if event.tag_status == "Accepted" else f" ({event.tag_status})"
            return HappeningRow(
                event.started_at, name, event.evse_id, "session started", told + verdict, str(event.session_id)
            )
        case events.SessionAmended():
            told = f"session {event.session_id}, tag {event.tag_id or 'none'} ({event.tag_status})"
            now = stored(datetime.now(UTC))
            return HappeningRow(now, name, event.evse_id, "session amended", told, str(event.session_id))
        case events.SessionStopped():
            told = f"session {event.session_id}, {kwh(event.energy_wh)} kWh, {event.reason or 'no reason'}"
            return HappeningRow(event.stopped_at, name, event.evse_id, "session stopped", told, str(event.session_id))
        case _:
            return None
