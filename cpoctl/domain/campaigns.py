"""Campaigns: one operation for many chargers, carefully. What the rules mean, and what may go out next.

Pure: whether a charger is there, and what became of it, is told from outside. The canaries go first; the rest only when
all of them have ended well. A campaign whose failures reach its threshold sends nothing more until somebody resumes it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cpoctl.clock import parsed, stored
from cpoctl.domain.campaign_rules import Rules

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet

CANARY, REST, NONE = "canary", "rest", ""
DRAFT, RUNNING, PAUSED, HALTED, ABORTED, FINISHED, REMOVED = (
    "draft", "running", "paused", "halted", "aborted", "finished", "removed",
)  # fmt: skip
ACTIVE: Final = (RUNNING, PAUSED, HALTED)
PENDING, SENT, OK, FAILED, UNKNOWN, MISSED, EXCLUDED = (
    "pending", "sent", "ok", "failed", "unknown", "missed", "excluded",
)  # fmt: skip
ENDED: Final = (OK, FAILED, UNKNOWN)
BAD: Final = (FAILED, UNKNOWN)
MEMBER_STATES: Final = (PENDING, SENT, *ENDED, MISSED, EXCLUDED, ABORTED)
AGAIN_AFTER: Final = timedelta(minutes=10)
"""Before a charger that failed is tried once more."""
SAYS_WHO_IT_IS: Final = timedelta(seconds=15)
"""How soon a charger that starts anew announces itself; one that has only lost its line for a while does not."""
_EVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Member:
    """A charger in a campaign. `going`: it is being sent to, which is not on disk yet."""

    charger_id: str
    wave: str = REST
    state: str = PENDING
    status: str | None = None
    why: str | None = None
    had: str | None = None
    attempts: int = 0
    not_before: datetime | None = None
    forgiven: bool = False
    task_id: int | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    going: bool = False

    @property
    def under_way(self) -> bool:
        """Whether it takes one of the places of those in flight."""
        return self.going or self.state == SENT


class Step(NamedTuple):
    """A member that goes out now, and the canary in whose place it does, if any."""

    member: Member
    wave: str
    instead_of: Member | None = None


@dataclass(slots=True)
class Campaign:
    """A campaign with its members, in the order in which they go out."""

    name: str
    rules: Rules
    members: list[Member]
    state: str = DRAFT
    why: str | None = None
    by_charger: dict[str, Member] = field(init=False)

    def __post_init__(self) -> None:
        self.by_charger = {member.charger_id.casefold(): member for member in self.members}

    def member(self, charger_id: str) -> Member | None:
        """The member that is this charger."""
        return self.by_charger.get(charger_id.casefold())

    def counts(self) -> Counter[str]:
        """How many members are in each state."""
        return Counter(member.state for member in self.members)

    @property
    def over(self) -> bool:
        """Whether nothing is left to send and nothing under way."""
        return not any(member.state in (PENDING, SENT) or member.going for member in self.members)

    def has_ended(self, now: datetime) -> bool:
        """Whether whoever was never reached has missed it."""
        return self.rules.until is not None and now >= self.rules.until

    def objection(self) -> str | None:
        """Why nothing more may go out, in a sentence. What ended before somebody resumed it is forgiven."""
        counted = [member for member in self.members if member.state in ENDED and not member.forgiven]
        bad = [member for member in counted if member.state in BAD]
        if canary := next((member for member in bad if member.wave == CANARY), None):
            end = "failed" if canary.state == FAILED else "ended without anybody knowing how"
            return f"the canary {canary.charger_id} {end}: {canary.why or canary.status}"
        threshold = self.rules.threshold
        if threshold is None or not threshold.reached(len(bad), len(counted)):
            return None
        since = " since it was resumed" if any(member.forgiven for member in self.members) else ""
        # What was under way then may fail later still.
        failed = f"{len(bad)} of {len(counted)} that had ended{since} had failed when it halted"
        return f"{failed}, the threshold is {threshold.of(len(counted))}"

    def next_out(self, now: datetime, ready: Callable[[Member], bool]) -> list[Step]:
        """Who goes out now. `ready` tells whether a charger is there, may be disturbed, and has its window open."""
        room = self._room(now)
        if self.state != RUNNING or self.has_ended(now) or room <= 0 or self.objection():
            return []
        waiting = (member for member in self.members if _waits(member, now))
        if self._canaries_left() > 0:
            return self._canaries([member for member in waiting if ready(member)])[:room]
        return [Step(member, member.wave) for member in islice(filter(ready, waiting), room)]

    def due(self) -> datetime | None:
        """When to look again though nothing has happened: the next place of the rate, a second attempt, the end."""
        waiting = [member for member in self.members if member.state == PENDING]
        if not waiting:
            return None
        slot = self._slot() if self._in_flight() < self.rules.batch else None
        times = [slot, self.rules.until, *(member.not_before for member in waiting)]
        return min((each for each in times if each is not None), default=None)

    def _in_flight(self) -> int:
        return sum(member.under_way for member in self.members)

    def _room(self, now: datetime) -> int:
        room = self.rules.batch - self._in_flight()
        slot = self._slot()
        if slot is None:
            return room
        free = now >= slot and not any(member.going for member in self.members)
        return min(room, int(free))

    def _slot(self) -> datetime | None:
        """When the rate lets the next one go out; None without a rate."""
        if self.rules.rate is None:
            return None
        sent = max((member.sent_at for member in self.members if member.sent_at), default=None)
        return sent + self.rules.rate.apart if sent else _EVER

    def _canaries_left(self) -> int:
        """How many canaries have not ended; 0 once the rest may go."""
        ended = sum(member.wave == CANARY and member.state in ENDED for member in self.members)
        return max(0, self.rules.canary - ended)

    def _canaries(self, ready: Sequence[Member]) -> list[Step]:
        """The canaries that go out; for one that is not ready the next charger that is."""
        # Whoever is going while canaries are left is one, also in the place of another.
        under_way = sum(member.going or (member.wave == CANARY and member.state == SENT) for member in self.members)
        wanted = self._canaries_left() - under_way
        planned = [member for member in ready if member.wave == CANARY][:wanted]
        others = [member for member in ready if member.wave != CANARY][: max(0, wanted - len(planned))]
        away = [member for member in self.members if member.wave == CANARY and member.state == PENDING]
        left = [member for member in away if not member.going and member not in planned]
        stand_ins = [Step(new, CANARY, old) for new, old in zip_longest(others, left[: len(others)]) if new]
        return [*(Step(member, CANARY) for member in planned), *stand_ins]


def _waits(member: Member, now: datetime) -> bool:
    return member.state == PENDING and not member.going and (member.not_before is None or member.not_before <= now)


# Whether one may go out now


def hindrance(charger: "LiveCharger | None", rules: Rules, live: "LiveFleet", now: datetime) -> str | None:
    """What keeps a charger from getting it now, in a few words; None: nothing does."""
    if charger is None or charger.link is None:
        return "it is away"
    if (known := introduced(charger)) is not None and now < known:
        return "it has just come"  # its boot may show that it has it already
    if charger.registration != "Accepted":
        return f"it is {charger.registration}"
    if rules.idle and charger.sessions:
        return "a session is running"
    if rules.window is None:
        return None
    name = _zone_name(charger, live)
    return None if rules.window.is_open(now, _zone(name)) else f"it is not {rules.window} {name or 'here'}"


def introduced(charger: "LiveCharger") -> datetime | None:
    """Until when one that has come may still announce itself; None: it is away, or has done so."""
    if charger.link is None or (charger.booted_at or "") >= charger.link.since:
        return None
    return parsed(charger.link.since) + SAYS_WHO_IT_IS


def dues(campaign: Campaign, live: "LiveFleet") -> list[datetime]:
    """When it may go on though nothing happens: by its rules, and when those that have come need say nothing more."""
    pending = [live.charger(member.charger_id) for member in campaign.members if member.state == PENDING]
    known = [introduced(charger) for charger in pending if charger is not None]
    return [due for due in (campaign.due(), *known) if due is not None]


def _zone_name(charger: "LiveCharger", live: "LiveFleet") -> str | None:
    site = live.site(charger.site_id) if charger.site_id else None
    return site.time_zone if site else None


@cache
def _zone(name: str | None) -> tzinfo | None:
    """A zone by its name; the server's where the machine does not know it."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # not at the top: whoever only lists needs none

    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


# What is kept of a member

KEPT: Final = tuple(each.name for each in fields(Member) if each.name not in ("charger_id", "had", "going"))
_TIMES: Final = ("not_before", "sent_at", "ended_at")


def kept(member: Member) -> dict[str, Any]:
    """What changes of a member, as rows and events have it."""
    return {
        name: stored(value) if name in _TIMES and value is not None else value
        for name in KEPT
        for value in [getattr(member, name)]
    }


def take_in(member: Member, told: Mapping[str, Any]) -> None:
    """Make a member what a row or an event tells of it."""
    for name in KEPT:
        value = told[name]
        setattr(
            member, name, parsed(value) if name in _TIMES and value else bool(value) if name == "forgiven" else value
        )
