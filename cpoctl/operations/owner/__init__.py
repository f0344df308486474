"""Owners: whose sites they are, and what part of the revenue is theirs."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from cpoctl.clock import stored
from cpoctl.errors import NotFound, UsageProblem, nearest
from cpoctl.operations import Argument, Operator, Option
from cpoctl.operations.site import checked
from cpoctl.table import Column, local

OwnerId = Annotated[str, Argument("the owner's id", kind="owner")]
Since = Annotated[str | None, Option("the first day of the share: 2026-10-01, or always", long="from")]
NAMES = "SELECT owner_id FROM owner"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to ask. None: as it is; an empty text clears."""

    contact: Annotated[str | None, Option("whom to ask")] = None
    phone: Annotated[str | None, Option("the number of whom to ask")] = None
    email: Annotated[str | None, Option("the e-mail address of whom to ask")] = None

    def contact_changes(self) -> dict[str, Any]:
        """What it names, as it is kept. Raises UsageProblem."""
        given = {"contact": self.contact, "phone": self.phone, "email": self.email}
        found = {name: checked(name, text) for name, text in given.items() if text is not None}
        if (email := found.get("email")) and not _EMAIL.fullmatch(email):
            raise UsageProblem(f"--email: {email!r} is no address")
        return found


@dataclass(frozen=True)
class OwnerRow:
    """An owner in a list; `percent` is the share of today, a decimal as text."""

    owner_id: Annotated[str, Column("OWNER")]
    name: Annotated[str, Column("NAME")]
    percent: Annotated[str, Column("SHARE %", 1, "right")]
    sites: Annotated[int, Column("SITES", 1, "right")]
    contact: Annotated[str | None, Column("CONTACT", 2)]
    phone: Annotated[str | None, Column("PHONE", 3)]
    email: Annotated[str | None, Column("E-MAIL", 3)]
    note: Annotated[str | None, Column("NOTE", 3)]
    added_at: Annotated[str, Column("ADDED", 4, show=local)]


LISTED = """
SELECT owner_id, name, contact, phone, email, note, added_at,
       coalesce((SELECT percent FROM owner_share h WHERE h.owner_id = o.owner_id AND h.valid_from <= :today
         ORDER BY valid_from DESC, share_id DESC LIMIT 1), '0') AS percent,
       (SELECT count(*) FROM site_owned s WHERE s.owner_id = o.owner_id
         AND s.begins_at <= :now AND (s.ends_at IS NULL OR s.ends_at > :now)) AS sites
FROM owner o
"""


def owner_at(instant: str) -> str:
    """SQL of whose `site` is at an instant, itself SQL; NULL where it is nobody's."""
    return (
        "(SELECT held.owner_id FROM site_owner held WHERE held.site_id = site.site_id"  # noqa: S608 # ours
        f" AND held.begins_at <= {instant} ORDER BY held.begins_at DESC, held.site_owner_id DESC LIMIT 1)"
    )


def today() -> dict[str, str]:
    """What `LISTED` is given: the day by this machine's clock, and the instant."""
    now = datetime.now().astimezone()
    return {"today": f"{now:%Y-%m-%d}", "now": stored(now.astimezone(UTC))}


async def known_owner(name: str, operator: Operator) -> str:
    """The id of an owner as first written, or NotFound with the nearest one."""
    for found in await operator.store.read(f"{NAMES} WHERE owner_id = ?", [name.strip()]):
        owner_id: str = found["owner_id"]
        return owner_id
    ids = [found["owner_id"] for found in await operator.store.read(NAMES)]
    hints = ["cpoctl owner list    all that are known", f"cpoctl owner add {name} --share 70    add it"]
    raise NotFound(f"no owner {name}{nearest(name, ids)}", target=name, hints=hints)
