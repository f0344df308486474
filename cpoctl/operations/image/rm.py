"""Keep a firmware file no longer."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator
from cpoctl.operations.image import Image, ImageRow, row
from cpoctl.operations.image.verify import image_of
from cpoctl.store import rows

_NEEDED = """
SELECT campaign, state FROM campaign c WHERE operation = 'firmware update' AND given ->> '$.file' = ? AND (
    state IN ('draft', 'running', 'paused', 'halted')
    OR EXISTS (SELECT 1 FROM campaign_member m WHERE m.campaign = c.campaign AND m.state = 'sent')
) ORDER BY created_at LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class RemoveImage(Act):
    """Keep a firmware file no longer. Chargers that were given its URL cannot fetch it any more.

    One that a campaign needs which is not over is kept.
    """

    path = "image rm"
    route = "DELETE /images/{image}"
    row = ImageRow
    danger = Danger.DISRUPTS
    examples = ("cpoctl image rm fw-2.1.0.bin --yes",)

    image: Image

    def consequence(self) -> str:
        """What it will do."""
        return f"remove the image {self.image}"

    async def run(self, operator: Operator) -> ImageRow:
        """First the record, then the file."""
        image = await image_of(self.image, operator)
        await _must_not_be_needed(image["name"], operator)
        gone = events.ImageChanged(image=image["name"], sha256=image["sha256"], removed=True)
        await operator.commit([rows.ImageRemoved(image["sha256"])], [gone])
        await operator.files.remove_image(image["sha256"])
        return row(image)


async def _must_not_be_needed(name: str, operator: Operator) -> None:
    """Raise Conflict for an image without which the chargers of a campaign would fail."""
    for needing in await operator.store.read(_NEEDED, [name]):
        campaign, state = needing["campaign"], needing["state"]
        ends = {"draft": f"cpoctl campaign rm {campaign} --yes", "aborted": f"cpoctl campaign watch {campaign}"}
        raise Conflict(
            f"the campaign {campaign} needs {name}, and is {state}{', with chargers under way' * (state == 'aborted')}",
            target=name,
            hints=[ends.get(state, f"cpoctl campaign abort {campaign} --yes"), f"cpoctl campaign show {campaign}"],
        )
