"""Correct what is known of a session that has ended."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from cpoctl.clock import parsed, stored
from cpoctl.domain import energy, sessions, timestamps
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, instant
from cpoctl.operations.session import SessionId, number
from cpoctl.operations.session._correcting import RECORD, correct
from cpoctl.operations.session.close import MOST_WH, ClosingOutcome
from cpoctl.table import kw, plain, span

_OF_TIME = frozenset({sessions.BACKWARDS}) | timestamps.DOUBTS
MOST_W = 3e6  # more than any outlet gives
_SETTLES = (
    ({"started_at"}, _OF_TIME),
    ({"stopped_at"}, _OF_TIME | {sessions.SUPERSEDED}),
    ({"energy_wh"}, energy.DOUBTS | {sessions.STEPS_MISSING}),
    ({"stopped_at", "energy_wh"}, {sessions.MATCHED}),  # what the stop said that may be another session's
    ({"tag_id"}, {sessions.EXCEEDED, sessions.ELSEWHERE}),
)
"""The doubts that it settles to say these. Its begin may still be told after it was said: that is remembered."""
_CLAIM = """
SELECT c.says FROM session_claim c JOIN session s ON s.session_id = c.session_id
WHERE c.session_id = ? AND c.decided = s.decided
"""


@dataclass(frozen=True, kw_only=True)
class CorrectSession(Act):
    """Say what a session really was: its energy, its times, its tag. What it was before is kept, with who changed it and why.

    What you leave out stays. The session is flagged `corrected`, and the doubts that you settle are taken off. No charger changes
    it from then on: what one tells otherwise stands in `session review`, and --as-told takes it over.
    """

    path = "session correct"
    route = "POST /sessions/{session}/correct"
    row = ClosingOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl session correct 42 --energy-wh 12300 --reason 'read on site' --yes",
        "cpoctl session correct 42 --as-told --reason 'the meter was read again' --yes",
        "cpoctl session correct 42 --tag ANNA --stopped-at 2026-11-21T18:30:00Z --reason 'customer called' --yes",
    )

    session: SessionId
    reason: Annotated[str, Option("why, for whoever asks later")]
    energy_wh: Annotated[float | None, Option("the energy that it used in Wh, such as 12300")] = None
    started_at: Annotated[str | None, Option("when it began: an ISO 8601 time", kind="time")] = None
    stopped_at: Annotated[str | None, Option("when it ended: an ISO 8601 time", kind="time")] = None
    tag: Annotated[str | None, Option("whose session it was", kind="tag")] = None
    as_told: Annotated[bool, Option("what its charger has told since, as `session review` shows it")] = False

    def consequence(self) -> str:
        """What it will do."""
        return f"change the record of session {self.session}, from which bills are made; what it was is kept beside it"

    async def run(self, operator: Operator) -> ClosingOutcome:
        """Change the record."""
        again = f"cpoctl session correct {self.session} --energy-wh N --reason TEXT"
        if not self.reason.strip():
            raise UsageProblem("--reason is empty", hints=[again])
        found = await operator.store.read(f"{RECORD} WHERE session_id = ?", [number(self.session)])
        if not found:
            raise NotFound(f"no session {self.session}", target=self.session, hints=["cpoctl session list"])
        if found[0]["stopped_at"] is None:
            raise Conflict(
                f"session {self.session} has not ended",
                target=self.session,
                hints=[f"cpoctl session close {self.session} --reason TEXT --yes"],
            )
        told = await self._told(operator) if self.as_told else {}
        changes = told | self._changes(found[0] | told, operator.clock.now())
        if not changes:
            raise UsageProblem("nothing to correct was given", hints=[again])
        left = _left(json.loads(found[0]["flags"]), changes)
        changes["flags"] = json.dumps(sessions.with_flags(left, sessions.CORRECTED))
        now = await correct(found[0], changes, self.reason, operator)
        return ClosingOutcome(
            str(now["session_id"]), True, "Corrected", stopped_at=now["stopped_at"], energy_wh=now["energy_wh"]
        )

    async def _told(self, operator: Operator) -> dict[str, Any]:
        """What its charger says otherwise than somebody has decided."""
        found = await operator.store.read(_CLAIM, [number(self.session)])
        if not found:
            raise Conflict(
                f"the charger of session {self.session} has told nothing else since somebody decided",
                target=self.session,
                hints=[f"cpoctl session show {self.session}"],
            )
        return dict(json.loads(found[0]["says"]))

    def _changes(self, record: dict[str, Any], now: datetime) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if self.energy_wh is not None:
            if not 0 <= self.energy_wh < MOST_WH:
                raise UsageProblem(
                    f"--energy-wh: {plain(self.energy_wh)} is no energy",
                    hints=[f"cpoctl session show {self.session}"],
                )
            changes["energy_wh"] = float(energy.whole(self.energy_wh))  # as it is told and billed
        for name, told in (("started_at", self.started_at), ("stopped_at", self.stopped_at)):
            if told is not None:
                changes[name] = stored(instant(told, now, name.replace("_", "-"), ago=True))
        begun, ended = (changes.get(name, record[name]) for name in ("started_at", "stopped_at"))
        if changes.keys() & {"started_at", "stopped_at"} and not parsed(begun) <= parsed(ended) <= now:
            raise UsageProblem(f"it would last from {begun} to {ended}", hints=[f"cpoctl session show {self.session}"])
        self._must_be_possible(parsed(begun), parsed(ended))
        if self.tag is not None:
            if not self.tag.strip():
                raise UsageProblem("--tag is empty", hints=["cpoctl tag list"])
            changes |= {"tag_id": self.tag.strip(), "tag_status": "Accepted"}
        return changes

    def _must_be_possible(self, begun: datetime, ended: datetime) -> None:
        """Refuse a slip of the unit: no charger gives more on average."""
        hours = max((ended - begun).total_seconds(), 60.0) / 3600
        if self.energy_wh is not None and self.energy_wh / hours > MOST_W:
            raise UsageProblem(
                f"--energy-wh: {plain(self.energy_wh)} in {span(hours * 3600)} would be {kw(self.energy_wh / hours)} kW all the time",
                hints=[f"cpoctl session show {self.session}    when it began and ended; energy is in Wh"],
            )


def _left(flags: list[str], changes: dict[str, Any]) -> tuple[str, ...]:
    """The doubts that the changes do not settle."""
    begin = "started_at" in changes
    settled = {flag for names, doubts in _SETTLES if names <= changes.keys() for flag in doubts}
    told = [sessions.BEGIN_SAID if begin and flag == sessions.BEGIN_MISSING else flag for flag in flags]
    return tuple(flag for flag in told if flag not in settled)
