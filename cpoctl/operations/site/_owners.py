"""Whose a site is as a row: from the begin of a day on, by the clock of the site."""

from zoneinfo import ZoneInfo

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import owners
from cpoctl.operations import Operator
from cpoctl.store import rows

_DAYS = "SELECT site_owner_id, valid_from FROM site_owner WHERE site_id = ? ORDER BY site_owner_id"


def owner_row(site_id: str, owner_id: str | None, day: str, zone: str, operator: Operator) -> "rows.SiteOwner":
    """Whose it is from a day on, as it is kept."""
    begins_at = owners.begins_at(day, ZoneInfo(zone))
    return rows.SiteOwner(site_id, owner_id, day, begins_at, stored(operator.clock.now()), operator.actor)


def owner_told(row: "rows.SiteOwner", reason: str | None = None) -> "events.SiteOwnerSet":
    """What has happened."""
    return events.SiteOwnerSet(
        site_id=row.site_id, owner_id=row.owner_id, valid_from=row.valid_from, actor=row.actor, reason=reason
    )


async def begun_anew(site_id: str, zone: str, operator: Operator) -> "list[rows.SiteOwnerBegins]":
    """The days of its owners by another clock: they stay days of the site."""
    found = await operator.store.read(_DAYS, [site_id])
    clock = ZoneInfo(zone)
    return [rows.SiteOwnerBegins(owners.begins_at(each["valid_from"], clock), each["site_owner_id"]) for each in found]
