"""Watch one session live until it ends."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.operations import Read, Record, Stream, one
from cpoctl.operations.session import NAMES, SessionId, SessionRow, number, rows
from cpoctl.table import Column, clock_time, kw, kwh, span

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet, OpenSession
    from cpoctl.events import Event


@dataclass(frozen=True)
class WatchRow:
    """A session at one moment. The last row has the state `closed`."""

    session_id: Annotated[str, Column("SESSION", align="right")]
    at: Annotated[str, Column("TIME", show=clock_time)]
    state: Annotated[str, Column("STATE")]
    energy_wh: Annotated[float | None, Column("kWh", align="right", show=kwh)]
    power_w: Annotated[float | None, Column("kW", align="right", show=kw)]
    soc_percent: Annotated[float | None, Column("SoC %", align="right")]
    duration_s: Annotated[int | None, Column("DURATION", align="right", show=span)]
    note: Annotated[str, Column("NOTE")] = ""


@dataclass(frozen=True, kw_only=True)
class WatchSession(Stream):
    """Show a session as it goes on, a line a reading, until it ends."""

    path = "session watch"
    route = "GET /sessions/{session}/watch"
    row = WatchRow
    noun = "readings"
    follow: ClassVar[bool] = True
    examples = ("cpoctl session watch 42", "cpoctl session watch 42 --json | jq .energy_wh")

    session: SessionId

    def select(self, read: Read) -> list[WatchRow]:
        """How it stands."""
        given = {"session": number(self.session)}
        found: SessionRow = one(rows(read, "WHERE session_id = :session", given), "session", self.session, read, NAMES)
        note = found.stop_reason or ""
        at = found.stopped_at or found.started_at
        return [WatchRow(found.session_id, at, found.state, found.energy_wh, None, None, found.duration_s, note)]

    def overlay(self, row: WatchRow, live: "LiveFleet", now: datetime) -> WatchRow:
        """Add what the live state knows of it."""
        for charger in live.chargers.values():
            if session := charger.session_named(int(row.session_id)):
                note = "" if charger.connected else "charger offline"
                return replace(_now(session, stored(now), note), power_w=charger.power_of(session))
        return row

    def take_live(self, event: "Event", live: "LiveFleet") -> WatchRow | None:
        """A row for each reading, and for what happens to its EVSE and its charger."""
        wanted = number(self.session)
        if isinstance(event, events.SessionStopped):
            return _end(event) if event.session_id == wanted else None
        if not isinstance(event, (events.MeterChanged, events.StatusChanged, *_COMING_AND_GOING)):
            return None
        charger = live.of(event)
        session = charger.session_named(wanted) if charger else None
        if session is None:
            return None
        if isinstance(event, events.MeterChanged):
            return _now(session, event.taken_at) if event.transaction_id == session.transaction_id else None
        if isinstance(event, events.StatusChanged):
            return _now(session, event.since, event.status) if event.evse_id == session.evse_id else None
        return _now(session, event.at, "charger online" if charger and charger.connected else "charger offline")

    def final(self, row: Record) -> bool:
        """It has ended."""
        return bool(row["state"] == "closed")

    @classmethod
    def line(cls, row: Record) -> str:
        """`14:02:09  12.34 kWh   7.4 kW  SoC 56 %  1h02  Charging`, and in the end what it came to."""
        energy, lasted = kwh(row["energy_wh"]), span(row["duration_s"])
        if row["state"] == "closed":
            why = f", {row['note']}" if row["note"] else ""
            return f"session {row['session_id']} ended: {energy} kWh in {lasted}{why}"
        charge = f"  SoC {row['soc_percent']:g} %" if row["soc_percent"] is not None else ""
        note = f"  {row['note']}" if row["note"] else ""
        return f"{clock_time(row['at'])[:8]}  {energy:>6} kWh  {kw(row['power_w']):>5} kW{charge}  {lasted:>5}{note}"


_COMING_AND_GOING = (events.ChargerConnected, events.ChargerDisconnected)


def _now(session: "OpenSession", at: str, note: str = "") -> WatchRow:
    energy = None
    if session.energy_wh is not None and session.meter_start_wh is not None:
        energy = max(0.0, session.energy_wh - session.meter_start_wh)
    lasts = _seconds(session.started_at, at)
    return WatchRow(str(session.session_id), at, "open", energy, session.power_w, session.soc_percent, lasts, note)


def _end(event: events.SessionStopped) -> WatchRow:
    lasted = _seconds(event.started_at, event.stopped_at)
    number, why = str(event.session_id), event.reason or ""
    return WatchRow(number, event.stopped_at, "closed", event.energy_wh, None, None, lasted, why)


def _seconds(start: str, end: str) -> int:
    return max(0, int((parsed(end) - parsed(start)).total_seconds()))
