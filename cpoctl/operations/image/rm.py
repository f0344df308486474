"""Keep a firmware file no longer."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.operations import Act, Danger, Operator
from cpoctl.operations.image import Image, ImageRow, row
from cpoctl.operations.image.verify import image_of
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RemoveImage(Act):
    """Keep a firmware file no longer. Chargers that were given its URL cannot fetch it any more."""

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
        gone = events.ImageChanged(image=image["name"], sha256=image["sha256"], removed=True)
        await operator.commit([rows.ImageRemoved(image["sha256"])], [gone])
        await operator.files.remove_image(image["sha256"])
        return row(image)
