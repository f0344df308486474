"""Add a tag, so that it may charge."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import Conflict
from cpoctl.operations import Act, Operator, Option, Outcome, must_be_word
from cpoctl.operations.tag import TagId, Wish, change, checked_id


@dataclass(frozen=True, kw_only=True)
class AddTag(Act):
    """Add a tag, so that it may charge."""

    path = "tag add"
    route = "POST /tags"
    row = Outcome
    examples = (
        "cpoctl tag add ANNA-K --note 'A. Kern' --parent FLEET",
        "cpoctl tag add GUEST-1 --expires 2026-12-31T23:59:59Z --sessions-most 1 --site HQ",
        "cpoctl tag add NEIGHBOUR --place HQ-07:2",
    )

    tag: TagId
    expires: Annotated[
        str | None, Option("until when it may charge: an ISO 8601 time, or 30d from now", kind="time")
    ] = None
    parent: Annotated[str | None, Option("the group that it belongs to; one of it may end another's session")] = None
    note: Annotated[str | None, Option("whose it is")] = None
    sessions_most: Annotated[int | None, Option("how many sessions it may have at once; any number without it")] = None
    site: Annotated[tuple[str, ...], Option("a site where it may charge; everywhere without one", kind="site")] = ()
    place: Annotated[
        tuple[str, ...],
        Option("a charger or EVSE where it may charge, beside its sites: HQ-07, HQ-07:2", kind="charger"),
    ] = ()

    async def run(self, operator: Operator) -> Outcome:
        """Record it."""
        must_be_word(self.tag.strip(" "), "tag")
        tag_id = checked_id(self.tag)
        if known := operator.live.tag(tag_id):
            raise Conflict(
                f"tag {known.tag_id} exists already", target=known.tag_id, hints=[f"cpoctl tag show {known.tag_id}"]
            )
        wish = Wish(
            parent_id=self.parent,
            expires=self.expires,
            note=self.note,
            sessions_most=self.sessions_most,
            sites=self.site,
            places=self.place,
        )
        made = change(tag_id, {}, wish, operator.live, operator.clock.now())
        await operator.commit([made.row], [made.event])
        return Outcome(tag_id, True, "Added")
