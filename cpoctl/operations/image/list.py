"""List the firmware files that the server keeps."""

from dataclasses import dataclass

from cpoctl.operations import Query, Read
from cpoctl.operations.image import ImageRow, row


@dataclass(frozen=True, kw_only=True)
class ListImages(Query):
    """List the firmware files that the server keeps, the newest first."""

    path = "image list"
    route = "GET /images"
    row = ImageRow
    noun = "images"
    examples = ("cpoctl image list", "cpoctl image list --json")

    def select(self, read: Read) -> list[ImageRow]:
        """All of them."""
        return [row(record) for record in read("SELECT * FROM image ORDER BY image_id DESC")]
