"""Close the record of a session that will not end by itself."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.domain import energy, metering, sessions
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, instant
from cpoctl.operations.session import SessionId, ended, running
from cpoctl.store import rows
from cpoctl.table import Column, kwh, plain

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, OpenSession

BY_HAND = "ClosedByHand"
MOST_WH = 1e12  # far beyond any meter; keeps a slip out of the sums
# What is known by a time: the newest sign of the session, and the newest register with the time of it.
_NEWEST = """
SELECT (SELECT max(taken_at) FROM meter_value WHERE session_id = :session AND taken_at <= :until) AS taken_at,
       (SELECT energy_wh FROM meter_value WHERE session_id = :session AND taken_at <= :until
         AND energy_wh IS NOT NULL ORDER BY taken_at DESC LIMIT 1) AS register_wh
"""


@dataclass(frozen=True)
class ClosingOutcome(Outcome):
    """The outcome of a closing, with the end that the session has now."""

    stopped_at: str | None = None
    energy_wh: Annotated[float | None, Column("kWh", align="right", show=kwh)] = None


@dataclass(frozen=True)
class _End:
    stopped_at: str
    meter_stop_wh: float | None
    energy_wh: float | None
    doubt: str | None


@dataclass(frozen=True, kw_only=True)
class CloseSession(Act):
    """End the record of a stuck session by hand; the charger is not told, `session stop` is for that.

    Time and energy are those of its newest reading, unless you know better. The session stays flagged `closed_by_hand` with your
    reason. If the charger's own stop comes after all, its facts take over, but not over figures that you gave: `session review`
    then shows what it says otherwise.
    """

    path = "session close"
    route = "POST /sessions/{session}/close"
    row = ClosingOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl session close 42 --reason 'charger replaced' --yes",
        "cpoctl session close 42 --reason 'read on site' --meter-stop-wh 84200 --at 2026-11-21T18:30:00Z --yes",
    )

    session: SessionId
    reason: Annotated[str, Option("why, for whoever asks later")]
    energy_wh: Annotated[float | None, Option("the energy that it used")] = None
    meter_stop_wh: Annotated[float | None, Option("what the meter showed at its end")] = None
    at: Annotated[str | None, Option("when it ended: an ISO 8601 time, or 2h ago as 2h", kind="time")] = None

    def consequence(self) -> str:
        """What it will do."""
        return f"end the record of session {self.session}: its charger is not told, a car that still charges goes on"

    async def run(self, operator: Operator) -> ClosingOutcome:
        """Record its end."""
        if not self.reason.strip():
            raise UsageProblem("--reason is empty", hints=[f"cpoctl session close {self.session} --reason TEXT"])
        found = running(self.session, operator.live)
        if found is None:
            raise await ended(self.session, operator)
        charger, session = found
        now = operator.clock.now()
        end = await self._end(session, operator, now)
        try:
            facts, told = self._facts(charger, session, end, stored(now), operator.actor)
            if (self.energy_wh, self.meter_stop_wh, self.at) != (None, None, None):
                facts.append(rows.SessionDecided(session.session_id))
            await operator.commit(facts, told)
        except Conflict:  # the charger's own stop was quicker
            raise await ended(self.session, operator) from None
        return ClosingOutcome(
            str(session.session_id), True, "Closed", stopped_at=end.stopped_at, energy_wh=end.energy_wh
        )

    async def _end(self, session: "OpenSession", operator: Operator, now: datetime) -> _End:
        at = self._moment(session, now)
        given = {"session": session.session_id, "until": stored(at or now)}
        newest = (await operator.store.read(_NEWEST, given) or [{"taken_at": None, "register_wh": None}])[0]
        stopped_at = stored(at) if at else max(newest["taken_at"] or "", session.started_at)
        if self.energy_wh is not None:
            self._check(session)
            return _End(stopped_at, None, float(energy.whole(self.energy_wh)), None)
        if self.meter_stop_wh is not None:
            self._check(session)
        register = newest["register_wh"] if self.meter_stop_wh is None else self.meter_stop_wh
        return _End(stopped_at, register, *metering.energy(session.meter_start_wh, register))

    def _moment(self, session: "OpenSession", now: datetime) -> datetime | None:
        if self.at is None:
            return None
        at = instant(self.at, now, "at", ago=True)
        if not parsed(session.started_at) <= at <= now:
            raise UsageProblem(
                f"--at: {stored(at)} is not between the session's start, {session.started_at}, and now",
                hints=[f"cpoctl session show {self.session}"],
            )
        return at

    def _check(self, session: "OpenSession") -> None:
        """Refuse figures that cannot be meant."""
        again = f"cpoctl session close {self.session} --reason TEXT --energy-wh N"
        if self.energy_wh is not None and self.meter_stop_wh is not None:
            raise UsageProblem("--energy-wh and --meter-stop-wh say the same: give one", hints=[again])
        if self.energy_wh is not None and not 0 <= self.energy_wh < MOST_WH:
            raise UsageProblem(f"--energy-wh: {plain(self.energy_wh)} is no energy", hints=[again])
        if self.meter_stop_wh is None:
            return
        start = session.meter_start_wh
        if start is None:
            raise UsageProblem("its meter at the start is unknown, so that its energy must be told", hints=[again])
        if not start <= self.meter_stop_wh < MOST_WH:
            raise UsageProblem(f"--meter-stop-wh: it began at {plain(start)} Wh", hints=[again])

    def _facts(
        self, charger: "LiveCharger", session: "OpenSession", end: _End, now: str, actor: str
    ) -> tuple[list[rows.Row], list[events.Event]]:
        flags = sessions.with_flags(session.flags, sessions.CLOSED_BY_HAND, end.doubt)
        number, name = session.session_id, charger.charger_id
        stop = rows.SessionStop(
            end.stopped_at,
            "",
            None,
            end.meter_stop_wh,
            "",
            end.energy_wh,
            BY_HAND,
            None,
            None,
            json.dumps(flags),
            number,
        )
        closing = rows.SessionClosing(number, now, actor, self.reason, end.stopped_at, end.meter_stop_wh, end.energy_wh)
        stopped = events.SessionStopped(
            charger_id=name,
            session_id=number,
            evse_id=session.evse_id,
            transaction_id=session.transaction_id,
            started_at=session.started_at,
            stopped_at=end.stopped_at,
            energy_wh=end.energy_wh,
            reason=BY_HAND,
            flags=flags,
        )
        closed = events.SessionClosed(charger_id=name, session_id=number, actor=actor, reason=self.reason)
        return [stop, closing], [closed, stopped]
