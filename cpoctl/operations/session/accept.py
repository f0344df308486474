"""Accept something of `session review` as it is."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Outcome
from cpoctl.operations.session import SELECT, number, row
from cpoctl.operations.session._signed_doubts import signed_doubts
from cpoctl.operations.session.review import ORPHANS, TAGS, Found, of_orphan, of_session, of_tag
from cpoctl.store import rows

_CONFLICTS = "SELECT count(*) AS n FROM stop_conflict WHERE session_id = ?"


@dataclass(frozen=True, kw_only=True)
class AcceptItem(Act):
    """Take an item off `session review`: you have looked at it and let it stand."""

    path = "session accept"
    route = "POST /review/{item}/accept"
    row = Outcome
    examples = ("cpoctl session accept session-42 --note 'customer called, 3 kWh agreed'",)

    item: Annotated[str, Argument("the item as `session review` names it: session-42, orphan-7, tag-XYZ")]
    note: Annotated[str, Option("why, for whoever asks later")]

    async def run(self, operator: Operator) -> Outcome:
        """Record who accepted it, and on what evidence."""
        if not self.note.strip():
            raise UsageProblem("--note is empty", hints=[f"cpoctl session accept {self.item} --note TEXT"])
        found = await self._found(operator)
        if found is None:
            raise NotFound(
                f"{self.item} is nothing that needs a review", target=self.item, hints=["cpoctl session review"]
            )
        item, now = found.row.item, stored(operator.clock.now())
        charger = found.row.charger_id
        accepted = rows.Review(item, found.basis, now, operator.actor, self.note)
        told = events.ItemReviewed(charger_id=charger, item=item, actor=operator.actor, note=self.note)
        await operator.commit([accepted], [told])
        return Outcome(item, True, "Accepted")

    async def _found(self, operator: Operator) -> Found | None:
        kind, _, name = self.item.partition("-")
        read = operator.store.read
        match kind.casefold():
            case "session":
                found = await read(f"{SELECT} WHERE session_id = ?", [number(name)])
                conflicts = await read(_CONFLICTS, [number(name)])
                signed = (await operator.store.reading(signed_doubts)).get(name, [])
                return of_session(row(found[0], operator.clock.now()), conflicts[0]["n"], signed) if found else None
            case "orphan":
                found = await read(f"{ORPHANS} WHERE orphan_id = ?", [number(name)])
                return of_orphan(found[0]) if found else None
            case "tag":
                found = await read(f"{TAGS} AND u.tag_id = ?", [name])
                return of_tag(found[0]) if found else None
            case _:
                return None
