"""Assignments of tariffs: where one holds, named on the command line, and told as a row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cpoctl.domain.assignments import Scope
from cpoctl.errors import NotFound, UsageProblem, nearest
from cpoctl.operations import Option, at_evse
from cpoctl.operations.site import known_site
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

EVERY = """
SELECT assignment_id, tariff_id, version, scope, target, valid_from, valid_to, assigned_at, actor, ended_at, ended_by
FROM tariff_assignment
"""


@dataclass(frozen=True)
class AssignmentRow:
    """Where a version of a tariff holds, for sessions that begin from one instant up to another."""

    assignment_id: Annotated[int, Column("NUMBER", 3, "right")]
    tariff_id: Annotated[str, Column("TARIFF")]
    version: Annotated[str, Column("VERSION", 3)]
    scope: Annotated[str, Column("SCOPE")]
    target: Annotated[str, Column("OF")]
    valid_from: Annotated[str, Column("FROM", show=local)]
    valid_to: Annotated[str | None, Column("TO", show=local)]
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


def _group(name: str, live: "LiveFleet") -> str:
    groups = {tag.parent_id.casefold(): tag.parent_id for tag in live.tags.values() if tag.parent_id}
    if name.casefold() not in groups:
        raise NotFound(
            f"no group {name}{nearest(name, groups.values())}",
            target=name,
            hints=["cpoctl tag groups    all that are known"],
        )
    return groups[name.casefold()]
