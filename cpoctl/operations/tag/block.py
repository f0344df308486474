"""Block a tag until it is unblocked."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import tags
from cpoctl.operations import Act, Danger, Operator, Outcome
from cpoctl.operations.tag import TagId, known_tag
from cpoctl.store import rows


async def set_status(operator: Operator, name: str, status: str) -> Outcome:
    """Block or unblock a tag."""
    tag = known_tag(name, operator.live)
    changed = events.TagChanged(
        tag_id=tag.tag_id,
        status=status,
        parent_id=tag.parent_id,
        expires_at=stored(tag.expires_at) if tag.expires_at else None,
        sessions_most=tag.sessions_most,
        sites=tag.sites,
        places=tag.places,
    )
    await operator.commit([rows.TagStatus(status, tag.tag_id)], [changed])
    return Outcome(tag.tag_id, True, status)


@dataclass(frozen=True, kw_only=True)
class BlockTag(Act):
    """Block a tag: it may not charge until it is unblocked. A running session goes on."""

    path = "tag block"
    route = "POST /tags/{tag}/block"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl tag block ANNA-K --yes",)

    tag: TagId

    def consequence(self) -> str:
        """What it will do."""
        return f"block tag {self.tag}: it may not charge any more"

    async def run(self, operator: Operator) -> Outcome:
        """Block it."""
        return await set_status(operator, self.tag, tags.BLOCKED)
