"""Tags: who may charge, and why not. Matched trimmed and case-insensitively, shown as first seen.

`RULES` are asked in order and the first that is broken decides; a face that explains a verdict tells them all.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

ACCEPTED = "Accepted"
BLOCKED = "Blocked"
EXPIRED = "Expired"
INVALID = "Invalid"
CONCURRENT = "ConcurrentTx"

LONGEST = 255  # 2.1 IdTokenType; 2.0.1 has 36
LONGEST_16 = 20  # 1.6 §7.29 CiString20Type

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def shown(tag_id: str | None) -> str:
    """A tag as we keep it: without control characters and surrounding blanks (Ocular, ha#2030)."""
    text = tag_id or ""
    return (text if text.isprintable() else _CONTROL.sub("", text)).strip()


def key(tag_id: str | None) -> str:
    """What two writings of the same tag have in common."""
    return shown(tag_id).casefold()


@dataclass(frozen=True, slots=True)
class Tag:
    """A known tag. `expires_at` is exclusive.

    `sites` and `places` together are where it may charge: at all chargers of a site, at a charger, at an EVSE of one
    (`HQ-07`, `HQ-07:2`); everywhere where there are none of either.
    """

    tag_id: str
    status: str
    parent_id: str | None = None
    expires_at: datetime | None = None
    sessions_most: int | None = None
    sites: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def verdict(self, now: datetime) -> str:
        """What it is worth wherever it is: Accepted, Blocked or Expired."""
        if self.status != ACCEPTED:
            return BLOCKED
        return EXPIRED if self.expires_at is not None and now >= self.expires_at else ACCEPTED

    @property
    def free(self) -> bool:
        """Whether nothing restricts it, so that no rule about tags can be broken."""
        everywhere = not self.sites and not self.places
        return everywhere and self.status == ACCEPTED and self.expires_at is None and self.sessions_most is None

    def evses_of(self, charger_id: str, site_id: str | None) -> tuple[int, ...] | None:
        """The EVSEs of a charger where it may charge, in order; None for all of them."""
        if (not self.sites and not self.places) or (site_id and named(site_id, self.sites)):
            return None
        if named(charger_id, self.places):
            return None
        here = f"{charger_id}:".casefold()
        numbers = (place[len(here) :] for place in self.places if place.casefold().startswith(here))
        return tuple(sorted({int(number) for number in numbers if number.isdecimal()}))

    def allowed_at(self, charger_id: str, site_id: str | None, evse_id: int | None = None) -> bool:
        """Whether it may charge at an EVSE of a charger; where none is told, at one of them at least."""
        evses = self.evses_of(charger_id, site_id)
        return evses is None or (evse_id in evses if evse_id else bool(evses))


def named(name: str, names: Iterable[str]) -> bool:
    """Whether an id is among others, whatever its case."""
    return name.casefold() in {other.casefold() for other in names}


@dataclass(slots=True)
class Presented:
    """A tag that is held to a charger, and all that its verdict depends on.

    `charger_id` None: asked of no charger in particular; `evse_id` None or 0: of no EVSE of it. `running` tells the tag's
    open sessions that count against its limit, in words.
    """

    tag_id: str
    tag: Tag | None
    now: datetime
    charger_id: str | None = None
    registration: str = ACCEPTED
    site_id: str | None = None
    accepts_unknown: bool = False
    running: tuple[str, ...] = ()
    evse_id: int | None = None


class Rule(NamedTuple):
    """One reason to refuse: its name, the answer, whether it is broken, and how it stands in words."""

    name: str
    status: str
    broken: Callable[[Presented], bool]
    told: Callable[[Presented], str]


class Finding(NamedTuple):
    """How one rule stands. `ok` is None when the rule has nothing to say."""

    rule: str
    ok: bool | None
    told: str
    status: str


def _known_told(at: Presented) -> str:
    if at.tag is not None:
        return f"{at.tag.tag_id} is known"
    if not at.tag_id:
        return "the tag is empty"
    return "nobody knows it" + (", and this server accepts every tag" if at.accepts_unknown else "")


def _expired(at: Presented) -> bool:
    return at.tag is not None and at.tag.expires_at is not None and at.now >= at.tag.expires_at


def _expiry_told(at: Presented) -> str:
    if at.tag is None or at.tag.expires_at is None:
        return "it does not expire"
    return f"it {'expired' if _expired(at) else 'expires'} {at.tag.expires_at:%Y-%m-%dT%H:%M:%SZ}"


def _elsewhere(at: Presented) -> bool:
    return (
        at.charger_id is not None
        and at.tag is not None
        and not at.tag.allowed_at(at.charger_id, at.site_id, at.evse_id)
    )


def _place_told(at: Presented) -> str:
    if at.tag is None or not (at.tag.sites or at.tag.places):
        return "it may charge everywhere"
    where = f"it may charge at {', '.join((*at.tag.sites, *at.tag.places))} only"
    if at.charger_id is None:
        return where
    here = f"{at.charger_id}:{at.evse_id}" if at.evse_id else at.charger_id
    if not at.tag.sites:
        return where if not _elsewhere(at) else f"{where}, not at {here}"
    return f"{where}; {here} belongs to {at.site_id or 'no site'}"


def _too_many(at: Presented) -> bool:
    return at.tag is not None and at.tag.sessions_most is not None and len(at.running) >= at.tag.sessions_most


def _sessions_told(at: Presented) -> str:
    if at.tag is None or at.tag.sessions_most is None:
        return "it may have any number of sessions at once"
    open_now = f": {', '.join(at.running)}" if at.running else ""
    return f"{len(at.running)} of at most {at.tag.sessions_most} sessions open{open_now}"


RULES = (
    Rule(
        "charger",
        INVALID,
        lambda at: at.registration != ACCEPTED,
        lambda at: f"{at.charger_id} is {at.registration}" if at.charger_id else "asked of no charger in particular",
    ),
    Rule(
        "known",
        INVALID,
        lambda at: at.tag is None and not (at.accepts_unknown and at.tag_id),
        _known_told,
    ),
    Rule(
        "blocked",
        BLOCKED,
        lambda at: at.tag is not None and at.tag.status != ACCEPTED,
        lambda at: "it is blocked" if at.tag and at.tag.status != ACCEPTED else "it is not blocked",
    ),
    Rule("expiry", EXPIRED, _expired, _expiry_told),
    Rule("place", INVALID, _elsewhere, _place_told),
    Rule("sessions", CONCURRENT, _too_many, _sessions_told),
)
"""What decides, in this order. 1.6 §7.2"""

_OF_A_TAG = frozenset({"blocked", "expiry", "place", "sessions"})


def verdict(at: Presented) -> str:
    """The answer that the charger gets. Most tags are free, so they are through without asking every rule."""
    if at.tag is not None and at.tag.free and at.registration == ACCEPTED:
        return ACCEPTED
    for rule in RULES:
        if rule.broken(at):
            return rule.status
    return ACCEPTED


def findings(at: Presented) -> Iterator[Finding]:
    """How every rule stands; of a tag that nobody knows there is no more to say."""
    for rule in RULES:
        if at.tag is None and rule.name in _OF_A_TAG:
            yield Finding(rule.name, None, "nothing is known of it", rule.status)
        else:
            yield Finding(rule.name, not rule.broken(at), rule.told(at), rule.status)
