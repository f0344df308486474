"""Assignments of tariffs: where and when one holds, named on the command line, and told as a row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from cpoctl.clock import stored
from cpoctl.domain.assignments import Scope, is_day
from cpoctl.domain.periods import EARLIEST, LATEST
from cpoctl.errors import NotFound, UsageProblem, nearest
from cpoctl.operations import Option, at_evse, instant
from cpoctl.operations.site import known_site
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

EVERY = """
SELECT assignment_id, tariff_id, version, scope, target, valid_from, valid_to, assigned_at, actor, ended_at, ended_by
FROM tariff_assignment
"""


def edge_shown(text: str | None) -> str:
    """A day as it is, an instant in the terminal's own time zone."""
    return text if text and is_day(text) else local(text)


@dataclass(frozen=True)
class AssignmentRow:
    """Where a version of a tariff holds, for sessions that begin from then up to then: an instant, or a day of their site's."""

    assignment_id: Annotated[int, Column("NUMBER", 3, "right")]
    tariff_id: Annotated[str, Column("TARIFF")]
    version: Annotated[str, Column("VERSION", 3)]
    scope: Annotated[str, Column("SCOPE")]
    target: Annotated[str, Column("OF")]
    valid_from: Annotated[str, Column("FROM", show=edge_shown)]
    valid_to: Annotated[str | None, Column("TO", show=edge_shown)]
    assigned_at: Annotated[str, Column("ASSIGNED", 3, show=local)]
    actor: Annotated[str, Column("BY", 3)]
    ended_at: str | None
    ended_by: str | None


@dataclass(frozen=True, kw_only=True)
class Somewhere:
    """Where a tariff holds: the options that name it."""

    site: Annotated[str | None, Option("at a site", kind="site")] = None
    charger: Annotated[str | None, Option("at a charger", kind="charger")] = None
    evse: Annotated[str | None, Option("at one EVSE: HQ-07:2", kind="charger")] = None
    group: Annotated[str | None, Option("for the tags of a group, wherever nothing nearer holds", kind="tag")] = None
    default: Annotated[bool, Option("wherever nothing else holds")] = False

    def scope(self, live: "LiveFleet") -> tuple[Scope, str]:
        """The one that was named, as the records spell it. Raises UsageProblem, NotFound."""
        named = [scope for scope in Scope if getattr(self, scope.value)]
        if len(named) != 1:
            raise UsageProblem(
                "say one of --default, --site, --charger, --evse, --group",
                hints=["cpoctl tariff assign day --default", "cpoctl tariff assign day --site HQ"],
            )
        (scope,) = named
        return scope, self._spelled(scope, live)

    def _spelled(self, scope: Scope, live: "LiveFleet") -> str:
        if scope is Scope.DEFAULT:
            return ""
        name = str(getattr(self, scope.value))
        if scope is Scope.SITE:
            return known_site(name, live)
        if scope is Scope.GROUP:
            return _group(name, live)
        at = at_evse(name, live)
        if (at.evse_id is None) == (scope is Scope.EVSE):
            raise UsageProblem(
                f"--{scope.value}: {name} is {'a whole charger' if at.evse_id is None else 'one EVSE'}",
                hints=[
                    f"cpoctl tariff assign day --charger {at.charger_id}",
                    f"cpoctl tariff assign day --evse {at.charger_id}:1",
                ],
            )
        return at.charger_id if at.evse_id is None else f"{at.charger_id}:{at.evse_id}"


def zone_of(scope: Scope, target: str, live: "LiveFleet") -> ZoneInfo:
    """The time zone in which a day begins there; UTC of what is in several, or in none."""
    charger = live.charger(target.rpartition(":")[0] if scope is Scope.EVSE else target)
    held = charger.site_id if charger and scope in (Scope.EVSE, Scope.CHARGER) else None
    name = target if scope is Scope.SITE else held
    site = live.site(name) if name else None
    return ZoneInfo(site.time_zone if site else "UTC")


def edge(text: str | None, now: datetime, option: str) -> str:
    """From or up to when: a day, which begins at each site's own midnight, or an instant; now without it. Raises UsageProblem."""
    if text is None:
        return stored(now)
    if not is_day(text.strip()):
        return stored(instant(text, now, option))
    try:
        day = date.fromisoformat(text.strip())
        if not EARLIEST <= day < LATEST:
            raise ValueError
    except ValueError:
        hint = f"cpoctl tariff assign day --default --{option} 2027-01-01"
        raise UsageProblem(f"--{option}: {text!r} is no day", hints=[hint]) from None
    return day.isoformat()


def _group(name: str, live: "LiveFleet") -> str:
    groups = {tag.parent_id.casefold(): tag.parent_id for tag in live.tags.values() if tag.parent_id}
    if name.casefold() not in groups:
        raise NotFound(
            f"no group {name}{nearest(name, groups.values())}",
            target=name,
            hints=["cpoctl tag groups    all that are known"],
        )
    return groups[name.casefold()]
