"""Images: firmware files that the server keeps and offers to chargers by itself."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.errors import UsageProblem
from cpoctl.operations import Argument, Read, one
from cpoctl.table import Column, local, megabytes

NAMES = "SELECT name FROM image"
Image = Annotated[str, Argument("the image's name", kind="image")]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class ImageRow:
    """A firmware file that the server keeps. `signed_by` is who signed it and how, where it is signed."""

    image: Annotated[str, Column("IMAGE")]
    version: Annotated[str | None, Column("VERSION", 2)]
    bytes: Annotated[int, Column("SIZE", 2, "right", megabytes)]
    vendor: Annotated[str | None, Column("VENDOR", 3)]
    model: Annotated[str | None, Column("MODEL", 3)]
    signed: Annotated[bool, Column("SIGNED", 3)]
    sha256: Annotated[str, Column("SHA-256", 4)]
    md5: Annotated[str, Column("MD5", 5)]
    added_at: Annotated[str, Column("ADDED", 4, show=local)]
    added_by: str


def row(record: dict[str, Any]) -> ImageRow:
    """A record as it is listed."""
    signed = record["signature"] is not None
    names = [name for name in ImageRow.__dataclass_fields__ if name not in ("image", "signed")]
    return ImageRow(image=record["name"], signed=signed, **{name: record[name] for name in names})


def known(name: str, read: Read) -> dict[str, Any]:
    """The image of a name, or by the beginning of its SHA-256. Raises NotFound with the nearest name."""
    found = read("SELECT * FROM image WHERE name = ?", [name])
    if not found and re.fullmatch(r"[0-9a-f]{8,64}", name):
        found = read("SELECT * FROM image WHERE sha256 GLOB ?", [f"{name}*"])
    kept: dict[str, Any] = one(found, "image", name, read, NAMES)
    return kept


def must_be_name(name: str) -> str:
    """A name that fits into every URL and every file system. Raises UsageProblem."""
    if not _NAME.fullmatch(name):
        raise UsageProblem(
            f"{name[:100]!r} is no name for an image: letters, digits, and . _ - in between, at most 100",
            hints=["cpoctl image add FILE --name fw-2.1.0.bin"],
        )
    return name
