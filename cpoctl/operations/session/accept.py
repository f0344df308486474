"""Accept something of `session review` as it is."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Outcome, Read
from cpoctl.operations.session import SELECT, number, row
from cpoctl.operations.session._late_words import late_words
from cpoctl.operations.session._signed_doubts import signed_doubts
from cpoctl.operations.session.review import ORPHANS, TAGS, Found, contradictions, of_orphan, of_session, of_tag
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class AcceptItem(Act):
    """Take an item off `session review`: you have looked at it and let it stand."""

    path = "session accept"
    route = "POST /review/{item}/accept"
    row = Outcome
    examples = ("cpoctl session accept session-42 --reason 'customer called, 3 kWh agreed'",)

    item: Annotated[str, Argument("the item as `session review` names it: session-42, orphan-7, tag-XYZ")]
    reason: Annotated[str, Option("why, for whoever asks later")]

    async def run(self, operator: Operator) -> Outcome:
        """Record who accepted it, and on what evidence."""
        if not self.reason.strip():
            raise UsageProblem("--reason is empty", hints=[f"cpoctl session accept {self.item} --reason TEXT"])
        found = await self._found(operator)
        if found is None:
            raise NotFound(
                f"{self.item} is nothing that needs a review", target=self.item, hints=["cpoctl session review"]
            )
        item, now = found.row.item, stored(operator.clock.now())
        charger = found.row.charger_id
        accepted = rows.Review(item, found.basis, now, operator.actor, self.reason)
        told = events.ItemReviewed(charger_id=charger, item=item, actor=operator.actor, note=self.reason)
        await operator.commit([accepted], [told])
        return Outcome(item, True, "Accepted")

    async def _found(self, operator: Operator) -> Found | None:
        kind, _, name = self.item.partition("-")
        read = operator.store.read
        match kind.casefold():
            case "session":
                return await operator.store.reading(partial(_session, number(name), operator.clock.now()))
            case "orphan":
                found = await read(f"{ORPHANS} WHERE orphan_id = ?", [number(name)])
                return of_orphan(found[0]) if found else None
            case "tag":
                found = await read(f"{TAGS} AND u.tag_id = ?", [name])
                return of_tag(found[0]) if found else None
            case "unpriced":
                raise UsageProblem(
                    f"{self.item}: sessions without a price leave the list once they have one, or are dropped",
                    hints=["cpoctl session review    what gives them one"],
                )
            case _:
                return None


def _session(session_id: int, now: datetime, read: Read) -> Found | None:
    name = str(session_id)
    for record in read(f"{SELECT} WHERE session_id = ?", [session_id]):
        late, signed = late_words(read, session_id).get(name, []), signed_doubts(read).get(name, [])
        return of_session(row(record, now), contradictions(read, session_id).get(name), signed, late)
    return None
