"""Sites: where chargers stand."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, TypeVar

from cpoctl.errors import NotFound, UsageProblem, nearest
from cpoctl.operations import Argument
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

SiteId = Annotated[str, Argument("the site's id", kind="site")]
NAMES = "SELECT site_id FROM site"
LONGEST = 200


def _opening(text: str | None) -> str:
    return text or "always"


@dataclass(frozen=True)
class SiteRow:
    """A site in a list. `online` is null when no server was there to say, `opening` when it is always open.

    `owner_id` is whose it is now.
    """

    site_id: Annotated[str, Column("SITE")]
    name: Annotated[str, Column("NAME")]
    time_zone: Annotated[str, Column("TIME ZONE", 2)]
    chargers: Annotated[int, Column("CHARGERS", 1, "right")]
    online: Annotated[int | None, Column("ONLINE", 2, "right")]
    address: Annotated[str | None, Column("ADDRESS", 3)]
    note: Annotated[str | None, Column("NOTE", 3)]
    added_at: Annotated[str, Column("ADDED", 4, show=local)]
    city: Annotated[str | None, Column("CITY", 3)]
    country: Annotated[str | None, Column("COUNTRY", 3)]
    currency: Annotated[str | None, Column("CURRENCY", 2)]
    owner_id: Annotated[str | None, Column("OWNER", 2)]
    opening: Annotated[str | None, Column("OPEN", 4, show=_opening)]


LISTED = """
SELECT site_id, name, time_zone, NULL AS online, address, note, added_at, city, country, currency, opening,
       (SELECT owner_id FROM site_owned o WHERE o.site_id = s.site_id
         AND o.begins_at <= :now AND (o.ends_at IS NULL OR o.ends_at > :now)) AS owner_id,
       (SELECT count(*) FROM charger c WHERE c.site_id = s.site_id AND c.removed_at IS NULL) AS chargers
FROM site s
"""
RowType = TypeVar("RowType", bound=SiteRow)


def with_live(row: RowType, live: "LiveFleet") -> RowType:
    """The row with how many of its chargers are connected."""
    there = [charger for charger in live.chargers.values() if charger.site_id == row.site_id]
    return replace(row, online=sum(charger.connected for charger in there))


def checked(field: str, text: str | None) -> str | None:
    """A text as it is kept; None for an empty one. Raises UsageProblem for one that is too long."""
    if text is not None and len(text) > LONGEST:
        raise UsageProblem(f"--{field}: at most {LONGEST} characters, this has {len(text)}")
    return (text or "").strip() or None


def known_site(name: str, live: "LiveFleet") -> str:
    """The id of a site as first written, or NotFound with the nearest one."""
    if site := live.site(name):
        return site.site_id
    ids = [site.site_id for site in live.sites.values()]
    hints = ["cpoctl site list    all that are known", f"cpoctl site add {name} --time-zone Europe/Berlin    add it"]
    raise NotFound(f"no site {name}{nearest(name, ids)}", target=name, hints=hints)


def known_zone(name: str) -> str:
    """The name of a time zone, as it was given. Raises UsageProblem with the nearest that exists."""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name).key
    except (
        ValueError,
        OSError,
        KeyError,
    ):  # KeyError: ZoneInfoNotFoundError; OSError: a folder of zones such as Europe
        raise UsageProblem(
            f"no time zone {name}{nearest(name, available_timezones())}: write an IANA name such as Europe/Berlin, or UTC",
            target=name,
        ) from None
