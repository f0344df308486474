"""Names that exist, for completion: chargers, tags and sessions by their first letters (UX §4.9)."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Option, Query, Read, Role
from cpoctl.table import Column

_LIMIT = 200
_SELECT = {
    "charger": "SELECT charger_id AS name, coalesce(model, '') AS help FROM charger WHERE removed_at IS NULL",
    "tag": "SELECT tag_id AS name, coalesce(note, status) AS help FROM tag",
    "site": "SELECT site_id AS name, name AS help FROM site",
    "owner": "SELECT owner_id AS name, name AS help FROM owner",
    "key": "SELECT name, role AS help FROM key WHERE revoked_at IS NULL",
    "profile": "SELECT name, coalesce(note, '') AS help FROM profile",
    "variable": "SELECT DISTINCT name, '' AS help FROM variable WHERE :of = '' OR charger_id = :of",
    "image": "SELECT name, coalesce(version, '') AS help FROM image",
    "campaign": "SELECT campaign AS name, state AS help FROM campaign",
    "upload": "SELECT CAST(transfer_id AS TEXT) AS name, charger_id || ' ' || name AS help FROM transfer WHERE kept IS NOT NULL",
    "alert": "SELECT CAST(alert_id AS TEXT) AS name, charger_id || ' ' || what AS help FROM alert WHERE resolved_at IS NULL",
    "tariff": "SELECT tariff_id AS name, group_concat(DISTINCT currency) AS help FROM tariff GROUP BY tariff_id",
    "series": "SELECT series AS name, currency AS help FROM price_series",
    "session": "SELECT CAST(session_id AS TEXT) AS name, charger_id || ' ' || started_at AS help FROM session",
}
_PLACES = "SELECT charger_id || ':' || evse_id, status FROM evse WHERE evse_id > 0"


@dataclass(frozen=True)
class Name:
    """A name with what to show beside it."""

    name: Annotated[str, Column("NAME")]
    help: Annotated[str, Column("HELP")]


@dataclass(frozen=True, kw_only=True)
class Names(Query):
    """The names of a kind that start with a prefix."""

    path = "_complete"
    route = "GET /complete"
    row = Name
    kind: Annotated[
        str,
        Option(
            "charger, tag, site, owner, session, key, profile, alert, image, campaign, upload, tariff, series or variable"
        ),
    ]
    prefix: Annotated[str, Option("the letters typed so far")] = ""
    of: Annotated[str, Option("variables of this charger only")] = ""

    def role_now(self) -> Role:
        """Who holds a key is for whoever may list the keys."""
        return Role.ADMIN if self.kind == "key" else self.role

    def select(self, read: Read) -> list[Name]:
        """At most 200 names, sorted; nothing for a kind that has no names."""
        if self.kind not in _SELECT:
            return []
        wanted = "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in self.prefix) + "%"
        sql = f"SELECT * FROM ({self._names()}) WHERE name LIKE :wanted ESCAPE '\\' ORDER BY name LIMIT {_LIMIT}"  # noqa: S608 # constants only
        return [Name(**record) for record in read(sql, {"wanted": wanted, "of": self.of})]

    def _names(self) -> str:
        """Places at a charger are offered once somebody types a colon."""
        return (
            f"{_SELECT[self.kind]} UNION {_PLACES}"
            if self.kind == "charger" and ":" in self.prefix
            else _SELECT[self.kind]
        )
