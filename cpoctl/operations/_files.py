"""The contract of the file exchange, as operations use it: where a charger may fetch or upload, and what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from cpoctl.store import Record

Purpose = Literal["firmware", "diagnostics"]
FORMS: Final = ("http", "https", "ftp")


@dataclass(frozen=True)
class Form:
    """A form of transfer; `sure` when it has worked with chargers of this make."""

    name: str
    sure: bool = False


@dataclass(frozen=True)
class Offer:
    """Where one charger may move one file: the URL with its secret, and the number by which transfers name it.

    `dates` and `fetch` are what the recipe of the charger's make says of times.
    """

    grant_id: int
    form: str
    url: str
    dates: str = "asked"
    fetch: str = "now"


@dataclass(frozen=True)
class Content:
    """A file that the server was handed, or keeps."""

    sha256: str
    md5: str
    bytes: int


class Files(Protocol):
    """What operations may do with files."""

    silence_s: float
    """How long a charger may send nothing before the next form is tried."""

    async def forms(self, charger_id: str, purpose: Purpose) -> "Sequence[Form]":
        """The forms to try with a charger, the most promising first. Raises Conflict when there is no exchange."""

    async def offer(
        self,
        charger_id: str,
        purpose: Purpose,
        form: str,
        *,
        image: "Record | None" = None,
        until: "datetime | None" = None,
    ) -> Offer:
        """Let a charger move a file. Raises Conflict, UsageProblem when it cannot be reached."""

    async def failed(self, charger_id: str, purpose: Purpose, form: str) -> None:
        """Remember that a form does not work with chargers of this make."""

    async def handed(self, sha256: str) -> Content:
        """What was handed over under this hash. Raises NotFound."""

    async def found(self, sha256: str) -> Content:
        """An image as it is on the disk now, read anew. Raises NotFound."""

    async def certified(self, content: Content, signature: str, certificate: str) -> str:
        """By whom and how a file is signed. Raises UsageProblem when the signature is not good."""

    async def take_in(self, blocks: "AsyncIterator[bytes]") -> Content:
        """Keep what an operator hands over, by its hash, until it becomes an image. Raises Conflict without room for it."""

    async def keep(self, charger_id: str, name: str, content: bytes) -> int:
        """Keep what a charger told over OCPP as an upload of it; its number. Raises Conflict, StoreUnavailable."""

    def facts(self) -> dict[str, str]:
        """Where it listens, by form; `off` alone where it never does."""

    def kept(self, relative: str) -> "Path":
        """The file of an upload. Raises NotFound."""

    async def remove_image(self, sha256: str) -> None:
        """Keep an image no longer."""

    async def remove_upload(self, kept: str) -> None:
        """Keep an upload no longer."""
