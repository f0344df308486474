"""Show a firmware file that the server keeps."""

from dataclasses import dataclass

from cpoctl.operations import Query, Read
from cpoctl.operations.image import Image, ImageRow, known, row


@dataclass(frozen=True, kw_only=True)
class ShowImage(Query):
    """Show a firmware file that the server keeps: its hashes, what it is for, whether it is signed."""

    path = "image show"
    route = "GET /images/{image}"
    row = ImageRow
    many = False
    examples = ("cpoctl image show fw-2.1.0.bin",)

    image: Image

    def select(self, read: Read) -> list[ImageRow]:
        """The one."""
        return [row(known(self.image, read))]
