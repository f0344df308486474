"""Compare a charger's local list with what our tags would make of it now."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.domain.tags import key
from cpoctl.errors import Conflict, NotFound
from cpoctl.ocpp.asks.authlists import EVSES
from cpoctl.operations import Act, Danger, Operator, Role, whole_charger
from cpoctl.operations.authlist import Entry, changes, entries_of, remembered
from cpoctl.operations.charger import Charger
from cpoctl.table import Column


def worth(info: dict[str, Any] | None) -> str | None:
    """What a tag is worth, on one line."""
    if info is None:
        return None
    more = [f"{word} {info[name]}" for name, word in (("expiryDate", "until"), ("parentIdTag", "of")) if name in info]
    if evses := info.get(EVSES):
        more.append(f"at EVSE {', '.join(map(str, evses))}")
    return " ".join([str(info.get("status", "?")), *more])


@dataclass(frozen=True)
class TagChangeRow:
    """A tag that the charger has not as we would send it now."""

    tag_id: Annotated[str, Column("TAG")]
    change: Annotated[str, Column("CHANGE")]
    has: Annotated[str | None, Column("HAS")]
    wanted: Annotated[str | None, Column("WANTED")]


@dataclass(frozen=True, kw_only=True)
class CompareList(Act):
    """Compare the local list that a charger was given last with what our tags would make of it now.

    The charger is not asked: `authlist version` tells whether it still has the version that it was given.
    """

    path = "authlist diff"
    route = "POST /chargers/{charger}/authlist/diff"
    row = TagChangeRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl authlist diff HQ-07",)

    charger: Charger

    async def run(self, operator: Operator) -> list[TagChangeRow]:
        """What a push with --diff would send."""
        name = whole_charger(self.charger, operator.live)
        last = await remembered(operator, name)
        whole = [f"cpoctl authlist push {name} --yes    send the whole list"]
        if last is None:
            raise NotFound(f"{name} was given no local list yet", target=name, hints=whole)
        if not last.certain:
            raise Conflict(f"the last push to {name} did not come to its end", target=name, hints=whole)
        had = {key(entry["idTag"]): entry for entry in last.entries}
        return [
            _row(had.get(key(entry["idTag"])), entry) for entry in changes(last.entries, entries_of(operator, name))
        ]


def _row(had: Entry | None, entry: Entry) -> TagChangeRow:
    change = "added" if had is None else "changed" if "idTagInfo" in entry else "removed"
    return TagChangeRow(entry["idTag"], change, worth(had and had.get("idTagInfo")), worth(entry.get("idTagInfo")))
