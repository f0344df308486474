"""Say what a charger would be told about a tag, and why."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import parsed
from cpoctl.domain import tags
from cpoctl.operations import Option, Query, Read, one
from cpoctl.operations.charger import NAMES as CHARGERS
from cpoctl.operations.tag import TagId
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class RuleRow:
    """How one rule stands; `ok` is null where it has nothing to say."""

    rule: Annotated[str, Column("RULE")]
    ok: Annotated[bool | None, Column("OK")]
    told: Annotated[str, Column("WHY")]


@dataclass(frozen=True)
class CheckRow:
    """What would be answered to a start with the tag, and the first rule that decided so; null when it is accepted."""

    tag_id: Annotated[str, Column("TAG")]
    charger_id: Annotated[str | None, Column("CHARGER")]
    evse_id: Annotated[int | None, Column("EVSE", 2, "right")]
    verdict: Annotated[str, Column("VERDICT")]
    decided_by: Annotated[str | None, Column("DECIDED BY")]
    parent_id: Annotated[str | None, Column("GROUP", 2)]
    mend: Annotated[str | None, Column("TRY", 3)]
    rules: list[RuleRow]


_PLACE = re.compile(r"(?P<charger>.+):(?P<evse>\d{1,9})")
_CHARGER = "SELECT charger_id, registration, site_id FROM charger WHERE charger_id = ? AND removed_at IS NULL"
_RUNNING = """
SELECT session_id, charger_id, evse_id FROM session s WHERE stopped_at IS NULL AND tag_id = :tag COLLATE NOCASE
  AND NOT (charger_id IS :charger AND evse_id IS :evse)
  AND session_id = (SELECT max(o.session_id) FROM session o
    WHERE o.charger_id = s.charger_id AND o.evse_id = s.evse_id AND o.stopped_at IS NULL)
"""


@dataclass(frozen=True, kw_only=True)
class CheckTag(Query):
    """Say what a charger would be told about a tag that starts a session, rule by rule."""

    path = "tag check"
    route = "GET /tags/{tag}/check"
    row = CheckRow
    many = False
    examples = ("cpoctl tag check ANNA-K", "cpoctl tag check ANNA-K --charger HQ-07:2 --json | jq -r .verdict")

    tag: TagId
    charger: Annotated[
        str | None, Option("at this charger, or EVSE of it; without it the rules about chargers rest", kind="charger")
    ] = None

    def select(self, read: Read) -> list[CheckRow]:
        """The verdict on what is stored."""
        name = tags.shown(self.tag)
        found = read("SELECT * FROM tag WHERE tag_id = ?", [name])
        here: dict[str, Any] = {} if self.charger is None else _here(self.charger, read)
        at_most = {"tag": name, "charger": here.get("charger_id"), "evse": here.get("evse_id")}
        running = tuple(_spoken(read(_RUNNING, at_most))) if found else ()
        tag = _tag(found[0]) if found else None
        at = tags.Presented(tag.tag_id if tag else name, tag, datetime.now(UTC), running=running, **here)
        return [_judged(at)]

    def overlay(self, row: CheckRow, live: "LiveFleet", now: datetime) -> CheckRow:
        """A server that accepts every tag does so."""
        if row.decided_by != "known" or not live.accepts_unknown_tags or not row.tag_id:
            return row
        at = tags.Presented(row.tag_id, None, now, row.charger_id, accepts_unknown=True, evse_id=row.evse_id)
        return replace(_judged(at), rules=[row.rules[0], *_judged(at).rules[1:]])


def _here(word: str, read: Read) -> dict[str, Any]:
    """The charger that is asked, and its EVSE. A word that is a charger's id is that charger."""
    found, evse_id = read(_CHARGER, [word]), None
    if not found and (place := _PLACE.fullmatch(word)):
        word, evse_id = place["charger"], int(place["evse"])
        found = read(_CHARGER, [word])
    return {**one(found, "charger", word, read, CHARGERS), "evse_id": evse_id}


def _tag(record: dict[str, Any]) -> tags.Tag:
    expires_at = parsed(record["expires_at"]) if record["expires_at"] else None
    sites, places = tuple(json.loads(record["sites"])), tuple(json.loads(record["places"]))
    return tags.Tag(
        record["tag_id"], record["status"], record["parent_id"], expires_at, record["sessions_most"], sites, places
    )


def _spoken(sessions: list[dict[str, Any]]) -> Iterator[str]:
    for session in sessions:
        yield f"session {session['session_id']} at {session['charger_id']}:{session['evse_id']}"


_MENDING = {
    "charger": "cpoctl charger approve {charger}",
    "known": "cpoctl tag add {tag}",
    "blocked": "cpoctl tag unblock {tag}",
    "place": "cpoctl tag edit {tag} --place {place}",
    "sessions": "cpoctl session list --tag {tag} --open",
}


def _mending(rule: str | None, at: tags.Presented) -> str | None:
    """The command that makes a tag fit; most of what forbids one is in its record."""
    if rule is None:
        return None
    how = _MENDING.get(rule, "cpoctl tag edit {tag} --help")
    charger = at.charger_id or "CHARGER"
    place = f"{charger}:{at.evse_id}" if at.evse_id else charger
    return how.format(tag=shlex.quote(at.tag_id), charger=shlex.quote(charger), place=shlex.quote(place))


def _judged(at: tags.Presented) -> CheckRow:
    found = list(tags.findings(at))
    broken = next((finding.rule for finding in found if finding.ok is False), None)
    return CheckRow(
        tag_id=at.tag_id,
        charger_id=at.charger_id,
        evse_id=at.evse_id,
        verdict=tags.verdict(at),
        decided_by=broken,
        parent_id=at.tag.parent_id if at.tag else None,
        mend=_mending(broken, at),
        rules=[RuleRow(finding.rule, finding.ok, finding.told) for finding in found],
    )
