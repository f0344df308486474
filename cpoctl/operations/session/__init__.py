"""Sessions: who charged what, starting and stopping a charge, and what of it needs a human."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import parsed, stored
from cpoctl.domain.currencies import amount
from cpoctl.domain.energy import whole
from cpoctl.domain.sessions import OTHER_VERSION, SUPERSEDED
from cpoctl.errors import Conflict, NotFound
from cpoctl.operations import Argument, Operator, Read, Target, at_evse
from cpoctl.table import Column, kw, kwh, local, span

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession

SessionId = Annotated[str, Argument("the session's number", kind="session")]
SessionAt = Annotated[str, Argument("SESSION, CHARGER or CHARGER:EVSE", kind="session")]
NAMES = "SELECT CAST(session_id AS TEXT) FROM session ORDER BY session_id DESC LIMIT 1000"
SILENT_FOR = timedelta(days=1)  # an open session without a reading for so long is stuck
_OTHER_VERSION = "its charger came back with another version of OCPP, in which it cannot tell its end"


@dataclass(frozen=True)
class SessionRow:
    """A session. Energy and cost, VAT included, of an open one are what they are so far, and null when nobody knows them.

    `stuck` says why an open session has probably ended long ago.
    """

    session_id: Annotated[str, Column("SESSION", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int, Column("EVSE", 2, "right")]
    state: Annotated[str, Column("STATE")]
    tag_id: Annotated[str, Column("TAG")]
    tag_status: Annotated[str, Column("VERDICT", 4)]
    started_at: Annotated[str, Column("STARTED", 2, show=local)]
    stopped_at: Annotated[str | None, Column("STOPPED", 4, show=local)]
    duration_s: Annotated[int | None, Column("DURATION", 2, "right", span)]
    energy_wh: Annotated[int | None, Column("kWh", 1, "right", kwh)]
    cost: Annotated[str | None, Column("COST", 2, "right", amount, "currency")]
    currency: Annotated[str | None, Column("CURRENCY", 3)]
    power_w: Annotated[float | None, Column("kW", 3, "right", kw)]
    stop_reason: Annotated[str | None, Column("REASON", 3)]
    flags: Annotated[list[str], Column("FLAGS", 2)]
    stuck: Annotated[list[str], Column("STUCK", 3)]
    dropped_at: Annotated[str | None, Column("DROPPED", 4, show=local)]
    transaction_id: str
    meter_start_wh: float | None
    meter_stop_wh: float | None
    stale: bool


# What an open session is told to be stuck by: its EVSE free since, a newer session there, no word of it.
SELECT = """
SELECT CAST(session_id AS TEXT) AS session_id, charger_id, evse_id, tag_id, tag_status, started_at, stopped_at,
       stop_reason, flags, transaction_id, meter_start_wh, meter_stop_wh, dropped_at, 1 AS stale,
       CASE WHEN stopped_at IS NOT NULL THEN energy_wh ELSE
         (SELECT max(m.energy_wh) FROM meter_value m WHERE m.session_id = s.session_id) - meter_start_wh END AS energy_wh,
       CASE WHEN stopped_at IS NULL THEN
         (SELECT e.since FROM evse e WHERE e.charger_id = s.charger_id AND e.evse_id = s.evse_id
           AND e.evse_id > 0 AND e.status = 'Available' AND e.since > s.started_at) END AS free_since,
       CASE WHEN stopped_at IS NULL AND evse_id > 0 THEN
         (SELECT max(n.session_id) FROM session n WHERE n.charger_id = s.charger_id AND n.evse_id = s.evse_id
           AND n.session_id > s.session_id) END AS newer_session,
       CASE WHEN stopped_at IS NULL THEN coalesce(
         (SELECT max(m.received_at) FROM meter_value m WHERE m.session_id = s.session_id), start_received_at)
         END AS heard_at,
       (SELECT gross_e4 || ' ' || currency FROM session_price p
         WHERE p.session_id = s.session_id AND p.superseded_at IS NULL) AS price
FROM session s
"""


def row(record: dict[str, Any], now: datetime) -> SessionRow:
    """A row of a record of `SELECT`."""
    energy, stopped = record["energy_wh"], record["stopped_at"]
    seconds = (parsed(stopped) - parsed(record["started_at"])).total_seconds() if stopped else None
    reasons = _stuck(record.pop("free_since"), record.pop("newer_session"), record.pop("heard_at"), now)
    flags = json.loads(record["flags"])
    gross, _, currency = (record.pop("price") or "").partition(" ")
    if stopped is None and OTHER_VERSION in flags:
        reasons.append(_OTHER_VERSION)
    return SessionRow(
        **record
        | {
            "state": "open" if stopped is None else "closed",
            "energy_wh": whole(energy) if energy is not None and energy >= 0 else None,
            "duration_s": int(seconds) if seconds is not None and seconds >= 0 else None,
            "cost": cost_told(int(gross)) if gross else None,
            "currency": currency or None,
            "power_w": None,
            "flags": flags,
            "stuck": reasons,
            "stale": stopped is None,
        }
    )


def _stuck(free_since: str | None, newer: int | None, heard_at: str | None, now: datetime) -> list[str]:
    reasons = [f"EVSE Available since {free_since}"] if free_since else []
    reasons += [f"session {newer} began on its EVSE"] if newer else []
    if heard_at and heard_at < stored(now - SILENT_FOR):
        reasons.append(f"no reading since {heard_at}")
    return reasons


def stuck(charger: "LiveCharger", session: "OpenSession", now: datetime) -> list[str]:
    """Why an open session of the live state has probably ended long ago, in the words of `SELECT`'s rows."""
    evse = charger.evses.get(session.evse_id) if session.evse_id else None
    free = evse is not None and evse.status == "Available" and evse.since > session.started_at
    newer, heard = charger.newer_than(session), session.metered_at or session.started_at
    # The charger's clock may be years behind: nothing that we have timed ourselves may be younger.
    ours = (evse.since if evse else "", charger.link.since if charger.link else "")
    silent = all(at < stored(now - SILENT_FOR) for at in (heard, *ours))
    reasons = _stuck(
        evse.since if evse and free else None, newer.session_id if newer else None, heard if silent else None, now
    )
    if SUPERSEDED in session.flags and newer is None:
        reasons.append("another session began on its EVSE")
    return reasons + ([_OTHER_VERSION] if OTHER_VERSION in session.flags else [])


def rows(read: Read, where: str, given: dict[str, Any]) -> list[SessionRow]:
    """The sessions that a condition of ours selects."""
    now = datetime.now(UTC)
    return [row(record, now) for record in read(SELECT + where, given)]


def with_live(row: SessionRow, live: "LiveFleet", now: datetime) -> SessionRow:
    """The row as of now; a closed session is as it was."""
    charger = live.charger(row.charger_id)
    if row.state != "open" or charger is None:
        return row
    session = charger.session_named(int(row.session_id))
    fresh = replace(
        row,
        stale=not charger.connected,
        duration_s=max(0, int((now - parsed(row.started_at)).total_seconds())),
        state="open" if charger.connected else "open (charger offline)",
    )
    if session is None:
        return fresh
    energy = row.energy_wh
    if session.energy_wh is not None and session.meter_start_wh is not None:
        energy = max(0, whole(session.energy_wh - session.meter_start_wh))
    cost = cost_told(session.cost_e4)
    return replace(fresh, energy_wh=energy, cost=cost, currency=session.currency, power_w=charger.power_of(session))


def cost_told(amount_e4: int | None) -> str | None:
    """A cost as JSON tells it."""
    if amount_e4 is None:
        return None
    from cpoctl.domain.money import told  # it takes decimal and fractions along, and few lists have prices

    return told(amount_e4)


@dataclass(frozen=True)
class MeterRow:
    """One sample of a session; `energy_wh` is the charger's register, not what the session has used."""

    taken_at: Annotated[str, Column("TIME", show=local)]
    context: Annotated[str, Column("CONTEXT", 3)]
    energy_wh: Annotated[float | None, Column("kWh", 1, "right", kwh)]
    power_w: Annotated[float | None, Column("kW", 1, "right", kw)]
    current_a: Annotated[float | None, Column("A", 2, "right")]
    voltage_v: Annotated[float | None, Column("V", 2, "right")]
    soc_percent: Annotated[float | None, Column("SoC %", 2, "right")]
    other: list[dict[str, Any]]
    flags: Annotated[list[str], Column("FLAGS", 3)]


_METER = """
SELECT m.taken_at, m.context, m.energy_wh, m.power_w, m.current_a, m.voltage_v, m.soc_percent, m.other, m.flags
FROM meter_value m WHERE m.session_id = :session ORDER BY m.taken_at, m.context
"""


def samples(read: Read, session_id: int) -> list[MeterRow]:
    """Everything that was measured of a session, in its order."""
    return [
        MeterRow(**record | {name: json.loads(record[name] or "[]") for name in ("other", "flags")})
        for record in read(_METER, {"session": session_id})
    ]


def number(text: str) -> int:
    """A session's number; -1, which none has, for a text that is no number."""
    return int(text) if text.isdecimal() and len(text) < 19 else -1


def running(text: str, live: "LiveFleet") -> "tuple[LiveCharger, OpenSession] | None":
    """The open session of this number, with its charger."""
    for charger in live.chargers.values():
        if session := charger.session_named(number(text)):
            return charger, session
    return None


def charger_of(text: str, live: "LiveFleet") -> str | None:
    """The charger of an open session's number; None for any other word, also where it names a charger itself."""
    found = running(text, live) if live.charger(text) is None else None
    return found[0].charger_id if found else None


async def open_session(text: str, operator: Operator) -> "tuple[LiveCharger, OpenSession]":
    """The open session of a number, or the only one at a charger or EVSE. Raises NotFound, Conflict."""
    if operator.live.charger(text) is None and number(text) >= 0:
        if found := running(text, operator.live):
            return found
        raise await ended(text, operator)
    return open_at(at_evse(text, operator.live), text, operator.live)


async def ended(text: str, operator: Operator) -> NotFound | Conflict:
    """Why there is no open session of this number."""
    found = await operator.store.read("SELECT stopped_at FROM session WHERE session_id = ?", [number(text)])
    if not found:
        return NotFound(f"no session {text}", target=text, hints=["cpoctl session list --open"])
    return Conflict(
        f"session {text} has ended at {found[0]['stopped_at']}",
        target=text,
        hints=[f"cpoctl session show {text}"],
    )


@dataclass(frozen=True)
class Meant:
    """The session that a word means, as its charger knows it; without one the charger with all of its sessions."""

    charger_id: str
    session_id: str | None = None
    transaction_id: str | None = None


_KNOWN = "SELECT charger_id, transaction_id FROM session WHERE session_id = ?"


async def meant(text: str, operator: Operator, *, whole: bool = False) -> Meant:
    """The session of a number, or the open one at a charger or EVSE. `whole`: a charger alone means all of it.

    Raises NotFound, Conflict.
    """
    if operator.live.charger(text) is None and (session_id := number(text)) >= 0:
        if open_now := running(text, operator.live):
            return Meant(open_now[0].charger_id, text, open_now[1].transaction_id)
        for found in await operator.store.read(_KNOWN, [session_id]):
            return Meant(found["charger_id"], text, found["transaction_id"])
        raise NotFound(f"no session {text}", target=text, hints=["cpoctl session list --open"])
    at = at_evse(text, operator.live)
    if whole and at.evse_id is None:
        return Meant(at.charger_id)
    charger, session = open_at(at, text, operator.live)
    return Meant(charger.charger_id, str(session.session_id), session.transaction_id)


def open_at(at: Target, text: str, live: "LiveFleet") -> "tuple[LiveCharger, OpenSession]":
    """The only open session at a charger or EVSE. Raises NotFound, Conflict."""
    charger = live.chargers[at.charger_id.casefold()]
    here = [session for session in charger.sessions.values() if at.evse_id in (None, session.evse_id)]
    if not here:
        raise NotFound(f"no open session at {text}", target=text, hints=["cpoctl session list --open"])
    if len(here) > 1:
        numbers = ", ".join(f"{session.session_id} on EVSE {session.evse_id}" for session in here)
        raise Conflict(
            f"{text} has several open sessions: {numbers}",
            target=text,
            hints=[
                f"cpoctl session show {session.session_id}    it is on EVSE {session.evse_id}" for session in here[-3:]
            ],
        )
    return charger, here[0]
