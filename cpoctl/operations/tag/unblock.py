"""Let a blocked tag charge again."""

from dataclasses import dataclass

from cpoctl.domain import tags
from cpoctl.operations import Act, Operator, Outcome
from cpoctl.operations.tag import TagId
from cpoctl.operations.tag.block import set_status


@dataclass(frozen=True, kw_only=True)
class UnblockTag(Act):
    """Let a blocked tag charge again."""

    path = "tag unblock"
    route = "POST /tags/{tag}/unblock"
    row = Outcome
    examples = ("cpoctl tag unblock ANNA-K",)

    tag: TagId

    async def run(self, operator: Operator) -> Outcome:
        """Unblock it."""
        return await set_status(operator, self.tag, tags.ACCEPTED)
