"""Remove a tag from the records; its sessions stay."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.operations import Act, Danger, Operator, Outcome
from cpoctl.operations.tag import TagId, known_tag
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RemoveTag(Act):
    """Remove a tag: it may not charge any more. Its sessions stay, and a running one goes on."""

    path = "tag rm"
    route = "DELETE /tags/{tag}"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl tag rm GUEST-1 --yes",)

    tag: TagId

    def consequence(self) -> str:
        """What it will do."""
        return f"remove tag {self.tag}: it may not charge any more"

    async def run(self, operator: Operator) -> Outcome:
        """Remove it."""
        tag = known_tag(self.tag, operator.live)
        await operator.commit([rows.TagRemoved(tag.tag_id)], [events.TagRemoved(tag_id=tag.tag_id)])
        return Outcome(tag.tag_id, True, "Removed")
