"""Show what a charger uploaded."""

import json
from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Option, Query, Read, Role
from cpoctl.operations.diag import EntryRow, Upload, UploadDetail, known

_ENTRIES = "SELECT entries FROM transfer WHERE transfer_id = ?"


@dataclass(frozen=True, kw_only=True)
class ShowUpload(Query):
    """Show what is known of a file that a charger uploaded, and what an archive holds; --out writes the file itself.

    Archives are zip, tar, gz, bz2 and xz. Their lists were made when they came, without unpacking anything.
    """

    path = "diag show"
    route = "GET /uploads/{upload}"
    row = UploadDetail
    role = Role.VIEWER
    many = False
    examples = ("cpoctl diag show 12", "cpoctl diag show 12 --out hq-07.zip")

    upload: Upload
    out: Annotated[str | None, Option("write the file here; - is standard output", kind="save")] = None

    def select(self, read: Read) -> list[UploadDetail]:
        """The one."""
        found = known(self.upload, read)
        told = read(_ENTRIES, [found["upload"]])[0]["entries"]
        entries, whole = json.loads(told) if told else ([], None)
        return [UploadDetail(**found, entries=[EntryRow(*entry) for entry in entries], listed=whole)]
