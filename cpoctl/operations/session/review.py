"""What of the sessions needs a human: messages without a session, sessions stuck, doubtful or unpriced, unknown tags."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from shlex import quote  # a tag's id is whatever somebody holds to a reader, and ways out are pasted into shells
from typing import Annotated, Any, NamedTuple

from cpoctl.domain import energy, sessions, timestamps
from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import must_be_known
from cpoctl.operations.session import SessionRow, rows
from cpoctl.operations.session._late_words import DECIDED_OTHERWISE, late_words
from cpoctl.operations.session._signed_doubts import signed_doubts
from cpoctl.operations.session._unpriced import Unpriced, unpriced
from cpoctl.table import Column, local, plain


@dataclass(frozen=True)
class ReviewRow:
    """Something that needs a human: what speaks for it, and the commands that are the ways out."""

    item: Annotated[str, Column("ITEM")]
    kind: Annotated[str, Column("KIND")]
    charger_id: Annotated[str, Column("CHARGER")]
    at: Annotated[str, Column("TIME", 2, show=local)]
    evidence: Annotated[list[str], Column("EVIDENCE", show=lambda texts: "; ".join(texts))]
    ways: Annotated[list[str], Column("WAYS OUT", 2, show=lambda texts: texts[0])]
    accepted_at: Annotated[str | None, Column("ACCEPTED", 4, show=local)] = None
    accepted_by: Annotated[str | None, Column("BY", 4)] = None
    note: Annotated[str | None, Column("NOTE", 4)] = None


class Found(NamedTuple):
    """A row, and what it rests on: whoever accepts it accepts this, and anything else brings it back."""

    row: ReviewRow
    basis: str


SETTLED = frozenset(
    {
        sessions.CLOSED_BY_HAND,
        sessions.STOP_CAME_LATER,
        sessions.OTHER_VERSION,
        sessions.CORRECTED,
        sessions.BEGIN_SAID,
        sessions.REBUILT,
        timestamps.NO_ZONE,
        timestamps.CLOCK,
    }
)
"""Flags that need nobody: a human has decided, nothing was lost, or an open session is stuck by it and another is not."""

_MEANING = {
    energy.MISSING: "its energy is unknown: no reading of its start or its end",
    energy.REGRESSED: "its energy is unknown: the meter went back",
    energy.RESET: "the meter began anew in it: before and after are added up",
    energy.WAVERED: "the meter went back for a moment, or a little: that counts nothing",
    energy.GAP: "the meter leapt further than can have been charged: the leap counts nothing",
    energy.UNIT: "kWh were told where Wh are meant",
    energy.MEANING: "its start and its end tell different meters: the readings between count",
    "timestamp_suspect": "its charger's clock cannot be believed",
    "timestamp_missing": "its charger gave no time",
    "connector_missing": "its charger did not say at which EVSE",
    timestamps.AHEAD: "it was told before the time that it is dated at: its charger's clock is ahead, and nobody knew how far",
    timestamps.CHANGED: "its begin and its end are by two clocks: its charger's was set, or became known, between them",
    sessions.BACKWARDS: "by its charger's clock it ended before it began",
    sessions.SUPERSEDED: "another session began on its EVSE before it ended",
    sessions.EXCEEDED: "its tag had more sessions at once than it may have",
    sessions.ELSEWHERE: "its tag may not charge at its EVSE",
    sessions.BEGIN_MISSING: "its begin was never told",
    sessions.STEPS_MISSING: "its charger has not told all of it",
    sessions.FIRST_READING: "its begin told no meter: the first reading after it counts",
    sessions.LAST_READING: "its end told no meter: the last reading before it counts",
    sessions.MATCHED: "its stop named a wrong transaction",
}
_OPEN = "WHERE stopped_at IS NULL"
_DOUBTFUL = "WHERE (flags <> '[]' OR tag_status <> 'Accepted')"  # as the index session_doubtful has it
_CONTRADICTED = "WHERE session_id IN (SELECT session_id FROM stop_conflict)"
_NAMED = "WHERE session_id IN (SELECT value FROM json_each(:sessions))"
_CONFLICTS = """
SELECT CAST(session_id AS TEXT) AS session_id, count(*) AS n, payload, max(stop_conflict_id) FROM stop_conflict
WHERE :session IS NULL OR session_id = :session GROUP BY session_id
"""
ORPHANS = "SELECT orphan_id, received_at, charger_id, action, transaction_id, reason, payload, dropped_at FROM orphan"
TAGS = """
SELECT u.tag_id, u.charger_id, u.last_seen_at, u.count FROM unknown_tag u
WHERE NOT EXISTS (SELECT 1 FROM tag t WHERE t.tag_id = u.tag_id)
"""
_ACCEPTED = "SELECT item, evidence, accepted_at, actor, note FROM review"
_DROPPED = """
SELECT item, at, actor, reason FROM item_drop d
WHERE dropped = 1 AND drop_id = (SELECT max(drop_id) FROM item_drop n WHERE n.item = d.item)
"""


@dataclass(frozen=True, kw_only=True)
class ReviewSessions(Query):
    """List what needs a human before anybody is billed, with the evidence and the ways out, the newest first.

    `session accept ITEM` takes an item off the list; other evidence than that brings it back. `session correct` says what a
    session really was, `session drop ITEM` leaves one out of bills and reports. Sessions without a price leave once they have one.
    """

    path = "session review"
    route = "GET /review"
    row = ReviewRow
    noun = "items"
    examples = ("cpoctl session review", "cpoctl session review --json | jq -r '.[].ways[]'")

    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    accepted: Annotated[bool, Option("what somebody has accepted as it is, instead")] = False
    dropped: Annotated[bool, Option("what somebody has left out of bills and reports, instead")] = False

    def select(self, read: Read) -> list[ReviewRow]:
        """Everything that nobody has accepted."""
        if self.charger:
            must_be_known(self.charger, read)
        if self.dropped:
            return [row for row in _left_out(read) if self._wants(row)]
        known = {record["item"]: record for record in read(_ACCEPTED)}
        found = sorted(_everything(read), key=lambda found: found.row.at, reverse=True)
        told = (_with_acceptance(row, basis, known.get(row.item)) for row, basis in found)
        return [row for row in told if (row.accepted_at is not None) == self.accepted and self._wants(row)]

    def _wants(self, row: ReviewRow) -> bool:
        return self.charger is None or row.charger_id.casefold() == self.charger.casefold()


def _everything(read: Read) -> Iterator[Found]:
    signed, late = signed_doubts(read), late_words(read)
    doubtful = {row.session_id: row for where in (_OPEN, _DOUBTFUL, _CONTRADICTED) for row in rows(read, where, {})}
    doubtful |= {
        row.session_id: row for row in rows(read, _NAMED, {"sessions": json.dumps([*map(int, {**signed, **late})])})
    }
    others = contradictions(read)
    for row in doubtful.values():
        number = row.session_id
        found = of_session(row, others.get(number), signed.get(number, []), late.get(number, []))
        if found and (row.dropped_at is None or number in late):
            yield found
    yield from (of_orphan(record) for record in read(ORPHANS) if record["dropped_at"] is None)
    yield from map(of_tag, read(TAGS))
    yield from map(_of_unpriced, unpriced(read))


def _of_unpriced(found: Unpriced) -> Found:
    """The sessions of a charger that have no price. Nobody accepts them: they go when they have one, or are dropped."""
    item = f"unpriced-{found.charger_id}"
    row = ReviewRow(item, "unpriced sessions", found.charger_id, found.at, found.evidence, found.ways)
    return Found(row, "; ".join(found.evidence))


def _left_out(read: Read) -> Iterator[ReviewRow]:
    """What was dropped, with who did it."""
    known = {record["item"].casefold(): record for record in read(_DROPPED)}
    told = [
        *(_bare(row) for row in rows(read, "WHERE dropped_at IS NOT NULL", {})),
        *(of_orphan(record).row for record in read(ORPHANS) if record["dropped_at"] is not None),
    ]
    for row in told:
        by = known[row.item]
        yield replace(row, ways=[_undo(row.item)], accepted_at=by["at"], accepted_by=by["actor"], note=by["reason"])


def _bare(row: SessionRow) -> ReviewRow:
    used = "unknown" if row.energy_wh is None else f"{plain(row.energy_wh)} Wh"
    return ReviewRow(
        f"session-{row.session_id}", "session", row.charger_id, row.started_at, [f"{used} of {row.tag_id}"], []
    )


def _with_acceptance(row: ReviewRow, basis: str, known: dict[str, Any] | None) -> ReviewRow:
    if known is None or known["evidence"] != basis:
        return row
    return replace(row, accepted_at=known["accepted_at"], accepted_by=known["actor"], note=known["note"])


def contradictions(read: Read, session_id: int | None = None) -> dict[str, str]:
    """That more messages say something else, and what the newest says, by the number of the session; of one, or of all."""
    return {
        record[
            "session_id"
        ]: f"{record['n']} more message{' says' if record['n'] == 1 else 's say'} something else of it"
        + "".join(f": {said}" for said in _said(record["payload"]))
        for record in read(_CONFLICTS, {"session": session_id})
    }


def of_session(
    row: SessionRow, contradiction: str | None, signed: Sequence[str] = (), late: Sequence[str] = ()
) -> Found | None:
    """What is doubtful about a session; None when nothing is.

    `contradiction`: that other messages say something else; `signed`: what is about its signed values; `late`: what was told
    after somebody had decided.
    """
    doubts = [flag for flag in row.flags if flag not in SETTLED]
    evidence = [*row.stuck, *(_MEANING.get(flag, flag) for flag in doubts), *signed, *late]
    if late and row.dropped_at:
        evidence.append(f"it was left out of bills at {row.dropped_at}")
    if energy.DOUBTS.intersection(doubts) - {energy.MISSING}:
        evidence.append(_registers(row))
    if row.tag_status not in ("", "Accepted"):
        evidence.append(f"tag {row.tag_id} is {row.tag_status}")
    elif not row.tag_id and not row.tag_status and row.stopped_at and row.energy_wh:  # a cable alone is no charge
        evidence.append("no tag was told: nobody pays for it")
    if contradiction:
        evidence.append(contradiction)
    if not evidence:
        return None
    item = f"session-{row.session_id}"
    kind = "stuck session" if row.stuck else "doubtful session"
    settling = _settling(item) if row.dropped_at is None else [_accept(item), _undo(item)]
    told = ReviewRow(
        item, kind, row.charger_id, row.started_at, evidence, [*_ways(row, contradiction, signed, late), *settling]
    )
    return Found(told, "; ".join(evidence))


def _ways(row: SessionRow, contradiction: str | None, signed: Sequence[str], late: Sequence[str]) -> list[str]:
    """What can be done about a session, but for accepting it or leaving it out."""
    number = row.session_id
    ways = [f"cpoctl session show {number}"]
    if row.stuck:
        asked = [] if sessions.OTHER_VERSION in row.flags else [f"cpoctl session stop {number} --yes"]
        ways = [f"cpoctl session close {number} --reason TEXT --yes", *asked, *ways]
    elif contradiction:
        ways.append(f"cpoctl log list {quote(row.charger_id)}")
    if row.tag_status not in ("", "Accepted"):
        where = f"{row.charger_id}:{row.evse_id}" if row.evse_id else row.charger_id
        ways.append(f"cpoctl tag check {quote(row.tag_id)} --charger {quote(where)}")
    if signed:
        ways.append(f"cpoctl session signed {number}")
    if any(text.startswith(DECIDED_OTHERWISE) for text in late):
        ways.insert(0, f"cpoctl session correct {number} --as-told --reason TEXT --yes    what its charger says counts")
    if row.state == "closed":
        ways.append(f"cpoctl session correct {number} --reason TEXT --yes    say its energy, its times, its tag")
    return ways


def of_orphan(record: dict[str, Any]) -> Found:
    """A message that belongs to no session."""
    item, charger = f"orphan-{record['orphan_id']}", quote(record["charger_id"])
    evidence = f"{record['action']} of transaction {record['transaction_id'] or 'unknown'}: {record['reason']}"
    ways = [f"cpoctl log list {charger} --action {record['action']}", f"cpoctl session list --charger {charger}"]
    told = [evidence, *_said(record["payload"])]
    row = ReviewRow(item, "orphan", record["charger_id"], record["received_at"], told, [*ways, *_settling(item)])
    return Found(row, evidence)


def _said(payload: str) -> Iterator[str]:
    """What an orphan says of a session, in a line: time, register, tag."""
    told = json.loads(payload)
    told = told if isinstance(told, dict) else {}
    names = ("timestamp", "connectorId", "idTag", "meterStart", "meterStop", "reason", "eventType")
    said = [f"{name} {told[name]}" for name in names if isinstance(told.get(name), str | int | float)]
    if said:
        yield ", ".join(said)


def of_tag(record: dict[str, Any]) -> Found:
    """A tag that was presented and that nobody knows, whoever presented it how often."""
    tag = record["tag_id"]
    item, times = f"tag-{tag}", record["count"]
    evidence = f"presented {times} time{'' if times == 1 else 's'}, nobody knows it"
    ways = [f"cpoctl tag add {quote(tag)}", _accept(item)]
    kind = "unknown tag"
    return Found(ReviewRow(item, kind, record["charger_id"], record["last_seen_at"], [evidence], ways), kind)


def _registers(row: SessionRow) -> str:
    """From where to where the meter went, and what of it counts."""
    begin, end, used = (
        "unknown" if wh is None else f"{plain(wh)} Wh" for wh in (row.meter_start_wh, row.meter_stop_wh, row.energy_wh)
    )
    return f"meter {begin} to {end}, counted {used}"


def _settling(item: str) -> list[str]:
    return [_accept(item), f"cpoctl session drop {item} --reason TEXT"]


def _undo(item: str) -> str:
    return f"cpoctl session drop {item} --undo --reason TEXT"


def _accept(item: str) -> str:
    return f"cpoctl session accept {quote(item)} --reason TEXT"
