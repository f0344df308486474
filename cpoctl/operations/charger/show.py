"""Show everything that is known of a charger."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.domain.clocks import correction
from cpoctl.operations import Query, Read, one
from cpoctl.operations.charger import LISTED, NAMES, Charger, ChargerRow, row, with_live
from cpoctl.table import Column, ago, kw, kwh, local, span

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


def _each(connectors: dict[str, str] | None) -> str:
    """Its connectors: `1 Available, 2 Charging`; one alone is the EVSE."""
    return (
        ", ".join(f"{name} {status}" for name, status in (connectors or {}).items())
        if len(connectors or {}) > 1
        else "-"
    )


def _clock(ahead_s: float | None) -> str:
    """How far its clock is off: `3m00 ahead`."""
    if ahead_s is None:
        return "-"
    if not correction(ahead_s):
        return "right"
    return f"{span(abs(ahead_s))} {'ahead' if ahead_s > 0 else 'behind'}"


@dataclass(frozen=True)
class EvseRow:
    """An EVSE of a charger; evse 0 is the charger as a whole. `connectors` are those that it tells apart, from 2.0.1 on."""

    evse_id: Annotated[int, Column("EVSE", align="right")]
    status: Annotated[str, Column("STATUS")]
    error_code: Annotated[str | None, Column("ERROR")]
    info: Annotated[str | None, Column("INFO", 3)]
    vendor_error_code: Annotated[str | None, Column("VENDOR CODE", 3)]
    since: Annotated[str, Column("SINCE", 2, show=local)]
    connectors: Annotated[dict[str, str], Column("CONNECTORS", 3, show=_each)]
    rated_w: Annotated[float | None, Column("RATED kW", 3, "right", kw)]
    connector_type: Annotated[str | None, Column("PLUG", 3)]
    in_service_from: Annotated[str | None, Column("IN SERVICE FROM", 4, show=local)]
    power_w: Annotated[float | None, Column("kW", 2, "right", kw)] = None


@dataclass(frozen=True)
class FlagRow:
    """A rule that the charger's messages break."""

    action: Annotated[str, Column("ACTION")]
    path: Annotated[str, Column("WHERE")]
    rule: Annotated[str, Column("RULE")]
    count: Annotated[int, Column("COUNT", align="right")]
    last_seen_at: Annotated[str, Column("LAST", 2, show=ago)]
    message: Annotated[str, Column("MESSAGE", 2)]


@dataclass(frozen=True)
class OpenSessionRow:
    """A session that has not ended."""

    session_id: Annotated[str, Column("SESSION")]
    evse_id: Annotated[int, Column("EVSE", align="right")]
    tag_id: Annotated[str, Column("TAG")]
    started_at: Annotated[str, Column("STARTED", show=local)]
    power_w: Annotated[float | None, Column("kW", 2, "right", kw)] = None
    energy_wh: Annotated[float | None, Column("kWh", 2, "right", kwh)] = None


@dataclass(frozen=True)
class ChargerDetail(ChargerRow):
    """Everything about one charger."""

    address: str | None = None
    connected_at: str | None = None
    meter_type: str | None = None
    meter_serial: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    clock_ahead_s: Annotated[float | None, Column("CLOCK", show=_clock)] = None
    evses: list[EvseRow] | None = None
    sessions: list[OpenSessionRow] | None = None
    quirks: list[FlagRow] | None = None


_ONE = (
    LISTED.replace("c.known = :known", "c.charger_id = :charger")
    .replace("c.serial,", "coalesce(c.serial, c.box_serial) AS serial,")
    .replace(
        "SELECT c.charger_id", "SELECT c.meter_type, c.meter_serial, c.iccid, c.imsi, c.clock_ahead_s, c.charger_id"
    )
)
_EVSES = """
SELECT e.evse_id, e.status, e.error_code, e.info, e.vendor_error_code, e.since, f.rated_w, f.connector_type, f.in_service_from,
  (SELECT json_group_object(k.connector_id, k.status)
  FROM connector k WHERE k.charger_id = e.charger_id AND k.evse_id = e.evse_id) AS connectors
FROM evse e LEFT JOIN evse_facts f ON f.charger_id = :charger AND f.charger_id = e.charger_id AND f.evse_id = e.evse_id
WHERE e.charger_id = :charger ORDER BY e.evse_id
"""
_QUIRKS = """
SELECT action, path, rule, count, last_seen_at, message FROM violation WHERE charger_id = :charger
ORDER BY count DESC, action, path LIMIT 50
"""
_OPEN_SESSIONS = """
SELECT CAST(session_id AS TEXT) AS session_id, evse_id, tag_id, started_at FROM session
WHERE charger_id = :charger AND stopped_at IS NULL ORDER BY session_id
"""
_LAST_CONNECTION = """
SELECT address, opened_at AS connected_at FROM connection WHERE charger_id = :charger
ORDER BY connection_id DESC LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class ShowCharger(Query):
    """Show everything that is known of a charger."""

    path = "charger show"
    route = "GET /chargers/{charger}"
    row = ChargerDetail
    many = False
    examples = ("cpoctl charger show HQ-07",)

    charger: Charger

    def select(self, read: Read) -> list[ChargerDetail]:
        """The one charger."""
        given = {"charger": self.charger}
        record = one(read(_ONE, given), "charger", self.charger, read, NAMES)
        base = row({name: value for name, value in record.items() if name not in _ONLY_IN_DETAIL})
        connection = next(iter(read(_LAST_CONNECTION, given)), {})
        detail = ChargerDetail(
            **vars(base),
            **{name: record[name] for name in _ONLY_IN_DETAIL},
            **connection,
            evses=[EvseRow(**evse | {"connectors": json.loads(evse["connectors"])}) for evse in read(_EVSES, given)],
            sessions=[OpenSessionRow(**session) for session in read(_OPEN_SESSIONS, given)],
            quirks=[FlagRow(**quirk) for quirk in read(_QUIRKS, given)],
        )
        return [detail]

    def overlay(self, row: ChargerDetail, live: "LiveFleet", now: datetime) -> ChargerDetail:
        """Add what the live state knows."""
        charger = live.charger(row.charger_id)
        fresh = with_live(row, live)
        if charger is None:
            return fresh
        power = {evse.evse_id: evse.power_w for evse in charger.evses.values()} if charger.connected else {}
        running = {str(s.session_id): (s, charger.power_of(s)) for s in charger.sessions.values()}
        return replace(
            fresh,
            evses=[replace(evse, power_w=power.get(evse.evse_id)) for evse in fresh.evses or ()],
            sessions=[_with_readings(session, running) for session in fresh.sessions or ()],
        )


_ONLY_IN_DETAIL = ("meter_type", "meter_serial", "iccid", "imsi", "clock_ahead_s")


def _with_readings(row: OpenSessionRow, running: dict[str, Any]) -> OpenSessionRow:
    session, power = running.get(row.session_id, (None, None))
    if session is None:
        return row
    energy = None
    if session.energy_wh is not None and session.meter_start_wh is not None:
        energy = max(0.0, session.energy_wh - session.meter_start_wh)
    return replace(row, power_w=power, energy_wh=energy)
