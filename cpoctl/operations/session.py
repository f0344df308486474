"""Sessions: who charged what, and starting and stopping a charge."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import parsed
from cpoctl.errors import Conflict, NotFound
from cpoctl.operations import (
    Act,
    Argument,
    Danger,
    JsonText,
    Operator,
    Option,
    Outcome,
    Query,
    Read,
    Request,
    Target,
    accepted,
    one,
    target,
)
from cpoctl.operations.charger import Timeout, must_be_known
from cpoctl.operations.profile import read_profile
from cpoctl.table import Column, kw, kwh, local, span

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession


@dataclass(frozen=True)
class SessionRow:
    """A session. Energy of an open one is the newest reading so far, and null when there is none."""

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
    power_w: Annotated[float | None, Column("kW", 3, "right", kw)]
    stop_reason: Annotated[str | None, Column("REASON", 3)]
    flags: Annotated[list[str], Column("FLAGS", 2)]
    transaction_id: str
    meter_start_wh: float | None
    meter_stop_wh: float | None
    stale: bool


_COLUMNS = """
SELECT CAST(session_id AS TEXT) AS session_id, charger_id, evse_id, tag_id, tag_status, started_at, stopped_at,
       stop_reason, flags, transaction_id, meter_start_wh, meter_stop_wh, 1 AS stale,
       CASE WHEN stopped_at IS NOT NULL THEN energy_wh ELSE
         (SELECT max(m.energy_wh) FROM meter_value m WHERE m.session_id = s.session_id) - meter_start_wh END AS energy_wh
FROM session s
"""
_IDS = "SELECT CAST(session_id AS TEXT) FROM session ORDER BY session_id DESC LIMIT 1000"


def _row(record: dict[str, Any]) -> SessionRow:
    energy, stopped = record["energy_wh"], record["stopped_at"]
    seconds = (parsed(stopped) - parsed(record["started_at"])).total_seconds() if stopped else None
    return SessionRow(
        **record
        | {
            "state": "open" if stopped is None else "closed",
            "energy_wh": round(energy) if energy is not None and energy >= 0 else None,
            "duration_s": int(seconds) if seconds is not None and seconds >= 0 else None,
            "power_w": None,
            "flags": json.loads(record["flags"]),
            "stale": stopped is None,
        }
    )


@dataclass(frozen=True, kw_only=True)
class ListSessions(Query):
    """List sessions, the newest first."""

    path = "session list"
    route = "GET /sessions"
    row = SessionRow
    noun = "sessions"
    examples = ("cpoctl session list --open", "cpoctl session list --charger HQ-07 --json")

    open: Annotated[bool, Option("only those that have not ended")] = False
    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    tag: Annotated[str | None, Option("only of this tag", kind="tag")] = None

    def select(self, read: Read) -> list[SessionRow]:
        """Sessions that fit."""
        if self.charger:
            must_be_known(self.charger, read)
        where = """
        WHERE (:open = 0 OR stopped_at IS NULL) AND (:charger IS NULL OR charger_id = :charger)
          AND (:tag IS NULL OR tag_id = :tag COLLATE NOCASE)
        ORDER BY s.session_id DESC
        """
        given = {"open": int(self.open), "charger": self.charger, "tag": self.tag}
        return [_row(record) for record in read(_COLUMNS + where, given)]

    def overlay(self, row: SessionRow, live: "LiveFleet", now: datetime) -> SessionRow:
        """Add what the live state knows of an open session."""
        return with_live(row, live, now)


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
        energy = max(0, round(session.energy_wh - session.meter_start_wh))
    return replace(fresh, energy_wh=energy, power_w=session.power_w if charger.connected else None)


@dataclass(frozen=True)
class MeterRow:
    """One sample of a session."""

    taken_at: Annotated[str, Column("TIME", show=local)]
    context: Annotated[str, Column("CONTEXT", 3)]
    energy_wh: Annotated[float | None, Column("kWh", 1, "right", kwh)]
    power_w: Annotated[float | None, Column("kW", 1, "right", kw)]
    current_a: Annotated[float | None, Column("A", 2, "right")]
    voltage_v: Annotated[float | None, Column("V", 2, "right")]
    soc_percent: Annotated[float | None, Column("SoC %", 2, "right")]
    other: list[dict[str, Any]]
    flags: Annotated[list[str], Column("FLAGS", 3)]


@dataclass(frozen=True)
class SessionDetail(SessionRow):
    """A session with its meter values."""

    started_raw: str
    start_received_at: str
    stop_received_at: str | None
    reservation_id: int | None
    stop_tag_id: str | None
    stop_conflicts: int
    meter_values: list[MeterRow]


_MORE = """
SELECT started_raw, start_received_at, stop_received_at, reservation_id, stop_tag_id,
       (SELECT count(*) FROM stop_conflict c WHERE c.session_id = s.session_id) AS stop_conflicts
FROM session s WHERE session_id = :session
"""
_METER = """
SELECT m.taken_at, m.context, m.energy_wh, m.power_w, m.current_a, m.voltage_v, m.soc_percent, m.other, m.flags
FROM meter_value m WHERE m.session_id = :session ORDER BY m.taken_at, m.context
"""
SessionId = Annotated[str, Argument("the session's number", kind="session")]


def _meter(record: dict[str, Any]) -> MeterRow:
    return MeterRow(**record | {name: json.loads(record[name] or "[]") for name in ("other", "flags")})


@dataclass(frozen=True, kw_only=True)
class ShowSession(Query):
    """Show a session with its meter values."""

    path = "session show"
    route = "GET /sessions/{session}"
    row = SessionDetail
    many = False
    examples = ("cpoctl session show 42", "cpoctl session show 42 --json | jq '.meter_values | length'")

    session: SessionId

    def select(self, read: Read) -> list[SessionDetail]:
        """The one session."""
        given = {"session": _number(self.session)}
        record = one(read(_COLUMNS + " WHERE session_id = :session", given), "session", self.session, read, _IDS)
        more = read(_MORE, given)[0]
        return [SessionDetail(**vars(_row(record)), **more, meter_values=[_meter(row) for row in read(_METER, given)])]

    def overlay(self, row: SessionDetail, live: "LiveFleet", now: datetime) -> SessionRow:
        """Add what the live state knows."""
        return with_live(row, live, now)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


@dataclass(frozen=True)
class OrphanRow:
    """A transaction message that belongs to no session."""

    orphan_id: Annotated[str, Column("ORPHAN", align="right")]
    received_at: Annotated[str, Column("RECEIVED", show=local)]
    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int | None, Column("EVSE", 3, "right")]
    action: Annotated[str, Column("ACTION")]
    transaction_id: Annotated[str | None, Column("TRANSACTION", 2)]
    reason: Annotated[str, Column("REASON")]
    payload: Annotated[str, Column("PAYLOAD", 4)]


_ORPHANS = """
SELECT CAST(orphan_id AS TEXT) AS orphan_id, received_at, charger_id, evse_id, action, transaction_id, reason, payload
FROM orphan ORDER BY orphan_id DESC
"""


@dataclass(frozen=True, kw_only=True)
class ListOrphans(Query):
    """List transaction messages that belong to no session that we know; they are kept for review."""

    path = "session orphans"
    route = "GET /orphans"
    row = OrphanRow
    noun = "orphans"
    examples = ("cpoctl session orphans",)

    def select(self, read: Read) -> list[OrphanRow]:
        """The newest first."""
        return [OrphanRow(**record) for record in read(_ORPHANS)]


@dataclass(frozen=True, kw_only=True)
class StartSession(Act):
    """Start a session at a charger. The charger decides; a car must be plugged in or be so soon. OCPP 1.6 §5.11"""

    path = "session start"
    route = "POST /sessions/start"
    row = Outcome
    examples = (
        "cpoctl session start HQ-07:2 --tag ANNA-K",
        "cpoctl session start HQ-07:2 --tag ANNA-K --profile @profile.json",
    )

    charger: Annotated[str, Argument("CHARGER, or CHARGER:EVSE", kind="charger")]
    tag: Annotated[str, Option("the tag that pays", kind="tag")]
    profile: Annotated[
        str | None, JsonText("a charging profile for this session: JSON, @FILE, or - for standard input", named=True)
    ] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger to start."""
        at = target(self.charger, operator.live)
        payload: dict[str, Any] = {"idTag": self.tag} if at.evse_id is None else {
            "connectorId": at.evse_id, "idTag": self.tag
        }  # fmt: skip
        if self.profile is not None:
            payload["chargingProfile"] = read_profile(self.profile)
        answer = await operator.call(at.charger_id, Request("RemoteStartTransaction", payload), timeout=self.timeout)
        hints = _why_not(at, operator.live)
        if self.profile is not None:  # goecharger#243
            hints.insert(
                0, f"cpoctl session start {self.charger} --tag {self.tag}    some refuse any profile in a start"
            )
        return accepted(answer, self.charger, hints=hints)


def _why_not(at: Target, live: "LiveFleet") -> list[str]:
    """What speaks against a start, as far as we know: the EVSE's status and whether a session is open."""
    charger = live.chargers[at.charger_id.casefold()]
    show = f"cpoctl charger show {at.charger_id}"
    reasons = [
        f"{show}    EVSE {evse.evse_id} is {evse.status}"
        + (f" ({evse.error_code})" if evse.error_code not in (None, "NoError") else "")
        for evse in charger.evses.values()
        if at.evse_id in (None, evse.evse_id) and evse.status not in ("Preparing", "Unknown")
    ]
    reasons += [
        f"cpoctl session show {session.session_id}    it is open on EVSE {session.evse_id}"
        for session in charger.sessions.values()
        if at.evse_id in (None, session.evse_id)
    ]
    remote = f"cpoctl var get {at.charger_id} AuthorizeRemoteTxRequests LocalPreAuthorize    whether it asks for the tag first"
    return [*reasons[:3], remote]


@dataclass(frozen=True, kw_only=True)
class StopSession(Act):
    """Stop a running session: by its number, or the one at a charger or EVSE. OCPP 1.6 §5.12"""

    path = "session stop"
    route = "POST /sessions/stop"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl session stop 42 --yes", "cpoctl session stop HQ-07:2 --yes")

    session: Annotated[str, Argument("SESSION, CHARGER or CHARGER:EVSE", kind="session")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"stop the session {self.session}: the car stops charging"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger to stop it."""
        charger, session = await self._meant(operator)
        request = Request("RemoteStopTransaction", {"transactionId": int(session.transaction_id)})
        answer = await operator.call(charger.charger_id, request, timeout=self.timeout)
        return accepted(answer, str(session.session_id))

    async def _meant(self, operator: Operator) -> "tuple[LiveCharger, OpenSession]":
        if operator.live.charger(self.session) is None and (number := _number(self.session)) is not None:
            for charger in operator.live.chargers.values():
                if session := charger.session_named(number):
                    return charger, session
            await self._explain(operator, number)
        at = target(self.session, operator.live)
        charger_here = operator.live.chargers[at.charger_id.casefold()]
        running = [s for s in charger_here.sessions.values() if at.evse_id in (None, s.evse_id)]
        if not running:
            raise NotFound(
                f"no open session at {self.session}", target=self.session, hints=["cpoctl session list --open"]
            )
        if len(running) > 1:
            numbers = ", ".join(f"{s.session_id} on EVSE {s.evse_id}" for s in running)
            raise Conflict(
                f"{self.session} has several open sessions: {numbers}",
                target=self.session,
                hints=[f"cpoctl session stop {running[-1].session_id} --yes"],
            )
        return charger_here, running[0]

    async def _explain(self, operator: Operator, number: int) -> None:
        found = await operator.store.read("SELECT stopped_at FROM session WHERE session_id = ?", [number])
        if found:
            raise Conflict(
                f"session {number} has ended at {found[0]['stopped_at']}",
                target=self.session,
                hints=[f"cpoctl session show {number}"],
            )
        raise NotFound(f"no session {number}", target=self.session, hints=["cpoctl session list --open"])
