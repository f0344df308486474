"""Rebuild sessions from the journal, and show what comes out otherwise than it is stored."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import Annotated, Any

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import energy, periods, sessions, timestamps
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Act, Argument, Danger, Operator, Option, Record
from cpoctl.operations.session import number
from cpoctl.operations.session._correcting import RECORD, correct
from cpoctl.table import Column, plain

SESSIONS_MOST = 10_000
_AT_ONCE = 20  # of one charger in one go through the journal
_EXAMPLE = "cpoctl session rebuild 42"
_HUMAN = frozenset({sessions.CLOSED_BY_HAND, sessions.CORRECTED})
_JUDGED = energy.DOUBTS | {
    timestamps.SUSPECT,
    timestamps.MISSING,
    timestamps.NO_ZONE,
    sessions.BACKWARDS,
    sessions.BEGIN_MISSING,
    sessions.STEPS_MISSING,
    sessions.NO_PLACE,
    sessions.MATCHED,
}
"""The flags that the charger's messages alone decide."""
_COMPARED = ("started_at", "stopped_at", "meter_start_wh", "meter_stop_wh", "energy_wh", "tag_id")
_OF_TIME = frozenset({"started_at", "stopped_at"})
_CHOSEN = """
WHERE (:session IS NULL OR session_id = :session) AND (:charger IS NULL OR charger_id = :charger COLLATE NOCASE)
  AND (:since IS NULL OR (stopped_at >= :since AND stopped_at < :until))
ORDER BY charger_id COLLATE NOCASE, session_id LIMIT :most
"""
_PRICE = "SELECT actor FROM session_price WHERE session_id = ? AND superseded_at IS NULL"


@dataclass(frozen=True)
class RebuiltRow:
    """A session and what came of it: `same`, `differs`, `applied`, `decided` by somebody, `pruned` from the journal, `open`.

    Told are the columns that differ; `note` says why it cannot be rebuilt, or what happens to its price.
    """

    session_id: Annotated[str, Column("SESSION", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    state: Annotated[str, Column("STATE")]
    stored: Annotated[dict[str, Any], Column("STORED", show=lambda columns: _brief(columns))]
    rebuilt: Annotated[dict[str, Any], Column("REBUILT", show=lambda columns: _brief(columns))]
    note: Annotated[str | None, Column("NOTE")] = None


@dataclass(frozen=True, kw_only=True)
class RebuildSessions(Act):
    """Compute sessions anew from the Calls in the journal, and show what differs from what is stored.

    Nothing changes without --apply. Sessions that somebody closed or corrected by hand stay as they are, and so do those whose
    Calls the journal does not hold any more. A price that was made by itself follows what is stored.
    """

    path = "session rebuild"
    route = "POST /sessions/rebuild"
    row = RebuiltRow
    danger = Danger.DISRUPTS
    takes_minutes = True
    nothing = "No session ended then."
    examples = (
        _EXAMPLE,
        "cpoctl session rebuild --charger HQ-07 --from 2026-10 --json",
        "cpoctl session rebuild --from 2026-10 --apply --reason 'meters are understood better' --yes",
    )

    session: Annotated[str | None, Argument("the session's number; --charger or --from without it")] = None
    charger: Annotated[str | None, Option("sessions of this charger", kind="charger")] = None
    since: Annotated[
        str | None, Option("sessions that ended in this month or day, or from then on", kind="day", long="from")
    ] = None
    until: Annotated[str | None, Option("and before then", kind="day", long="to")] = None
    apply: Annotated[bool, Option("store what differs; what it was is kept beside it")] = False
    reason: Annotated[str | None, Option("why, for whoever asks later; --apply wants it")] = None

    def danger_now(self) -> Danger:
        """A look changes nothing."""
        return self.danger if self.apply else Danger.READ

    def consequence(self) -> str:
        """What it will do."""
        what = f"session {self.session}" if self.session else "every one of these sessions"
        return f"change the record of {what} to what the journal says; what it was is kept beside it"

    async def run(self, operator: Operator) -> list[RebuiltRow]:
        """Charger by charger."""
        if self.apply and not (self.reason or "").strip():
            raise UsageProblem("--apply wants a --reason", hints=[f"{_EXAMPLE} --apply --reason TEXT"])
        found = await operator.store.read(RECORD + _CHOSEN, self._chosen(operator))
        if len(found) > SESSIONS_MOST:
            raise UsageProblem(f"these are more than {SESSIONS_MOST} sessions", hints=["--from DAY --to DAY"])
        if self.session is not None and not found:
            raise NotFound(f"no session {self.session}", target=self.session, hints=["cpoctl session list"])
        told: list[RebuiltRow] = []
        for charger_id, theirs in groupby(found, lambda record: str(record["charger_id"])):
            for some in _batches(list(theirs)):
                made = await operator.rebuilt(charger_id, [record["session_id"] for record in some])
                told += [await self._told(record, made[record["session_id"]], operator) for record in some]
                far = events.WorkProgressed(operation=self.path, actor=operator.actor, done=len(told), total=len(found))
                await operator.commit([], [far])
        return told

    def _chosen(self, operator: Operator) -> dict[str, Any]:
        if self.session is None and self.charger is None and self.since is None:
            raise UsageProblem("say a session, --charger or --from", hints=[_EXAMPLE])
        if self.charger is not None and operator.live.charger(self.charger) is None:
            raise NotFound(f"no charger {self.charger}", target=self.charger, hints=["cpoctl charger list"])
        given: dict[str, Any] = {
            "session": None if self.session is None else number(self.session),
            "charger": self.charger,
            "since": None,
            "until": None,
            "most": SESSIONS_MOST + 1,
        }
        if self.since is not None:
            now = operator.clock.now().astimezone()
            try:
                begin, end = periods.read(self.since, self.until, now).within(now.tzinfo or UTC)
            except ValueError as error:
                raise UsageProblem(str(error), hints=[_EXAMPLE]) from None
            given |= {"since": stored(begin), "until": stored(end)}
        return given

    async def _told(self, record: Record, made: Record | str, operator: Operator) -> RebuiltRow:
        number, flags = str(record["session_id"]), json.loads(record["flags"])
        by_hand = record["decided"] > 0 or not _HUMAN.isdisjoint(flags)
        if (
            not isinstance(made, str)
            and record["stopped_at"] is not None
            and made["stopped_at"] is None
            and not by_hand
        ):
            made = "the journal does not hold its end"
        if isinstance(made, str):
            return RebuiltRow(number, record["charger_id"], "pruned", {}, {}, f"it cannot be rebuilt: {made}")
        changes = _changes(record, made)
        state = "decided" if changes and by_hand else "differs" if changes else "same"
        if state == "differs" and record["stopped_at"] is None:
            state = "open"
        if state == "differs" and self.apply:
            try:
                await correct(record, _flagged(record, changes), self.reason or "", operator, decided=False)
            except Conflict:  # it has become another meanwhile: somebody may have decided what it is
                again = await operator.store.read(f"{RECORD} WHERE session_id = ?", [record["session_id"]])
                return await self._told(again[0], made, operator)
            state = "applied"
        differing = {name: record[name] for name in changes}
        note = await _price(record, operator) if state in ("differs", "applied") else None
        return RebuiltRow(number, record["charger_id"], state, _told(differing), _told(changes), note)


async def _price(record: Record, operator: Operator) -> str | None:
    """What happens to the price of a session that becomes another."""
    from cpoctl.store.pricing import AUTOMATIC  # it takes fractions along, and few sessions differ

    for price in await operator.store.read(_PRICE, [record["session_id"]]):
        if price["actor"] == AUTOMATIC:
            return "its price follows by itself"
        again = f"cpoctl session reprice {record['session_id']} --reason TEXT --yes"
        return f"its price was made by hand and stays: {again}"
    return None


def _flagged(record: Record, changes: dict[str, Any]) -> dict[str, Any]:
    had: tuple[str, ...] = tuple(json.loads(changes.get("flags") or record["flags"]))
    return changes | {"flags": json.dumps(sessions.with_flags(had, sessions.REBUILT))}


def _changes(record: Record, made: Record) -> dict[str, Any]:
    """What the journal says otherwise. Times that were corrected by the clock are not compared: it knew none then."""
    flags, told = json.loads(record["flags"]), json.loads(made["flags"])
    skipped = _OF_TIME if timestamps.CLOCK in flags else frozenset[str]()
    changes = {name: made[name] for name in _COMPARED if name not in skipped and made[name] != record[name]}
    if skipped:  # what they are stays, and so does what is doubtful about it
        backwards = sessions.backwards(record["started_at"], record["stopped_at"] or record["started_at"])
        told = [*(flag for flag in told if flag != sessions.BACKWARDS), *([backwards] if backwards else [])]
    if _JUDGED.intersection(flags) != _JUDGED.intersection(told):
        kept = tuple(flag for flag in flags if flag not in _JUDGED)
        changes["flags"] = json.dumps(sessions.with_flags(kept, *(flag for flag in told if flag in _JUDGED)))
    return changes


def _batches(records: list[Record]) -> Iterator[list[Record]]:
    for first in range(0, len(records), _AT_ONCE):
        yield records[first : first + _AT_ONCE]


def _told(columns: dict[str, Any]) -> dict[str, Any]:
    return columns | ({"flags": json.loads(columns["flags"])} if "flags" in columns else {})


def _brief(columns: dict[str, Any]) -> str:
    """`energy_wh 7000, flags meter_wavered`"""
    words = {name: " ".join(value) if isinstance(value, list) else value for name, value in columns.items()}
    return ", ".join(f"{name} {_word(value)}" for name, value in words.items()) or "-"


def _word(value: Any) -> str:
    return plain(value) if isinstance(value, float) else str(value or "-")
