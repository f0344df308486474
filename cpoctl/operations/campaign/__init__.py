"""Campaigns: one operation for many chargers, a few at a time, which halts when too many fail."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import campaigns
from cpoctl.domain.campaign_rules import Rules
from cpoctl.errors import Conflict, Denied, NotFound, UsageProblem, nearest
from cpoctl.operations import Argument, Operator, Read, Record, Role, instant, one
from cpoctl.store import rows
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.store.rows import Row

Name = Annotated[str, Argument("the campaign's name", kind="campaign")]
NAMES = "SELECT campaign FROM campaign"
LASTS: Final = timedelta(days=14)
"""How long a started campaign goes on for those that are away, where nobody has said it."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}")


def said(rules: Mapping[str, Any] | None) -> str:
    """The rules as the options would say them."""
    given = [(name, value) for name, value in (rules or {}).items() if value not in (None, 0, False)]
    given = [(name, local(value) if name == "until" else value) for name, value in given]
    return " ".join(name if value is True else f"{name} {value}" for name, value in given) or "-"


@dataclass(frozen=True)
class CampaignRow:
    """A campaign, and how many of its chargers are how far. `members` are those that shall get it.

    `why` says why it was halted, or how it ended; `goal` is the firmware that they shall run, where that is known.
    """

    campaign: Annotated[str, Column("CAMPAIGN")]
    state: Annotated[str, Column("STATE")]
    what: Annotated[str, Column("WHAT", 2)]
    members: Annotated[int, Column("CHARGERS", 1, "right")]
    ok: Annotated[int, Column("OK", 1, "right")]
    failed: Annotated[int, Column("FAILED", 1, "right")]
    unknown: Annotated[int, Column("UNKNOWN", 2, "right")]
    sent: Annotated[int, Column("UNDER WAY", 2, "right")]
    pending: Annotated[int, Column("PENDING", 2, "right")]
    missed: Annotated[int, Column("MISSED", 3, "right")]
    aborted: Annotated[int, Column("ABORTED", 4, "right")]
    excluded: Annotated[int, Column("EXCLUDED", 4, "right")]
    why: Annotated[str | None, Column("WHY", 2)]
    rules: Annotated[dict[str, Any], Column("RULES", 3, show=said)]
    operation: Annotated[str, Column("OPERATION", 5)]
    goal: Annotated[str | None, Column("GOAL", 4)]
    created_at: Annotated[str | None, Column("CREATED", 4, show=local)]
    created_by: Annotated[str | None, Column("BY", 5)]
    started_at: Annotated[str | None, Column("STARTED", 3, show=local)]
    ended_at: Annotated[str | None, Column("ENDED", 4, show=local)]


@dataclass(frozen=True)
class MemberRow:
    """A charger in a campaign. `wave` is `canary` or `rest`; `had` is the firmware that it ran when it was chosen.

    `why` says why it is excluded or has failed, and of a pending one what it waits for.
    """

    charger_id: Annotated[str, Column("CHARGER")]
    wave: Annotated[str, Column("WAVE", 2)]
    state: Annotated[str, Column("STATE")]
    status: Annotated[str | None, Column("STATUS", 2)]
    why: Annotated[str | None, Column("WHY")]
    task_id: Annotated[int | None, Column("TASK", 2, "right")]
    attempts: Annotated[int, Column("TRIES", 4, "right")]
    had: Annotated[str | None, Column("HAD", 3)]
    sent_at: Annotated[str | None, Column("SENT", 4, show=local)]
    ended_at: Annotated[str | None, Column("ENDED", 3, show=local)]


_COUNTED = ", ".join(f"coalesce(sum(m.state = '{state}'), 0) AS {state}" for state in campaigns.MEMBER_STATES)
SELECT = f"""
SELECT c.campaign, c.state, c.what, c.why, c.rules, c.operation, c.goal, c.created_at, c.created_by, c.started_at,
       c.ended_at, coalesce(sum(m.state <> 'excluded'), 0) AS members, {_COUNTED}
FROM campaign c LEFT JOIN campaign_member m USING (campaign)
"""  # noqa: S608 # constants only
_MEMBERS = """
SELECT charger_id, wave, state, status, why, task_id, attempts, had, sent_at, ended_at FROM campaign_member
WHERE campaign = ? ORDER BY position
"""
_MEMBER = "SELECT * FROM campaign_member WHERE campaign = ? ORDER BY position"


def row(record: Record) -> CampaignRow:
    """A row of a record of `SELECT`."""
    return CampaignRow(**record | {"rules": json.loads(record["rules"])})


def the_one(name: str, read: Read) -> CampaignRow:
    """The campaign of this name. Raises NotFound with the nearest."""
    found = read(f"{SELECT} WHERE c.campaign = ? GROUP BY c.campaign", [name])
    return row(one(found, "campaign", name, read, NAMES))


def members(name: str, read: Read) -> list[MemberRow]:
    """Its chargers, in the order in which they get it."""
    return [MemberRow(**record) for record in read(_MEMBERS, [name])]


def must_be_name(name: str) -> str:
    """A name that every command and every URL takes. Raises UsageProblem."""
    if not _NAME.fullmatch(name):
        raise UsageProblem(
            f"{name[:48]!r} is no name for a campaign: letters, digits, and . _ - in between, at most 48",
            hints=["cpoctl campaign firmware fw-2.1 --all --file fw-2.1.0.bin"],
        )
    return name


# What acts on campaigns have in common


async def kept(name: str, operator: Operator) -> Record:
    """The campaign as it is kept. Raises NotFound with the nearest name."""
    found = await operator.store.read("SELECT * FROM campaign WHERE campaign = ?", [name])
    if found:
        return found[0]
    names = [record["campaign"] for record in await operator.store.read(NAMES)]
    raise NotFound(
        f"no campaign {name}{nearest(name, names)}", target=name, hints=["cpoctl campaign list    all there are"]
    )


async def kept_members(name: str, operator: Operator) -> list[Record]:
    """Its members as they are kept."""
    return await operator.store.read(_MEMBER, [name])


def rules_of(record: Record) -> Rules:
    """By which rules it goes."""
    return Rules.read(json.loads(record["rules"]))


def must_be(record: Record, states: Sequence[str], what: str) -> None:
    """Raise Conflict for a campaign that is in none of the states."""
    if record["state"] not in states:
        name = record["campaign"]
        raise Conflict(
            f"{name} is {record['state']}: {what}", target=name, hints=[f"cpoctl campaign show {name}    how it stands"]
        )


def must_be_allowed(record: Record, operator: Operator) -> None:
    """Raise Denied for whoever may not do what the campaign does."""
    needed, ranks = Role(record["role"]), [*Role]  # `list` is a verb here
    if ranks.index(operator.role) < ranks.index(needed):
        what = f"{record['campaign']} does {record['operation']} with settings that only an {needed} may change"
        raise Denied(f"{operator.actor} is {operator.role}, and {what}", hints=["ask an admin"])


def end_of(until: str | None, rules: Rules, now: datetime, again: str) -> datetime:
    """Until when it goes on: as it is said now, or was, or for two weeks. Raises UsageProblem for what is over."""
    end = instant(until, now, "until") if until is not None else rules.until or now + LASTS
    if end <= now:
        raise UsageProblem(f"--until: {stored(end)} is over", hints=[f"{again} --until 14d"])
    return end


def moved(
    record: Record,
    state: str,
    now: datetime,
    *,
    why: str | None = None,
    rules: Rules | None = None,
    forgiven: bool = False,
) -> "tuple[list[Row], list[events.Event]]":
    """The rows and the event of a campaign that is in another state, or goes on by other rules."""
    name, at = record["campaign"], stored(now)
    started = at if state == campaigns.RUNNING and record["started_at"] is None else None
    over = at if state in (campaigns.ABORTED, campaigns.FINISHED) else None
    unit: list[Row] = [rows.CampaignState(state, why, started, over, name)]
    told = rules.told() if rules else json.loads(record["rules"])
    if rules is not None:
        unit.append(rows.CampaignRules(json.dumps(told), name))
    if forgiven:
        unit.append(rows.CampaignMembersForgiven(name))
    return unit, [events.CampaignChanged(campaign=name, state=state, why=why, rules=told, forgiven=forgiven)]


def member_moved(name: str, charger_id: str, told: Mapping[str, Any], was: Sequence[str]) -> "tuple[Row, events.Event]":
    """The row and the event of a member that stands otherwise: all of `campaigns.KEPT`."""
    facts = {each: told[each] for each in campaigns.KEPT}
    moved_row = rows.CampaignMemberMoved(
        **facts | {"forgiven": int(facts["forgiven"])}, campaign=name, charger_id=charger_id, was=json.dumps([*was])
    )
    event = events.CampaignMemberMoved(
        charger_id=charger_id, campaign=name, was=tuple(was), **facts | {"forgiven": bool(facts["forgiven"])}
    )
    return moved_row, event
