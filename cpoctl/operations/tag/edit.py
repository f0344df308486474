"""Change what our records say of a tag."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Operator, Option, Outcome
from cpoctl.operations.site import known_site
from cpoctl.operations.tag import TagId, Wish, change, known_tag, written


@dataclass(frozen=True, kw_only=True)
class EditTag(Act):
    """Change what our records say of a tag. What is not named stays; an empty text or 0 clears."""

    path = "tag edit"
    route = "PATCH /tags/{tag}"
    row = Outcome
    examples = (
        "cpoctl tag edit ANNA-K --parent FLEET --sessions-most 1",
        "cpoctl tag edit GUEST-1 --expires '' --site HQ --no-site YARD",
        "cpoctl tag edit NEIGHBOUR --place HQ-07:1 --no-place HQ-07:2",
    )

    tag: TagId
    expires: Annotated[
        str | None, Option("until when it may charge: an ISO 8601 time, or 30d from now", kind="time")
    ] = None
    parent: Annotated[str | None, Option("the group that it belongs to; one of it may end another's session")] = None
    note: Annotated[str | None, Option("whose it is")] = None
    sessions_most: Annotated[int | None, Option("how many sessions it may have at once; 0 for any number")] = None
    site: Annotated[tuple[str, ...], Option("one more site where it may charge", kind="site")] = ()
    place: Annotated[
        tuple[str, ...], Option("one more charger or EVSE where it may: HQ-07, HQ-07:2", kind="charger")
    ] = ()
    no_place: Annotated[
        tuple[str, ...], Option("a charger, with all its EVSEs, or an EVSE to take away", kind="charger")
    ] = ()
    no_site: Annotated[tuple[str, ...], Option("a site to take away; without any it may everywhere", kind="site")] = ()

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record."""
        tag = known_tag(self.tag, operator.live)
        given = (self.expires, self.parent, self.note, self.sessions_most)
        listed = (self.site, self.no_site, self.place, self.no_place)
        if all(value is None for value in given) and not any(listed):
            raise UsageProblem(
                "nothing to change was said", target=tag.tag_id, hints=[f"cpoctl tag edit {tag.tag_id} --note ''"]
            )
        gone = {site.casefold() for site in self.no_site}
        added = [known_site(site, operator.live) for site in self.site]
        wish = Wish(
            parent_id=self.parent,
            expires=self.expires,
            note=self.note,
            sessions_most=self.sessions_most,
            sites=tuple(site for site in (*tag.sites, *added) if site.casefold() not in gone),
            places=(*(place for place in tag.places if not _within(place, self.no_place)), *self.place),
        )
        made = change(tag.tag_id, await written(operator, tag), wish, operator.live, operator.clock.now())
        await operator.commit([made.row], [made.event])
        return Outcome(tag.tag_id, True, "Changed")


def _within(place: str, wider: tuple[str, ...]) -> bool:
    """Whether a charger or EVSE is one of others, or an EVSE of one of them."""
    return any(f"{place}:".casefold().startswith(f"{other}:".casefold()) for other in wider)
