"""Assign a tariff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.domain.assignments import Assignment, Scope, is_day, reached
from cpoctl.domain.tariffs import read_text
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Read, Role
from cpoctl.operations._months_over import months_over, said
from cpoctl.operations.tariff._assigned import AssignmentRow, Somewhere, edge, zone_of
from cpoctl.operations.tariff._kept import TariffId, kept
from cpoctl.store import rows

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

_NUMBER = "SELECT coalesce(max(assignment_id), 0) + 1 AS number FROM tariff_assignment"
_CURRENCY = "SELECT currency FROM site WHERE site_id = ?"


@dataclass(frozen=True, kw_only=True)
class AssignTariff(Somewhere, Act):
    """Let a tariff hold somewhere, for sessions that begin from then on.

    The nearest assignment counts: that of the EVSE over those of the charger, the tag's group, the site, and the default. Times
    of two assignments to one place must not overlap; --replace ends the other one, and takes it up again after --to.
    A day as --from or --to begins at the midnight of each site. Sessions that are priced already keep their price.
    """

    path = "tariff assign"
    route = "POST /tariffs/{tariff}/assignments"
    row = AssignmentRow
    role = Role.ADMIN
    examples = (
        "cpoctl tariff assign day --default",
        "cpoctl tariff assign day --site HQ --from 2027-01-01 --replace",
        "cpoctl tariff assign staff --group EMPLOYEES",
    )

    tariff: TariffId
    version: Annotated[str | None, Option("this version, or how it begins; the newest without it")] = None
    since: Annotated[
        str | None, Option("for sessions that begin from then on; now without it", kind="day", long="from")
    ] = None
    until: Annotated[str | None, Option("up to then", kind="day", long="to")] = None
    replace: Annotated[bool, Option("end what is assigned there at that time")] = False

    def danger_now(self) -> Danger:
        """What gives sessions of a month that is over a price wants a yes."""
        return Danger.DISRUPTS if self._over() else self.danger

    def consequence(self) -> str:
        """What it will do."""
        return (
            f"let tariff {self.tariff} hold from {self.since} on: sessions of {said(self._over())} that have no price"
            " get one, and those that have one keep it (cpoctl session reprice)"
            if self._over()
            else super().consequence()
        )

    def _over(self) -> list[str]:
        return months_over(self.since, datetime.now().astimezone())

    async def run(self, operator: Operator) -> AssignmentRow:
        """Record it."""
        scope, target = self.scope(operator.live)
        if scope is Scope.EVSE:
            _must_have(target, operator.live)
        record = await kept(operator, self.tariff, self.version)
        zone = zone_of(scope, target, operator.live)
        valid_from, valid_to = self._times(operator, record["content"], zone)
        await _same_currency(operator, record, scope, target)
        number, meeting = await operator.store.reading(
            lambda read: (read(_NUMBER)[0]["number"], _meeting(read, scope, target, valid_from, valid_to, zone))
        )
        if meeting and not self.replace:
            raise Conflict(
                f"{_spoken(meeting[0])} is assigned there {_from_to(meeting[0])}",
                target=self.tariff,
                hints=[f"cpoctl tariff assign {record['tariff_id']} … --replace    end that one"],
                detail={"assignments": [one.assignment_id for one in meeting]},
            )
        by = (stored(operator.clock.now()), operator.actor)
        made = rows.TariffAssignment(
            number, record["tariff_id"], record["version"], scope.value, target, valid_from, valid_to, *by
        )
        unit = [made, *_in_place_of(made, meeting, zone)]
        await operator.commit(unit, list(_told(unit, meeting)))
        return AssignmentRow(**made._asdict(), ended_at=None, ended_by=None)

    def _times(self, operator: Operator, content: str, zone: tzinfo) -> tuple[str, str | None]:
        """From when to when, within the tariff's own validity."""
        tariff, now = read_text(content), operator.clock.now()
        begin, end = edge(self.since, now, "from"), edge(self.until, now, "to") if self.until is not None else None
        if tariff.starts_at is not None:
            begin = later(begin, stored(tariff.starts_at), zone)
        if tariff.ends_at is not None and (end is None or reached(end, zone) > stored(tariff.ends_at)):
            end = stored(tariff.ends_at)
        if end is not None and reached(end, zone) <= reached(begin, zone):
            raise UsageProblem(
                f"it would hold from {begin} to {end}: never",
                hints=[f"cpoctl tariff show {tariff.tariff_id}    its own start and end"],
            )
        return begin, end


def later(edge: str, other: str, zone: tzinfo) -> str:
    """Which of two edges comes later in a zone; the first of equals."""
    return max(edge, other, key=lambda one: reached(one, zone))


def _in_place_of(made: rows.TariffAssignment, meeting: list[Assignment], zone: tzinfo) -> Iterator[rows.Row]:
    """End those that it meets, and take up again what of them comes after it."""
    number, by = made.assignment_id, (made.assigned_at, made.actor)
    for one in meeting:
        yield rows.TariffAssignmentEnded(later(made.valid_from, one.valid_from, zone), *by, one.assignment_id)
        end = made.valid_to
        if end is not None and (one.valid_to is None or later(end, one.valid_to, zone) != end):
            number += 1
            rest = (number, one.tariff_id, one.version, made.scope, made.target, end, one.valid_to)
            yield rows.TariffAssignment(*rest, *by)


def _must_have(target: str, live: "LiveFleet") -> None:
    """Refuse an EVSE that its charger, which has told of others, never told of. Raises NotFound."""
    charger_id, _, evse_id = target.rpartition(":")
    charger = live.charger(charger_id)
    known = sorted(filter(None, charger.evses)) if charger else []
    if known and int(evse_id) not in known:
        told = ", ".join(f"{charger_id}:{number}" for number in known)
        raise NotFound(
            f"{charger_id} has no EVSE {evse_id}, only {told}",
            target=target,
            hints=[f"cpoctl charger show {charger_id}"],
        )


def _meeting(
    read: Read, scope: Scope, target: str, valid_from: str, valid_to: str | None, zone: tzinfo
) -> list[Assignment]:
    from cpoctl.store.pricing import assignments

    return assignments(read).meeting(scope, target, valid_from, valid_to, zone)


async def _same_currency(operator: Operator, tariff: dict[str, str], scope: Scope, target: str) -> None:
    """Refuse another currency than that of the site. Raises UsageProblem."""
    charger = operator.live.charger(target.rpartition(":")[0] if scope is Scope.EVSE else target)
    site = target if scope is Scope.SITE else charger.site_id if charger and scope is not Scope.GROUP else None
    for found in await operator.store.read(_CURRENCY, [site]) if site else []:
        if found["currency"] not in (None, tariff["currency"]):
            raise UsageProblem(
                f"tariff {tariff['tariff_id']} is in {tariff['currency']}, site {site} in {found['currency']}",
                hints=[f"cpoctl site edit {site} --currency {tariff['currency']}"],
            )


def _spoken(one: Assignment) -> str:
    return f"tariff {one.tariff_id} (version {one.version})"


def _from_to(one: Assignment) -> str:
    return f"from {_when(one.valid_from)} " + (f"to {_when(one.valid_to)}" if one.valid_to else "on")


def _when(edge: str) -> str:
    return edge if is_day(edge) else f"{parsed(edge):%Y-%m-%d %H:%M} UTC"


def _told(unit: list[rows.Row], before: list[Assignment]) -> Iterator[events.TariffAssigned]:
    """What happened to each assignment of a unit."""
    known = {one.assignment_id: one for one in before}
    for row in unit:
        if isinstance(row, rows.TariffAssignment):
            yield events.TariffAssigned(
                assignment_id=row.assignment_id, tariff_id=row.tariff_id, version=row.version, scope=row.scope,
                target=row.target, valid_from=row.valid_from, valid_to=row.valid_to,
            )  # fmt: skip
        elif isinstance(row, rows.TariffAssignmentEnded):
            yield ended(known[row.assignment_id], row.valid_to)


def ended(one: Assignment, valid_to: str) -> events.TariffAssigned:
    """An assignment whose end is set."""
    return events.TariffAssigned(
        assignment_id=one.assignment_id, tariff_id=one.tariff_id, version=one.version, scope=one.scope.value,
        target=one.target, valid_from=one.valid_from, valid_to=valid_to,
    )  # fmt: skip
