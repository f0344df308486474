"""What of the sessions needs a human: messages without a session, sessions that are stuck or doubtful, unknown tags."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from shlex import quote  # a tag's id is whatever somebody holds to a reader, and ways out are pasted into shells
from typing import Annotated, Any, NamedTuple

from cpoctl.domain import sessions
from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import must_be_known
from cpoctl.operations.session import SessionRow, rows
from cpoctl.table import Column, local


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
    {sessions.CLOSED_BY_HAND, sessions.STOP_CAME_LATER, sessions.OTHER_VERSION, "timestamp_without_zone"}
)
"""Flags that need nobody: a human has decided, nothing was lost, or an open session is stuck by it and another is not."""

_MEANING = {
    "meter_missing": "its energy is unknown: no reading of its start or its end",
    "meter_regressed": "its energy is unknown: the meter went back",
    "timestamp_suspect": "its charger's clock cannot be believed",
    "timestamp_missing": "its charger gave no time",
    "connector_missing": "its charger did not say at which EVSE",
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
_CONFLICTS = "SELECT CAST(session_id AS TEXT) AS session_id, count(*) AS n FROM stop_conflict GROUP BY session_id"
ORPHANS = "SELECT orphan_id, received_at, charger_id, action, transaction_id, reason FROM orphan"
TAGS = """
SELECT u.tag_id, u.charger_id, u.last_seen_at, u.count FROM unknown_tag u
WHERE NOT EXISTS (SELECT 1 FROM tag t WHERE t.tag_id = u.tag_id)
"""
_ACCEPTED = "SELECT item, evidence, accepted_at, actor, note FROM review"


@dataclass(frozen=True, kw_only=True)
class ReviewSessions(Query):
    """List what needs a human before anybody is billed, with the evidence and the ways out, the newest first.

    `session accept ITEM` takes an item off the list; other evidence than that brings it back.
    """

    path = "session review"
    route = "GET /review"
    row = ReviewRow
    noun = "items"
    examples = ("cpoctl session review", "cpoctl session review --json | jq -r '.[].ways[]'")

    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    accepted: Annotated[bool, Option("what somebody has accepted as it is, instead")] = False

    def select(self, read: Read) -> list[ReviewRow]:
        """Everything that nobody has accepted."""
        if self.charger:
            must_be_known(self.charger, read)
        known = {record["item"]: record for record in read(_ACCEPTED)}
        found = sorted(_everything(read), key=lambda found: found.row.at, reverse=True)
        told = (_with_acceptance(row, basis, known.get(row.item)) for row, basis in found)
        return [
            row
            for row in told
            if (row.accepted_at is not None) == self.accepted
            and (self.charger is None or row.charger_id.casefold() == self.charger.casefold())
        ]


def _everything(read: Read) -> Iterator[Found]:
    doubtful = {row.session_id: row for where in (_OPEN, _DOUBTFUL, _CONTRADICTED) for row in rows(read, where, {})}
    conflicts = {record["session_id"]: record["n"] for record in read(_CONFLICTS)}
    for row in doubtful.values():
        if found := of_session(row, conflicts.get(row.session_id, 0)):
            yield found
    yield from map(of_orphan, read(ORPHANS))
    yield from map(of_tag, read(TAGS))


def _with_acceptance(row: ReviewRow, basis: str, known: dict[str, Any] | None) -> ReviewRow:
    if known is None or known["evidence"] != basis:
        return row
    return replace(row, accepted_at=known["accepted_at"], accepted_by=known["actor"], note=known["note"])


def of_session(row: SessionRow, conflicts: int) -> Found | None:
    """What is doubtful about a session; None when nothing is."""
    doubts = [flag for flag in row.flags if flag not in SETTLED]
    evidence = [*row.stuck, *(_MEANING.get(flag, flag) for flag in doubts)]
    if row.tag_status not in ("", "Accepted"):
        evidence.append(f"tag {row.tag_id} is {row.tag_status}")
    elif not row.tag_id and not row.tag_status and row.stopped_at and row.energy_wh:  # a cable alone is no charge
        evidence.append("no tag was told: nobody pays for it")
    if conflicts:
        evidence.append(f"{conflicts} more message{' says' if conflicts == 1 else 's say'} something else of it")
    if not evidence:
        return None
    number, item = row.session_id, f"session-{row.session_id}"
    ways = [f"cpoctl session show {number}"]
    if row.stuck:
        asked = [] if sessions.OTHER_VERSION in row.flags else [f"cpoctl session stop {number} --yes"]
        ways = [f"cpoctl session close {number} --reason TEXT --yes", *asked, *ways]
    elif conflicts:
        ways.append(f"cpoctl log list {quote(row.charger_id)}")
    if row.tag_status not in ("", "Accepted"):
        where = f"{row.charger_id}:{row.evse_id}" if row.evse_id else row.charger_id
        ways.append(f"cpoctl tag check {quote(row.tag_id)} --charger {quote(where)}")
    kind = "stuck session" if row.stuck else "doubtful session"
    told = ReviewRow(item, kind, row.charger_id, row.started_at, evidence, [*ways, _accept(item)])
    return Found(told, "; ".join(evidence))


def of_orphan(record: dict[str, Any]) -> Found:
    """A message that belongs to no session."""
    item, charger = f"orphan-{record['orphan_id']}", quote(record["charger_id"])
    evidence = f"{record['action']} of transaction {record['transaction_id'] or 'unknown'}: {record['reason']}"
    ways = [f"cpoctl log list {charger} --action {record['action']}", f"cpoctl session list --charger {charger}"]
    told = ReviewRow(item, "orphan", record["charger_id"], record["received_at"], [evidence], [*ways, _accept(item)])
    return Found(told, evidence)


def of_tag(record: dict[str, Any]) -> Found:
    """A tag that was presented and that nobody knows, whoever presented it how often."""
    tag = record["tag_id"]
    item, times = f"tag-{tag}", record["count"]
    evidence = f"presented {times} time{'' if times == 1 else 's'}, nobody knows it"
    ways = [f"cpoctl tag add {quote(tag)}", _accept(item)]
    kind = "unknown tag"
    return Found(ReviewRow(item, kind, record["charger_id"], record["last_seen_at"], [evidence], ways), kind)


def _accept(item: str) -> str:
    return f"cpoctl session accept {quote(item)} --note TEXT"
