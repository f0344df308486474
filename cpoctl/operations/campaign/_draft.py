"""Drafting a campaign: who was chosen, who of them gets it and why the others do not, and by which rules."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import campaigns
from cpoctl.domain.campaign_plans import Candidate, Meant, planned
from cpoctl.domain.campaign_rules import Rate, Rules, Threshold, Window
from cpoctl.domain.secrets import masked
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Act, Argument, Danger, Operator, Option, instant
from cpoctl.operations.campaign import CampaignRow, MemberRow, must_be_name
from cpoctl.operations.charger import LISTED, NAMES, ChargerRow, row, with_live
from cpoctl.store import rows
from cpoctl.table import Column
from cpoctl.targets import HINTS, Selection, must_select, resolved

if TYPE_CHECKING:
    from cpoctl.store.rows import Row

_EXISTS = "SELECT campaign FROM campaign WHERE campaign = ?"
BUSY = """
SELECT m.charger_id, m.campaign FROM campaign_member m JOIN campaign c USING (campaign)
WHERE m.state = 'sent' OR (m.state = 'pending' AND c.state IN ('running', 'paused', 'halted'))
"""
CANARY_MOST, BATCH_MOST, ATTEMPTS_MOST = 1000, 1000, 10


@dataclass(frozen=True)
class CampaignDetail(CampaignRow):
    """A campaign with every charger that was chosen for it, and what it gives them."""

    given: dict[str, Any]
    chargers: Annotated[list[MemberRow], Column("CHARGERS")]


class Purpose(NamedTuple):
    """What a campaign does: an operation with what it is given, and what that is to a reader."""

    kind: type[Act]
    given: dict[str, Any]
    what: str
    meant: Meant


@dataclass(frozen=True, kw_only=True)
class Drafting(Selection, Act):
    """What every draft has in common. Its chargers are those that fit now; later ones do not join."""

    row = CampaignDetail
    danger = Danger.HARMLESS

    campaign: Annotated[str, Argument("a name for it")]
    targets: Annotated[tuple[str, ...], Argument("chargers: ids, globs, comma lists", kind="charger")] = ()
    all: Annotated[bool, Option("every charger")] = False
    canary: Annotated[
        int, Option("so many go first, and the rest only when they all have ended well", least=0, most=CANARY_MOST)
    ] = 0
    batch: Annotated[int, Option("at most so many under way at a time", least=1, most=BATCH_MOST)] = 10
    rate: Annotated[str | None, Option("at most so many in a time, evenly: 20/h, 2/m, 100/d")] = None
    window: Annotated[str | None, Option("only at this time of the day where the charger stands: 22:00-05:00")] = None
    until: Annotated[
        str | None,
        Option("its end, a time or a duration: who was never reached has missed it; two weeks without it", kind="time"),
    ] = None
    threshold: Annotated[str, Option("with so many failures it halts: 10% of those that have ended, or 3")] = "10%"
    attempts: Annotated[int, Option("how often it is tried with a charger that fails", least=1, most=ATTEMPTS_MOST)] = 1
    dry_run: Annotated[bool, Option("only tell who would get it and why others would not", short="n")] = False

    def danger_now(self) -> Danger:
        """A dry run only reads."""
        return Danger.READ if self.dry_run else self.danger

    async def purpose(self, operator: Operator) -> Purpose:
        """What it does. Raises UsageProblem."""
        raise AssertionError(f"{type(self).__name__} has no purpose")

    async def run(self, operator: Operator) -> CampaignDetail:
        """Fix the members, and keep it unless it is a dry run."""
        must_be_name(self.campaign)
        if known := await operator.store.read(_EXISTS, [self.campaign]):
            name = known[0]["campaign"]
            raise Conflict(f"there is a campaign {name} already", target=name, hints=[f"cpoctl campaign show {name}"])
        rules, purpose = self._rules(operator), await self.purpose(operator)
        members = planned(await self._candidates(operator), purpose.meant, rules.canary)
        detail = self._told(operator, purpose, rules, members)
        if not self.dry_run:
            await operator.commit(*self._facts(detail, purpose, members))
        return detail

    def _rules(self, operator: Operator) -> Rules:
        now = operator.clock.now()
        until = instant(self.until, now, "until") if self.until is not None else None
        if until is not None and until <= now:
            raise UsageProblem(f"--until {self.until} is over", hints=["--until 14d    two weeks from now"])
        return Rules(
            canary=self.canary,
            batch=self.batch,
            rate=Rate.read(self.rate) if self.rate is not None else None,
            window=Window.read(self.window) if self.window is not None else None,
            until=until,
            idle=bool(getattr(self, "idle", False)),
            threshold=Threshold.read(self.threshold),
            attempts=self.attempts,
        )

    async def _candidates(self, operator: Operator) -> list[Candidate]:
        """Whoever was chosen. An empty selection is never every charger. Raises NotFound."""
        must_select(self.targets, self, every=self.all)
        listed = [with_live(row(each), operator.live) for each in await operator.store.read(LISTED, {"known": 1})]
        known = {each.charger_id: each for each in listed}
        fitting = [known[name] for name in await self._named(known, operator) if self.fits(known[name])]
        if not fitting:
            raise NotFound("the selection is empty: no charger fits it", hints=HINTS)
        busy = {each["charger_id"]: each["campaign"] for each in await operator.store.read(BUSY)}
        spoken = {name: live.version for name in known if (live := operator.live.charger(name))}
        return [
            Candidate(name, each.vendor, each.model, each.firmware, spoken.get(name), busy.get(name))
            for each in fitting
            for name in [each.charger_id]
        ]

    async def _named(self, known: dict[str, ChargerRow], operator: Operator) -> list[str]:
        if not self.targets:
            return list(known)
        waiting = [each["charger_id"] for each in await operator.store.read(f"{NAMES} AND known = 0")]
        found = resolved(self.targets, known, waiting)
        if part := next((at for at in found if at.evse_id is not None), None):
            raise UsageProblem(
                f"a campaign is about whole chargers, not about an EVSE of {part.charger_id}",
                target=part.charger_id,
                hints=[f"say {part.charger_id}"],
            )
        return [at.charger_id for at in found]

    def _told(
        self, operator: Operator, purpose: Purpose, rules: Rules, members: list[campaigns.Member]
    ) -> CampaignDetail:
        counts = campaigns.Campaign(self.campaign, rules, members).counts()
        return CampaignDetail(
            campaign=self.campaign,
            members=len(members) - counts[campaigns.EXCLUDED],
            pending=counts[campaigns.PENDING],
            excluded=counts[campaigns.EXCLUDED],
            **dict.fromkeys(("ok", "failed", "unknown", "sent", "missed", "aborted"), 0),
            state=campaigns.DRAFT,
            what=purpose.what,
            why="a dry run: nothing is kept" if self.dry_run else None,
            rules=rules.told(),
            operation=purpose.kind.path,
            goal=purpose.meant.version,
            created_at=stored(operator.clock.now()),
            created_by=operator.actor,
            started_at=None,
            ended_at=None,
            given=json.loads(masked(json.dumps(purpose.given))),
            chargers=[_row(member) for member in members],
        )

    def _facts(
        self, detail: CampaignDetail, purpose: Purpose, members: list[campaigns.Member]
    ) -> "tuple[list[Row], list[events.Event]]":
        draft = rows.Campaign(
            self.campaign,
            detail.operation,
            json.dumps(purpose.given),
            detail.what,
            detail.goal,
            json.dumps(detail.rules),
            str(self.role_now()),
            campaigns.DRAFT,
            detail.created_at or "",
            detail.created_by or "",
        )
        told = events.CampaignChanged(campaign=self.campaign, state=campaigns.DRAFT, why=None, rules=detail.rules)
        unit = [
            rows.CampaignMember(self.campaign, number, each.charger_id, each.wave, each.state, each.why, each.had)
            for number, each in enumerate(members)
        ]
        return [draft, *unit], [told]


def _row(member: campaigns.Member) -> MemberRow:
    return MemberRow(
        charger_id=member.charger_id, wave=member.wave, state=member.state, status=None, why=member.why,
        task_id=None, attempts=0, had=member.had, sent_at=None, ended_at=None,
    )  # fmt: skip


def as_detail(found: CampaignRow, given: str, chargers: list[MemberRow]) -> CampaignDetail:
    """A campaign with its chargers. A setting may be a URL with credentials, which are nobody's to see."""
    return CampaignDetail(**vars(found), given=json.loads(masked(given)), chargers=chargers)


def waiting_for(member: MemberRow, why: str | None) -> MemberRow:
    """A member with what it waits for or how far it is, beside what it has behind it."""
    told = "; ".join(part for part in (why, member.why) if part)
    return replace(member, why=told or None)
