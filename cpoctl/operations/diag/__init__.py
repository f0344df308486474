"""Diagnostics and logs: let chargers upload what they know of themselves, and keep it."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.errors import NotFound
from cpoctl.operations import Argument, Read
from cpoctl.table import Column, local, megabytes

Upload = Annotated[str, Argument("the upload's number", kind="upload")]
LIST_HINT = "cpoctl diag list    all that are kept"
KEPT = (
    "SELECT transfer_id AS upload, charger_id, name, bytes, form, ended_at AS uploaded_at, error AS note, sha256, kept FROM transfer"
    " WHERE kept IS NOT NULL"
)


@dataclass(frozen=True)
class EntryRow:
    """A file in an uploaded archive. `bytes` is None where it was not read to its end; a zip's times are of no zone."""

    name: Annotated[str, Column("FILE")]
    bytes: Annotated[int | None, Column("SIZE", 1, "right", megabytes)]
    at: Annotated[str | None, Column("CHANGED", 2)]


@dataclass(frozen=True)
class UploadRow:
    """A file that a charger uploaded and that is kept. `kept` is where, on the server's machine.

    `note` says that it may be a part only: over FTP a broken connection looks like the end of the file.
    """

    upload: Annotated[int, Column("UPLOAD", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    name: Annotated[str, Column("FILE")]
    bytes: Annotated[int, Column("SIZE", 2, "right", megabytes)]
    uploaded_at: Annotated[str, Column("UPLOADED", 2, show=local)]
    form: Annotated[str, Column("FORM", 3)]
    note: Annotated[str | None, Column("NOTE", 2)]
    sha256: Annotated[str | None, Column("SHA-256", 4)]
    kept: Annotated[str, Column("PATH", 4)]


@dataclass(frozen=True)
class UploadDetail(UploadRow):
    """An upload with what it holds, where it is an archive; `listed` is False where it holds more than is listed."""

    entries: Annotated[list[EntryRow], Column("HOLDS")]
    listed: Annotated[bool | None, Column("ALL OF IT", 2)]


def known(number: str, read: Read) -> dict[str, Any]:
    """The upload of a number. Raises NotFound."""
    found = read(f"{KEPT} AND transfer_id = ?", [int(number)]) if number.isdigit() and len(number) < 19 else []
    if not found:
        raise NotFound(f"no upload {number}", target=number, hints=[LIST_HINT])
    return found[0]
