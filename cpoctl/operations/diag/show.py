"""Show what a charger uploaded."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Option, Query, Read, Role
from cpoctl.operations.diag import Upload, UploadRow, known


@dataclass(frozen=True, kw_only=True)
class ShowUpload(Query):
    """Show what is known of a file that a charger uploaded; --out writes the file itself."""

    path = "diag show"
    route = "GET /uploads/{upload}"
    row = UploadRow
    role = Role.VIEWER
    many = False
    examples = ("cpoctl diag show 12", "cpoctl diag show 12 --out hq-07.zip")

    upload: Upload
    out: Annotated[str | None, Option("write the file here; - is standard output", kind="save")] = None

    def select(self, read: Read) -> list[UploadRow]:
        """The one."""
        return [UploadRow(**known(self.upload, read))]
